"""Doing what a form asks: a refusal stands above it, with everything typed kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import flash, request

from core.api import DomainError, Form

Done = TypeVar("Done")


def attempt(form: Form, work: Callable[[], Done]) -> Done | None:
    """Do what a valid form asks; None when it is to be shown again."""
    if not form.validate_on_submit():
        return None
    try:
        return work()
    except DomainError as refusal:
        form.form_errors.append(str(refusal))
        form.status = refusal.status
        return None


def status_of(form: Form) -> int:
    """The status of a page that shows a form again."""
    return 200 if request.method != "POST" else int(getattr(form, "status", 400))


def told(work: Callable[[], object], done: str) -> bool:
    """Do what a button asks, and say so; a refusal is said in its place."""
    try:
        work()
    except DomainError as refusal:
        flash(str(refusal), "danger")
        return False
    flash(done, "success")
    return True
