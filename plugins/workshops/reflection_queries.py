"""Reading what participants answered at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from core.api import Face, Page, School, User, db, face_columns, face_of, paginate
from plugins.workshops.models import Answer, Place, Workshop


def answers_at(place: Place) -> Mapping[int, str]:
    """What somebody answered, by question."""
    query = select(Answer.question_id, Answer.words).where(Answer.place_id == place.id)
    return {row.question_id: row.words for row in db.session.execute(query)}


def answering(workshop: Workshop) -> Page[Row[*tuple[Any, ...]]]:
    """Who has answered, a page at a time."""
    answered = select(Answer.place_id)
    query = (
        select(Place, *face_columns())
        .join(User, User.id == Place.user_id)
        .outerjoin(School, School.id == User.school_id)
        .where(Place.workshop_id == workshop.id, Place.id.in_(answered))
        .order_by(User.surname, User.given_name, User.id)
    )
    return paginate(query)


@dataclass(frozen=True)
class Answered:
    """Somebody with their answers, by question."""

    face: Face
    words: Mapping[int, str]


def lines_of(page: Page[Row[*tuple[Any, ...]]]) -> Sequence[Answered]:
    """The answers of one page of people; one query."""
    ids = [row.Place.id for row in page.items]
    found: dict[int, dict[int, str]] = {}
    for row in db.session.scalars(select(Answer).where(Answer.place_id.in_(ids))):
        found.setdefault(row.place_id, {})[row.question_id] = row.words
    return [Answered(face_of(row, Face), found.get(row.Place.id, {})) for row in page.items]
