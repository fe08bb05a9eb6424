"""People by name in what others wrote: mentions of them, and quotes of theirs."""

from __future__ import annotations

import html
import re
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from core.access.actors import full_name
from core.contents.models import Comment, Revision
from core.people.models import User
from core.platform.db import db


def names_person(column: Any, user: User) -> ColumnElement[bool]:
    """Texts (clean HTML in a column) that mention a person or quote them by name."""
    marks = [f'data-person="{user.id}"', *(f'data-author="{name}"' for name in _names(user))]
    return or_(*(column.contains(mark, autoescape=True) for mark in marks))


def without_person(text: str, user: User) -> str:
    """Clean HTML in which a person is mentioned and quoted no longer by name."""
    mentioned = re.compile(rf'<a [^>]*data-person="{user.id}"[^>]*>.*?</a>', re.DOTALL)
    quoted = re.compile("|".join(f' data-author="{re.escape(name)}"' for name in _names(user)))
    return mentioned.sub(html.escape(full_name("", "")), quoted.sub("", text))


def _names(user: User) -> list[str]:
    """As they stand in attributes of clean HTML."""
    names = dict.fromkeys((user.name, user.short_name))
    return [html.escape(name, quote=False).replace('"', "&quot;") for name in names]


def forget_name(user: User) -> None:
    """Take a person's name out of comments and former versions, inside the operation that erases
    them; what plugins keep they look through themselves."""
    for model in (Comment, Revision):
        rows: Any = db.session.scalars(select(model).where(names_person(model.body, user)))
        for row in rows:
            row.body = without_person(row.body, user)
