"""Parts of queries that are put together once.

A list is one parameter here, however many there are in it, so that the words of a query stay the
same: neither SQLAlchemy spells it out at each execution, nor does PostgreSQL plan anew for each
length.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any, cast

from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnClause,
    ColumnElement,
    Dialect,
    Insert,
    Integer,
    TableValuedAlias,
    Text,
    bindparam,
    column,
    literal,
    literal_column,
    select,
    true,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator


class Listed(TypeDecorator[Iterable[Any]]):
    """A list as one parameter: a text in JSON."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Iterable[Any] | None, dialect: Dialect) -> str:
        written = _in_sqlite if dialect.name == "sqlite" else _in_postgresql
        return json.dumps(list(value or ()), default=written, ensure_ascii=False)


def _in_postgresql(value: Any) -> str:
    """A day or a moment as text that is read as one."""
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError("a moment without a time zone")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot stand in a list")


def _in_sqlite(value: Any) -> str:
    """The same as SQLAlchemy stores it there: in UTC, without saying so."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    return _in_postgresql(value)


class Among(FunctionElement[bool]):
    """Whether a value is one of a list; see :func:`among`."""

    name = "among"
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:
        """Itself: it is a condition as it stands. SQLAlchemy would write ``… = 1`` for SQLite,
        which then finds nothing by an index and reads the whole table."""
        return self


@compiles(Among, "sqlite")
def _in_json(element: Among, compiler: Any, **options: Any) -> str:
    value, listed = (compiler.process(each, **options) for each in element.clauses)
    return f"{value} IN (SELECT value FROM json_each({listed}))"  # noqa: S608  # made by SQLAlchemy


@compiles(Among, "postgresql")
def _in_array(element: Among, compiler: Any, **options: Any) -> str:
    value, listed = element.clauses
    # The type of a column that points to another is known only when all tables are.
    array = bindparam(listed.key, type_=ARRAY(value.type, dimensions=1))
    return f"{compiler.process(value, **options)} = ANY({compiler.process(array, **options)})"


def among(value: Any, name: str, *, many: bool = True) -> ColumnElement[bool]:
    """That a column, or a number or text made of columns, is one of those given as ``name``;
    without ``many`` that it is the single one."""
    if not many:
        return cast(ColumnElement[bool], value == bindparam(name))
    return Among(value, bindparam(name, type_=Listed()))


class Given(FunctionElement[Any]):
    """Rows in one parameter, as a table; see :func:`given`."""

    name = "given"
    inherit_cache = True

    def __init__(self, name: str, columns: Sequence[ColumnClause[Any]]) -> None:
        super().__init__(bindparam(name, type_=Listed()))
        self.columns_given = columns


@compiles(Given, "sqlite")
def _given_to_sqlite(element: Given, compiler: Any, **options: Any) -> str:
    parts = ", ".join(
        f"json_extract(value, '$.{one.name}') AS {compiler.preparer.quote(one.name)}"
        for one in element.columns_given
    )
    listed = compiler.process(element.clauses, **options)
    return f"(SELECT {parts} FROM json_each({listed}))"  # noqa: S608  # made by SQLAlchemy


@compiles(Given, "postgresql")
def _given_to_postgresql(element: Given, compiler: Any, **options: Any) -> str:
    parts = ", ".join(
        f"{compiler.preparer.quote(one.name)} {one.type.compile(compiler.dialect)}"
        for one in element.columns_given
    )
    listed = f"CAST({compiler.process(element.clauses, **options)} AS JSON)"
    return f"(SELECT * FROM json_to_recordset({listed}) AS line ({parts}))"  # noqa: S608  # so too


def given(name: str, *columns: Any) -> TableValuedAlias:
    """Rows that are given as ``name``, each a mapping, as a table with columns that are called, and
    of the kind, as those of a model."""
    # What points to a row has its number; its type is known only when all tables are.
    alike = [column(each.name, Integer() if each.foreign_keys else each.type) for each in columns]
    return Given(name, alike).table_valued(*alike)


def insert_given(statement: Insert, *columns: Any) -> Insert:
    """An insert of rows that are given as ``rows``, each with a value for these columns; of the
    others the model's defaults are not asked.

    However many they are, it is the same short statement: neither is it put together anew for each
    number of rows, nor does PostgreSQL read and plan it anew.
    """
    source = given("rows", *columns)
    # With a condition SQLite takes an ON CONFLICT after it for what it is.
    found = select(source).where(true())
    return statement.from_select([each.name for each in columns], found, include_defaults=False)


def one_of(column: Any, values: Iterable[str]) -> ColumnElement[bool]:
    """That a column has one of some values that are always the same, written into it for good."""
    return cast(ColumnElement[bool], column.in_([literal(str(v), Text) for v in values]))


def at_most(number: int) -> ColumnElement[int]:
    """A limit that is always the same, written into a query for good. Of a limit that it learns
    with each execution only, PostgreSQL thinks the worst, and plans the query anew each time."""
    return literal_column(str(number), Integer)
