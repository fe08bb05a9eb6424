"""Parts of queries that are put together once.

A list is one parameter here, however many there are in it, so that the words of a query stay the
same: neither SQLAlchemy spells it out at each execution, nor does PostgreSQL plan anew for each
length.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, cast

from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    Dialect,
    Integer,
    Text,
    bindparam,
    literal,
    literal_column,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator


class Listed(TypeDecorator[Iterable[Any]]):
    """A list as one parameter of SQLite: a text in JSON."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Iterable[Any] | None, dialect: Dialect) -> str:
        return json.dumps(list(value or ()))


class Among(FunctionElement[bool]):
    """Whether a value is one of a list; see :func:`among`."""

    name = "among"
    type = Boolean()
    inherit_cache = True


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


def one_of(column: Any, values: Iterable[str]) -> ColumnElement[bool]:
    """That a column has one of some values that are always the same, written into it for good."""
    return cast(ColumnElement[bool], column.in_([literal(str(v), Text) for v in values]))


def at_most(number: int) -> ColumnElement[int]:
    """A limit that is always the same, written into a query for good. Of a limit that it learns
    with each execution only, PostgreSQL thinks the worst, and plans the query anew each time."""
    return literal_column(str(number), Integer)
