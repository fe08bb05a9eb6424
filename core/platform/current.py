"""What is kept for the request under way, and its application, without Flask's proxies.

A proxy finds out at every dot whom it stands for. That takes longer than most of what is asked of
it, and a page asks five hundred times: whoever is asked on every page asks here. Only where there
is nothing does the proxy answer, with Flask's own words for it.
"""

from __future__ import annotations

from typing import Any, cast

from flask import Flask, Request, current_app, g, request
from flask.globals import _cv_app, _cv_request


def current_facts() -> Any:
    """The facts of this request or job, as ``flask.g`` holds them; RuntimeError outside of one."""
    at_work = _cv_app.get(None)
    return g._get_current_object() if at_work is None else at_work.g


def current_request() -> Request:
    """The request under way; RuntimeError when there is none."""
    at_work = _cv_request.get(None)
    if at_work is None:
        return cast(Request, cast(Any, request)._get_current_object())
    return at_work.request


def current_application() -> Flask:
    """The application that is at work; RuntimeError when none is."""
    at_work = _cv_app.get(None)
    if at_work is None:
        return cast(Flask, cast(Any, current_app)._get_current_object())
    return at_work.app
