"""PostgreSQL's own connections, as a server of pages needs them.

A page only reads, and each of its statements is a transaction of its own: a usual one would give
them no common view either. That saves BEGIN and ROLLBACK. And with every ROLLBACK the driver
forgets what it had prepared, so that each statement of each page would be planned anew, which
takes up to three quarters of its time.

Under gevent the driver waits by ``poll``, which gevent imitates: that took a third of the time of a
small query. And a connection is asked whether it is still there when it lay idle; to ask before
each page, as pools offer, costs as much as a query.
"""

from __future__ import annotations

import time
from typing import Any, TypeVar

import psycopg
from gevent import get_hub
from gevent.monkey import is_module_patched
from psycopg.abc import PQGen
from sqlalchemy.exc import InvalidatePoolError

R = TypeVar("R")

# Seconds after which somebody may have cut a connection that nobody used.
IDLE = 5.0


class Connection(psycopg.Connection[Any]):
    """Reads, unless it is told that what begins may write."""

    def let_write(self, allowed: bool) -> None:
        """Whether the next transaction may write. Between transactions only."""
        if self.autocommit is allowed:
            self.autocommit = not allowed


class GreenConnection(Connection):
    """Waits in gevent's event loop itself, for processes that have one."""

    def wait(self, gen: PQGen[R], interval: float = 0.1, timeout: float | None = None) -> R:
        """As the driver does. Where a time is set, which no statement of ours does, it is asked."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        hub = get_hub()
        try:
            wanted = next(gen)
            while True:
                # The driver's numbers for reading and writing are those of the loop.
                socket = hub.loop.io(self.pgconn.socket, int(wanted))
                try:
                    hub.wait(socket)
                finally:
                    socket.close()
                wanted = gen.send(wanted)  # what was wanted is ready
        except StopIteration as done:
            result: R = done.value
            return result


def connect(*words: Any, **options: Any) -> Connection:
    """A connection for pages: nothing is written unless a transaction says so."""
    kind = GreenConnection if is_module_patched("select") else Connection
    connection = kind.connect(*words, autocommit=True, **options)
    connection.execute("SET default_transaction_read_only = on")
    connection.read_only = False  # said by each BEGIN, and there is one only where one writes
    return connection


def make_sure(bare: psycopg.Connection[Any], known: dict[Any, Any]) -> None:
    """Before a connection is lent, of which the pool knows when it was ``returned``. Raises
    InvalidatePoolError, upon which the pool makes new ones, if it lay idle and is gone."""
    returned = known.get("returned")
    if returned is None or time.monotonic() - returned < IDLE:
        return
    try:
        bare.execute("SELECT 1")
        bare.rollback()
    except psycopg.OperationalError as error:
        raise InvalidatePoolError from error
