"""Finding rows by words, in Russian too: capitals and the dots of «ё» make no difference."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, true

# Nobody types more words than this into a box; each costs a condition.
MOST_WORDS = 8


def folded(column: Any) -> ColumnElement[str]:
    """A column for comparing and for sorting as a dictionary does."""
    return func.replace(func.lower(column), "ё", "е")


def contains_words(text: str, *columns: Any) -> ColumnElement[bool]:
    """Every word of ``text`` stands in one of the columns at least."""
    words = text.lower().replace("ё", "е").split()[:MOST_WORDS]
    found = (or_(*(folded(c).contains(word, autoescape=True) for c in columns)) for word in words)
    return and_(true(), *found)
