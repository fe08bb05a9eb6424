"""A form that was sent: checked, worked on, and given back with a sentence when it is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import redirect, request
from werkzeug.wrappers import Response

from core.errors import DomainError
from core.platform.forms import Form

SHOWN, DONE, WRONG, TOO_LARGE = 200, 303, 400, 413

Result = TypeVar("Result")


def attempt(form: Form, work: Callable[[], Result]) -> Result | None:
    """Do what a valid form asks, and answer what that gave; None when the form is to be shown.

    A refusal stands above the form, with everything that was typed. :func:`status_of` says with
    which status it is shown.
    """
    if not form.validate_on_submit():
        return None
    try:
        return work()
    except DomainError as refusal:
        form.form_errors.append(str(refusal))
        form.refused_with = refusal.status
        return None


def status_of(form: Form) -> int:
    """The status of a page that shows a form: for the first time, or again with what is wrong."""
    if not form.is_submitted():
        return SHOWN
    too_large = any(getattr(field, "refused", False) for field in form)
    return int(getattr(form, "refused_with", TOO_LARGE if too_large else WRONG))


def submit(form: Form, work: Callable[[], object]) -> int:
    """SHOWN when the form was only asked for, DONE when its work is done, else what went wrong.

    The status is for the answer; a refusal stands among the form's errors, nothing typed is lost.
    """
    done = attempt(form, lambda: (work(),))
    return status_of(form) if done is None else DONE


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
