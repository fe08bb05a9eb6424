"""Huey: how workers hear that there is something to do.

The queue carries numbers of rows and nothing else. It may lose or repeat any of them, be emptied or
be away: what is to be done stands in the table ``jobs``, and the sweeper tells again.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cached_property
from typing import Any

from flask import Flask, current_app
from gevent.monkey import is_module_patched
from huey import Huey
from huey.consumer import Consumer
from huey.serializer import SignedSerializer
from huey.storage import RedisStorage, SqliteStorage

from core.config import Config

log = logging.getLogger("sreda.jobs")

# Jobs that one worker does at the same time, and seconds between two looks into an idle queue.
HANDS = 4
LOOK_AGAIN = 1.0
# Seconds that a worker waits for another process at the file of the queue. Pages never wait: under
# gevent that would stop every other page, and the sweeper makes good what was not told.
PATIENCE = 5.0
# Seconds to leave a queue alone that did not answer.
REST = 5.0
# An operation tells of so many of its jobs itself; the rest is swept within a second.
TOLD_AT_ONCE = 8
# For the network on the way to Redis, in seconds.
TIMEOUT = 2.0


class _Huey(Huey):
    """Huey, which says in a line that its queue is away instead of in a traceback a second."""

    def dequeue(self) -> Any:
        try:
            return super().dequeue()
        except Exception as error:
            log.warning("the queue does not answer: %s", error)
            time.sleep(REST)
            return None


class _Consumer(Consumer):
    """Huey's consumer in a process that listens for signals itself."""

    def _set_signal_handlers(self) -> None:
        """Its own would start the process anew on SIGHUP, by a command line that is not ours."""


class _Connection(sqlite3.Connection):
    """Does not wait for the disk at each message: that would stop every page for milliseconds, and
    a message that a power cut takes is told again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute("PRAGMA synchronous = NORMAL")

    def __del__(self) -> None:
        """Huey has one for each thread and closes none when a thread ends; Python 3.13 warns."""
        with suppress(sqlite3.ProgrammingError):  # of one that could not be opened
            self.close()


class Queue:
    """The queue of one application, opened when it is first needed."""

    def __init__(self, app: Flask, work: Callable[[int], object]) -> None:
        self.config: Config = app.config["SREDA"]
        self.work = work
        self.closed_until = 0.0

    @cached_property
    def message(self) -> Any:
        """What is sent, with the number of a row. Messages are signed: whoever can write into the
        queue cannot make the worker unpickle what they like."""
        serializer = SignedSerializer(secret=self.config.secret_key, salt="sreda.jobs")
        huey = _Huey("sreda", results=False, serializer=serializer, **_storage(self.config))
        return huey.task(name="job")(self.work)

    @property
    def huey(self) -> Huey:
        return self.message.huey

    def tell(self, numbers: Iterable[int]) -> None:
        """Say that these rows are due. Never fails: whoever is not told here is swept."""
        if time.monotonic() < self.closed_until:
            return
        try:
            for number in numbers:
                self.message(number)
        except Exception as error:
            log.warning("the queue does not answer: %s", error)
            self.closed_until = time.monotonic() + REST

    def length(self) -> int:
        """How many messages wait. Raises what the storage raises."""
        return int(self.huey.pending_count())

    def consumer(self, grace: float) -> Consumer:
        """Threads that take messages and do what they say; at the end they have ``grace`` seconds
        for what is under way."""
        return _Consumer(
            self.huey,
            workers=HANDS,
            periodic=False,
            max_delay=LOOK_AGAIN,
            shutdown_timeout=grace,
            # Moments and tries stand in the table; nothing is ever put into Huey's own schedule.
            scheduler_interval=60,
        )


def _storage(config: Config) -> dict[str, Any]:
    if config.redis_url:
        from redis import ConnectionPool

        wait = {"socket_connect_timeout": TIMEOUT, "socket_timeout": TIMEOUT}
        pool = ConnectionPool.from_url(config.redis_url, **wait)
        return {"storage_class": RedisStorage, "connection_pool": pool}
    config.data_dir.mkdir(parents=True, exist_ok=True)
    patience = 0.0 if is_module_patched("socket") else PATIENCE
    file = str(config.data_dir / "queue.db")
    how: dict[str, Any] = {"timeout": patience, "factory": _Connection}
    return {"storage_class": SqliteStorage, "filename": file, **how}


def queue() -> Queue:
    """The queue of the application that is serving this request or job."""
    found: Queue = current_app.extensions["sreda-queue"]
    return found
