"""Migrations of a plugin touch the plugin's tables alone: anything else is refused and undone."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, TextClause, text

from core.errors import SetupError

# What SQLite asks leave for, and which of its words names the table then.
WRITES = {
    sqlite3.SQLITE_INSERT: 0, sqlite3.SQLITE_UPDATE: 0, sqlite3.SQLITE_DELETE: 0,
    sqlite3.SQLITE_CREATE_TABLE: 0, sqlite3.SQLITE_DROP_TABLE: 0, sqlite3.SQLITE_ALTER_TABLE: 1,
    sqlite3.SQLITE_CREATE_INDEX: 1, sqlite3.SQLITE_DROP_INDEX: 1,
    sqlite3.SQLITE_CREATE_TRIGGER: 1, sqlite3.SQLITE_DROP_TRIGGER: 1,
    sqlite3.SQLITE_CREATE_VIEW: 0, sqlite3.SQLITE_DROP_VIEW: 0,
}  # fmt: skip
# Alembic builds a table anew beside the old one; SQLite keeps its own lists.
BESIDE, OF_SQLITE = "_alembic_tmp_", "sqlite_"

SHAPES = text("""
    SELECT c.relname, a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || a.attnotnull
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
       AND c.relnamespace = current_schema()::regnamespace
    UNION ALL SELECT c.relname, k.conname || ' ' || pg_get_constraintdef(k.oid)
      FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
     WHERE c.relnamespace = current_schema()::regnamespace
    UNION ALL SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = current_schema()
    UNION ALL SELECT c.relname, pg_get_triggerdef(t.oid)
      FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
     WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace
""")
WRITTEN = text(
    "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
    " WHERE schemaname = current_schema()"
)


@contextmanager
def within(connection: Connection, name: str, owns: Callable[[str], bool]) -> Iterator[None]:
    """Let only tables be touched that ``owns`` says yes to; else raises SetupError, and the
    transaction around is to be rolled back."""
    bare: Any = connection.connection.dbapi_connection
    strangers: list[str] = []
    if isinstance(bare, sqlite3.Connection):
        watch = _asked_for_leave(bare, owns, strangers)
    else:
        watch = _compared(connection, owns, strangers)
    try:
        with watch:
            yield
    except Exception as error:
        if not strangers:
            raise
        raise SetupError(_sentence(name, strangers)) from error
    if strangers:
        raise SetupError(_sentence(name, strangers))


def _sentence(name: str, strangers: list[str]) -> str:
    return f"The migrations of {name} touch the table {strangers[0]}, which is not its own"


@contextmanager
def _asked_for_leave(
    bare: sqlite3.Connection, owns: Callable[[str], bool], strangers: list[str]
) -> Iterator[None]:
    """SQLite asks before everything that a statement will do."""

    def ask(action: int, *words: str | None) -> int:
        if action not in WRITES:
            return sqlite3.SQLITE_OK
        table = (words[WRITES[action]] or "").removeprefix(BESIDE)
        if table.startswith(OF_SQLITE) or owns(table):
            return sqlite3.SQLITE_OK
        strangers.append(table)
        return sqlite3.SQLITE_DENY

    bare.set_authorizer(ask)
    try:
        yield
    finally:
        bare.set_authorizer(None)


@contextmanager
def _compared(
    connection: Connection, owns: Callable[[str], bool], strangers: list[str]
) -> Iterator[None]:
    """PostgreSQL tells afterwards: how all tables look now, and how many rows were written (to
    which it may still add what the same connection wrote just before)."""

    def found(query: TextClause) -> set[tuple[str, Any]]:
        rows = connection.execute(query)
        return {(table, what) for table, what in rows if not owns(table)}

    shapes, written = found(SHAPES), found(WRITTEN)
    yield
    strangers += sorted({table for table, _shape in shapes ^ found(SHAPES)})
    strangers += sorted({table for table, count in found(WRITTEN) - written if count})
