"""What a plugin leaves behind in core's tables, so that it can be shown, counted and taken away.

Each room says it for its own tables; ``core.rooms`` holds them all, in the order in which they can
be removed. What belongs to a plugin bears its name, so this works when the plugin itself is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import current_app
from sqlalchemy import ColumnElement, SQLColumnExpression, delete, func, select

from core.platform.db import Base, db

if TYPE_CHECKING:
    from core.contract.manifest import Text


@dataclass(frozen=True)
class Trace:
    """Rows of one table. ``of(name)`` says which of them are there because of the plugin ``name``.

    ``before(name)`` is called ahead of their removal and answers what is to happen after the
    commit, for what lies outside of the database.
    """

    title: Text
    table: type[Base]
    of: Callable[[str], ColumnElement[bool]]
    before: Callable[[str], Callable[[], None]] | None = None

    def count(self, name: str) -> int:
        """How many rows there are."""
        query = select(func.count()).select_from(self.table).where(self.of(name))
        return db.session.scalar(query) or 0

    def remove(self, name: str) -> int:
        """Remove them, inside an operation; how many there were."""
        gone = self.count(name)
        if gone:
            db.session.execute(
                delete(self.table).where(self.of(name)),
                execution_options={"synchronize_session": False},
            )
        return gone


def traces() -> Sequence[Trace]:
    """Those of all rooms, in the order in which they can be removed."""
    known: Sequence[Trace] = current_app.extensions["sreda-traces"]
    return known


def begins_with(column: SQLColumnExpression[str], prefix: str) -> ColumnElement[bool]:
    """Whether a name begins with a plugin's; ``_`` and ``%`` in it mean themselves."""
    return column.startswith(prefix, autoescape=True)
