"""Counting SQL statements, for the budgets that pages are held to."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from flask import Flask
from sqlalchemy import event

from core.platform.db import db


class QueryCount:
    """How many statements ran inside the ``with`` block; ``statements`` helps to find them."""

    def __init__(self, app: Flask) -> None:
        with app.app_context():
            self._engine = db.engine
        self.statements: list[str] = []

    @property
    def number(self) -> int:
        return len(self.statements)

    def __enter__(self) -> QueryCount:
        event.listen(self._engine, "before_cursor_execute", self._note)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        event.remove(self._engine, "before_cursor_execute", self._note)

    def _note(self, connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
            self.statements.append(statement)
