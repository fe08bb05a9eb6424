"""People as lists and posts of a forum show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from core.api import TINTS, School, full_name, initials, short_name
from plugins.forum.words import _


class Byline(NamedTuple):
    """Whoever wrote something; without an id somebody who has been forgotten."""

    id: int | None
    surname: str
    given_name: str
    patronymic: str
    photo: str
    school: str = ""

    @property
    def name(self) -> str:
        return full_name(self.surname, self.given_name, self.patronymic) or _("Former member")

    @property
    def short_name(self) -> str:
        named = self.surname or self.given_name
        return short_name(self.surname, self.given_name, self.patronymic) if named else self.name

    @property
    def initials(self) -> str:
        return initials(self.surname, self.given_name)

    @property
    def tint(self) -> int:
        return (self.id or 0) % TINTS

    @property
    def photo_url(self) -> str | None:
        return self.photo or None


def byline_columns(user: Any) -> tuple[Any, ...]:
    """What to select of a (perhaps aliased) User for a byline."""
    return user.surname, user.given_name, user.patronymic, user.photo


def byline(number: int | None, columns: Sequence[Any], school: str | None = None) -> Byline:
    """The byline in a row's columns, in the order of :func:`byline_columns`."""
    surname, given_name, patronymic, photo = columns
    return Byline(
        number, surname or "", given_name or "", patronymic or "", photo or "", school or ""
    )


SCHOOL = School.short_name.label("school")
