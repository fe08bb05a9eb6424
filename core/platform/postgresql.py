"""PostgreSQL's own connections, as a server of pages needs them.

Under gevent the driver waits by ``poll``, which gevent imitates: that took a third of the time of a
small query. And a connection is asked whether it is still there when it lay idle; to ask before
each page, as pools offer, costs as much as a query.
"""

from __future__ import annotations

import time
from typing import Any, TypeVar

import psycopg
from gevent import get_hub
from psycopg.abc import PQGen
from sqlalchemy.exc import InvalidatePoolError

R = TypeVar("R")

# Seconds after which somebody may have cut a connection that nobody used.
IDLE = 5.0


class Connection(psycopg.Connection[Any]):
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
