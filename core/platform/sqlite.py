"""SQLite's own connections, which can be told to read only.

SQLite has a switch for that (``query_only``), but turning it makes the connection prepare every
statement anew, and it would be turned twice a page: that cost more than the statements themselves.
"""

from __future__ import annotations

import random
import sqlite3
import time
from typing import Any

from core.platform.contribution import only_reads

# How long an operation waits for the one writer that SQLite allows, in seconds.
PATIENCE = 10.0


class Cursor(sqlite3.Cursor):
    """Looks at each statement, whoever sends it; the connection's own methods come here too."""

    connection: Connection

    def _look_at(self, statement: str) -> None:
        if self.connection.reads_only and not only_reads(statement):
            raise sqlite3.OperationalError("attempt to write to a database that is only read")

    def execute(self, statement: str, /, *parameters: Any) -> Cursor:
        """As SQLite does, unless the statement writes and the connection only reads."""
        self._look_at(statement)
        super().execute(statement, *parameters)
        return self

    def executemany(self, statement: str, /, *parameters: Any) -> Cursor:
        self._look_at(statement)
        super().executemany(statement, *parameters)
        return self

    def executescript(self, script: str, /) -> Cursor:
        self._look_at(script)
        super().executescript(script)
        return self


class Connection(sqlite3.Connection):
    """A connection whose cursors know whether they may write."""

    reads_only = False

    def let_write(self, allowed: bool) -> None:
        """Whether the next transaction may write."""
        self.reads_only = not allowed

    def cursor(self, factory: Any = Cursor, /) -> Any:
        """A cursor; ours, unless somebody insists on another kind."""
        return super().cursor(factory)


def execute_patiently(
    dbapi_connection: sqlite3.Connection, statement: str, patience: float = PATIENCE
) -> None:
    """Wait for whoever writes, and in a new database for whoever turns it to WAL just now."""
    give_up = time.monotonic() + patience
    while True:
        try:
            dbapi_connection.execute(statement)
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > give_up:
                raise
            time.sleep(random.uniform(0.0005, 0.005))
        else:
            return
