"""Sockets for tests: what a browser sends and gets, without a network, at once and in order."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from core.platform.sockets import sockets_of
from core.realtime.hub import hub_of


class Socket:
    """A browser's link to a namespace."""

    def __init__(self, app: Flask, browser: FlaskClient, namespace: str) -> None:
        self.namespace = namespace
        sockets = app.extensions["socketio"]
        self.client = sockets.test_client(app, namespace=namespace, flask_test_client=browser)

    @property
    def is_connected(self) -> bool:
        """Whether the site let it in, and has not sent it away since."""
        return bool(self.client.is_connected(self.namespace))

    def send(self, event: str, *rubbish: Any, **facts: Any) -> dict[str, Any]:
        """Send an event and wait for the answer; ``error`` in it says what was refused."""
        values = rubbish or (facts,)
        answer = self.client.emit(event, *values, namespace=self.namespace, callback=True)
        return answer or {}

    def join(self, stream: str, activity: int = 0, key: int = 0, after: int = 0) -> dict[str, Any]:
        """Hear a stream from now on; the answer has what it holds after a number."""
        return self.send("join", stream=stream, activity=activity, key=key, after=after)

    def received(self, event: str) -> list[dict[str, Any]]:
        """What came under this name since the last call."""
        came: list[Any] = []
        left: list[Any] = []
        for one in self.client.queue:
            (came if one["name"] == event else left).append(one)
        self.client.queue = left
        return [one["args"][0] for one in came]

    def entries(self) -> list[dict[str, Any]]:
        """The entries of streams that came since the last call."""
        return [entry for told in self.received("entries") for entry in told["entries"]]

    def close(self) -> None:
        self.client.disconnect(self.namespace)


def reset(app: Flask) -> None:
    """Close what a test left open."""
    for connection in list(hub_of(app).connections.by_sid.values()):
        sockets_of(app).disconnect(connection.sid, namespace=connection.namespace)
