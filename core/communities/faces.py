"""People as lists of a community show them: columns, not entities, because lists are long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from flask import url_for
from sqlalchemy import Row

from core.access.actors import Named
from core.people.models import School, User


@dataclass(frozen=True, kw_only=True)
class Face(Named):
    """Who somebody is, as far as a line in a list says it."""

    id: int
    surname: str
    given_name: str
    patronymic: str
    photo: str
    school: str

    @property
    def url(self) -> str:
        return url_for("people.show", person=self.id)


def face_columns() -> tuple[Any, ...]:
    """What to select for a :class:`Face`, with schools joined from the outside."""
    return (
        User.id, User.surname, User.given_name, User.patronymic, User.photo,
        School.short_name.label("school"),
    )  # fmt: skip


F = TypeVar("F", bound=Face)


def face_of(row: Row[Any], kind: type[F], **more: Any) -> F:
    """The face in a row of :func:`face_columns`; ``more`` are further fields of its kind."""
    return kind(
        id=row.id, surname=row.surname, given_name=row.given_name, patronymic=row.patronymic,
        photo=row.photo, school=row.school or "", **more,
    )  # fmt: skip
