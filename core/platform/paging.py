"""Long lists, a page at a time: equally quick for ten rows and for ten thousand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from flask import request, url_for
from sqlalchemy import Row, Select, func, select

from core.platform.db import db

SIZE = 25
# Nobody turns further; beyond it stands the last page.
FURTHEST = 1_000_000

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """What one page of a list shows; ``number`` counts from 1."""

    items: Sequence[T]
    number: int
    total: int
    size: int = SIZE

    @property
    def pages(self) -> int:
        return max(1, ceil(self.total / self.size))

    def url(self, number: int) -> str:
        """The address of another page of the same list, with the same filters."""
        # Words of the address are no arguments: one called `_scheme` would make another address.
        kept: dict[str, Any] = request.args.to_dict(flat=False)
        kept.pop("page", None)
        if number > 1:
            kept["page"] = number
        address = url_for(request.endpoint or "", **(request.view_args or {}))
        return f"{address}?{urlencode(kept, doseq=True)}" if kept else address


def paginate(query: Select[*tuple[Any, ...]], size: int = SIZE) -> Page[Row[Any]]:
    """The rows of the page that the address asks for: one query, whatever the length.

    Beyond the end stands the last page, for which it takes two more.
    """
    number = min(max(1, request.args.get("page", 1, int)), FURTHEST)
    counted = query.add_columns(func.count().over().label("total_of_list"))
    rows = db.session.execute(counted.limit(size).offset((number - 1) * size)).all()
    if rows or number == 1:
        return Page(rows, number, rows[0].total_of_list if rows else 0, size)
    total = (
        db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    )
    number = max(1, ceil(total / size))
    rows = db.session.execute(counted.limit(size).offset((number - 1) * size)).all()
    return Page(rows, number, total, size)
