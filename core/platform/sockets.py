"""Socket.IO on the same server as the pages. Who may connect, and what for, is decided above."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Flask
from flask_socketio import SocketIO

from core.config import Config
from core.platform.wires import with_wires

# The largest frame that is taken in, in bytes. Whoever sends more is cut off before it is read.
LARGEST_FRAME = 128 * 1024


class AsWritten:
    """JSON whose letters stay what they are: escaped, Russian takes three times the bytes."""

    dumps = staticmethod(partial(json.dumps, ensure_ascii=False))
    loads = staticmethod(json.loads)


def init_sockets(app: Flask, config: Config) -> None:
    """Attach Socket.IO. Under test everything happens at once and in order, without a server.

    Events of one browser are taken in one after the other: the next is not read before the former
    is done, which keeps their order and holds up nobody but whoever sends too many.
    """
    sockets = SocketIO()
    sockets.init_app(
        app,
        async_mode="threading" if config.environment == "test" else "gevent",
        async_handlers=False,
        manage_session=False,
        cookie=None,
        json=AsWritten,
        max_http_buffer_size=LARGEST_FRAME,
    )
    app.wsgi_app = with_wires(app.wsgi_app)  # type: ignore[assignment,method-assign]


def sockets_of(app: Flask) -> Any:
    """The Socket.IO server of an application."""
    return app.extensions["socketio"].server


def aside(app: Flask, work: Callable[..., None], *values: Any) -> None:
    """Let something happen beside the request under way; under test right away."""
    if app.testing:
        work(*values)
    else:
        sockets_of(app).start_background_task(work, *values)


def rest(app: Flask, seconds: float) -> None:
    """Let others have their turn for so long; nobody waits under test."""
    if not app.testing:
        sockets_of(app).sleep(seconds)
