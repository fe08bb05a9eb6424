"""What the processes of a site tell each other right after a change: that there is something new.

A signal never carries what is new: whoever wants it reads the database. And a signal may be lost;
whoever acts on them also looks now and then by itself. With Redis they go to every service; without
it there is one service, which hears the process for jobs and commands through a socket of its own.
"""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
import socket
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask, current_app

from core.config import Config
from core.platform.db import after_commit, required_unit
from core.platform.sockets import sockets_of

log = logging.getLogger("sreda.signals")

Subject = tuple[Any, ...]
Hearer = Callable[[list[Subject]], None]

# Longer than a message of ours, shorter than what a local socket takes in one piece.
LONGEST = 60_000
# Seconds that Redis may take, and for which it is left alone after it did not answer.
PATIENCE = 1.0
REST = 5.0
# What a path of a local socket may have on every system.
LONGEST_PATH = 100


@dataclass
class Signals:
    """The signals of one process: what it does on hearing one, and how it tells others."""

    config: Config
    hearers: dict[str, Hearer] = field(default_factory=dict)
    listening: bool = False
    me: str = field(default_factory=lambda: secrets.token_hex(8))
    redis: Any = None
    quiet_until: float = 0.0

    def hear(self, kind: str, hearer: Hearer) -> None:
        """Call ``hearer`` with the subjects of every signal of a kind, ours and others'."""
        self.hearers[kind] = hearer

    def send(self, told: Mapping[str, Iterable[Subject]]) -> None:
        """Tell this process, then all others."""
        message = {kind: list(subjects) for kind, subjects in told.items()}
        self.take(message)
        if self.config.redis_url:
            self._tell_by_redis(self._packed(message))
        elif not self.listening:
            self._tell_neighbour(self._packed(message))

    def _packed(self, message: Mapping[str, list[Subject]]) -> bytes:
        packed = json.dumps({"from": self.me, "told": message}).encode()
        if len(packed) <= LONGEST:
            return packed
        # Rather let everybody look at everything than tell a part.
        return json.dumps({"from": self.me, "told": {kind: [] for kind in message}}).encode()

    def take(self, message: Mapping[str, list[Subject]]) -> None:
        """Act on a signal; an empty list of subjects means all of them."""
        for kind, subjects in message.items():
            hearer = self.hearers.get(kind)
            if hearer is None:
                continue
            try:
                hearer([tuple(subject) for subject in subjects])
            except Exception:
                log.exception("a signal of %s was not taken in", kind)

    def _tell_by_redis(self, packed: bytes) -> None:
        if time.monotonic() < self.quiet_until:
            return
        try:
            self.redis = self.redis or _redis(self.config.redis_url, PATIENCE)
            self.redis.publish(_channel(self.redis), packed)
        except Exception as error:
            self.quiet_until = time.monotonic() + REST
            log.warning("other services learn of changes a little later: %s", error)

    def _tell_neighbour(self, packed: bytes) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as teller:
            teller.setblocking(False)
            try:
                teller.sendto(packed, _path(self.config.data_dir))
            except OSError:
                return  # there is no service, or it has more to do than it can take in

    def heard(self, packed: bytes) -> None:
        """A message of another process has come."""
        try:
            message = json.loads(packed)
            if message["from"] != self.me:
                self.take(message["told"])
        except (ValueError, KeyError, TypeError, AttributeError):
            log.warning("a signal could not be read")

    def listen(self, app: Flask) -> None:
        """For the process that serves: hear the others from now on, as long as it lives."""
        self.listening = True
        work = self._listen_to_redis if self.config.redis_url else self._listen_to_neighbours
        sockets_of(app).start_background_task(work, app)

    def _listen_to_redis(self, app: Flask) -> None:
        missed = False
        while True:
            try:
                # No time limit: it waits for the next signal, however long that takes.
                redis = _redis(self.config.redis_url, None)
                with redis.pubsub(ignore_subscribe_messages=True) as subscription:
                    subscription.subscribe(_channel(redis))
                    if missed:
                        with app.app_context():
                            self.take({kind: [] for kind in self.hearers})
                    for message in subscription.listen():
                        with app.app_context():
                            self.heard(message["data"])
            except Exception as error:
                log.warning("not hearing the other services for a while: %s", error)
            missed = True
            sockets_of(app).sleep(REST)

    def _listen_to_neighbours(self, app: Flask) -> None:
        path = _path(self.config.data_dir)
        Path(path).unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
            ear.bind(path)
            Path(path).chmod(0o600)
            while True:
                packed = ear.recv(LONGEST + 1)
                with app.app_context():
                    self.heard(packed)


def _redis(url: str, patience: float | None) -> Any:
    from redis import Redis  # an optional driver

    return Redis.from_url(url, socket_connect_timeout=PATIENCE, socket_timeout=patience)


def _channel(redis: Any) -> str:
    """Databases of one Redis share their channels, so the number of ours stands in the name."""
    return f"sreda.signals.{redis.connection_pool.connection_kwargs.get('db', 0)}"


def _path(data_dir: Path) -> str:
    """Where the service hears the others: in the data folder, or where that lies too deep, in the
    system's folder for such things."""
    path = str(data_dir / "signals.sock")
    if len(path.encode()) <= LONGEST_PATH:
        return path
    digest = hashlib.sha256(path.encode()).hexdigest()[:16]
    return str(Path(tempfile.gettempdir()) / f"sreda-{digest}.sock")


def init_signals(app: Flask, config: Config) -> None:
    """Give the application its signals."""
    app.extensions["sreda-signals"] = Signals(config)


def signals_of(app: Flask) -> Signals:
    """The signals of an application."""
    signals: Signals = app.extensions["sreda-signals"]
    return signals


def signal(kind: str, *subject: Any) -> None:
    """Inside an operation: tell of something once it is stored, however often it is said."""
    unit = required_unit()
    told: dict[str, dict[Subject, None]] | None = unit.memo.get("signals")
    if told is None:
        told = unit.memo["signals"] = {}
        signals = signals_of(current_app)
        after_commit(lambda: signals.send(told))
    told.setdefault(kind, {})[subject] = None
