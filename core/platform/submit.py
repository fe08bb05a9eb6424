"""A form that was sent: checked, worked on, and given back with a sentence when it is refused."""

from __future__ import annotations

from collections.abc import Callable

from flask import redirect, request
from werkzeug.wrappers import Response

from core.errors import DomainError
from core.platform.forms import Form

SHOWN, DONE, WRONG = 200, 303, 400


def submit(form: Form, work: Callable[[], object]) -> int:
    """SHOWN when the form was only asked for, DONE when its work is done, else what went wrong.

    The status is for the answer; a refusal stands among the form's errors, nothing typed is lost.
    """
    if not form.is_submitted():
        return SHOWN
    if not form.validate():
        return WRONG
    try:
        work()
    except DomainError as error:
        form.form_errors.append(str(error))
        return error.status
    return DONE


def see_other(address: str) -> Response:
    """Go on to another page after something was done, so that reloading does not do it again."""
    return redirect(address, DONE)


def answer_script(response: Response) -> Response:
    """A script that sends a form waits for the word that it was stored, not for the page behind.

    It says so by the header ``X-Submission``; the address of that page is in ``X-Location``.
    """
    if "X-Submission" in request.headers and response.status_code == DONE:
        response.headers["X-Location"] = response.headers.pop("Location")
        response.status_code = 204
        response.set_data(b"")
    return response
