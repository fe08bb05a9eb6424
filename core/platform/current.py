"""What is kept for the request under way, and its application, without Flask's proxies.

A proxy finds out at every dot whom it stands for. That takes longer than most of what is asked of
it, and a page asks five hundred times: whoever is asked on every page asks here.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, Request, current_app, g, request


def current_facts() -> Any:
    """The facts of this request or job, as ``flask.g`` holds them; RuntimeError outside of one."""
    return g._get_current_object()


def current_request() -> Request:
    """The request under way; RuntimeError when there is none."""
    asked: Request = request._get_current_object()  # type: ignore[attr-defined]
    return asked


def current_application() -> Flask:
    """The application that is at work; RuntimeError when none is."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return app
