"""What a view demands, as a mark on the function; the guard reads it, boot refuses a bare view."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "public"
SIGNED_IN = "signed-in"


def _mark(view: View, demand: str) -> View:
    view.__sreda_access__ = demand  # type: ignore[attr-defined]  # a mark, read by the guard
    return view


def requires(capability: str) -> Callable[[View], View]:
    """The view is for those who hold this capability in the place of its address."""

    def mark(view: View) -> View:
        return _mark(view, capability)

    return mark


def public(view: View) -> View:
    """The view is for everybody who may see the place of its address, guests too."""
    return _mark(view, PUBLIC)


def signed_in(view: View) -> View:
    """The view is for every person with an account who may see the place."""
    return _mark(view, SIGNED_IN)


def webhook(view: View) -> View:
    """The view is called by another server, which has no session and no token of a form: it makes
    sure itself who calls, by a signature, and refuses everybody else with 400 or 401."""
    view.__sreda_webhook__ = True  # type: ignore[attr-defined]  # read when it is mounted
    return public(view)


def lasting(view: View) -> View:
    """The view works where nothing can be changed any more: it changes only what is one's own, such
    as what one has read, or serves a right that does not end, such as taking a consent back."""
    view.__sreda_lasting__ = True  # type: ignore[attr-defined]  # a mark, read by the guard
    return view


def is_lasting(view: Callable[..., Any]) -> bool:
    """Whether a view works where nothing can be changed any more."""
    return getattr(view, "__sreda_lasting__", False)


def is_webhook(view: Callable[..., Any]) -> bool:
    """Whether another server calls this view."""
    return getattr(view, "__sreda_webhook__", False)


def demand_of(view: Callable[..., Any] | None) -> str | None:
    """The mark of a view, or None where it has none."""
    return getattr(view, "__sreda_access__", None)
