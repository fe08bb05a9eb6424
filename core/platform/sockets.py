"""The real-time door: Socket.IO on the same server as the pages. Strangers are refused."""

from __future__ import annotations

from flask import Flask
from flask_login import current_user
from flask_socketio import SocketIO

from core.config import Config

socketio = SocketIO()


def init_sockets(app: Flask, config: Config) -> None:
    """Attach Socket.IO; several servers share their rooms through Redis."""
    mode = "threading" if config.environment == "test" else "gevent"
    socketio.init_app(
        app,
        async_mode=mode,
        manage_session=False,
        cookie=None,
        message_queue=config.redis_url or None,
    )
    socketio.on_event("connect", _connect)


def _connect(auth: object = None) -> bool:
    """Let in people with an account; the answer False closes the socket."""
    return bool(current_user.is_authenticated)
