"""Statements that are composed once for each database and then only filled in.

Those that find are long, and SQLAlchemy looks through the whole of one each time it runs, which
took as long as the database itself. A list is one parameter here, however many there are in it, so
that the words of the statement stay the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CursorResult,
    Dialect,
    Select,
)

from core.platform.db import db


@dataclass(frozen=True)
class Composed:
    """The words of a statement in one database, and how its parameters are handed over."""

    words: str
    constants: Mapping[str, Any]
    prepare: Mapping[str, Callable[[Any], Any]]
    order: Sequence[str] | None

    def filled(self, facts: Mapping[str, Any]) -> Any:
        """The parameters as the driver takes them: by their place, or by name."""
        values = dict(self.constants)
        for name, fact in facts.items():
            if name in values:
                prepare = self.prepare.get(name)
                values[name] = prepare(fact) if prepare else fact
        return values if self.order is None else tuple(values[name] for name in self.order)


class Prepared:
    """A query of columns; its answers come as the database gives them, no type looks at them."""

    def __init__(self, query: Select[*tuple[Any, ...]]) -> None:
        self.query = query
        self._composed: dict[str, Composed] = {}

    def rows(self, facts: Mapping[str, Any]) -> CursorResult[*tuple[Any, ...]]:
        """What it finds, in the session's transaction. Facts that it has no place for are left."""
        dialect = db.engine.dialect
        if dialect.name not in self._composed:
            self._composed[dialect.name] = _composed(self.query, dialect)
        composed = self._composed[dialect.name]
        return db.session.connection().exec_driver_sql(composed.words, composed.filled(facts))


def _composed(query: Select[*tuple[Any, ...]], dialect: Dialect) -> Composed:
    compiled: Any = query.compile(dialect=dialect)
    prepare: dict[str, Callable[[Any], Any]] = {}
    constants: dict[str, Any] = {}
    for name, bound in compiled.binds.items():
        processor = bound.type.dialect_impl(dialect).bind_processor(dialect)
        constants[name] = processor(bound.value) if processor and bound.value else bound.value
        if processor:
            prepare[name] = processor
    return Composed(str(compiled), constants, prepare, compiled.positiontup)
