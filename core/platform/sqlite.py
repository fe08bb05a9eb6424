"""SQLite's own connections, which can be told to read only.

SQLite has a switch for that (``query_only``), but turning it makes the connection prepare every
statement anew, and it would be turned twice a page: that cost more than the statements themselves.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from core.platform.contribution import only_reads


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

    def cursor(self, factory: Any = Cursor, /) -> Any:
        """A cursor; ours, unless somebody insists on another kind."""
        return super().cursor(factory)
