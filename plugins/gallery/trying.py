"""Doing what a button asks, and saying so."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash

from core.api import DomainError


def told(work: Callable[[], object], done: str) -> bool:
    """Do what a button asks, and say so; a refusal is said in its place."""
    try:
        work()
    except DomainError as refusal:
        flash(str(refusal), "danger")
        return False
    flash(done, "success")
    return True
