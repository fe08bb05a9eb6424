"""Forms that were sent: worked on, and given back with a sentence when they are refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import request

from core.api import DomainError, Form

Done = TypeVar("Done")


def attempt(form: Form, work: Callable[[], Done]) -> Done | None:
    """Do what a valid form asks; a refusal stands above the form, with everything typed kept."""
    if not form.validate_on_submit():
        return None
    try:
        return work()
    except DomainError as refusal:
        form.form_errors.append(str(refusal))
        form.status = refusal.status
        return None


def status_of(form: Form) -> int:
    """The status of a page that shows a form, perhaps again."""
    return int(getattr(form, "status", 400)) if request.method == "POST" else 200
