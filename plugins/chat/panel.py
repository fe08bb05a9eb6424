"""What stands beside the talk of a session: people, questions and decisions, in one query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from markupsafe import Markup
from sqlalchemy import (
    JSON,
    Boolean,
    CompoundSelect,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from core.api import Content, Face, Moment, School, User, Viewer, rows, short_name, utcnow
from plugins.chat import text
from plugins.chat.models import Member, Message, Question, QuestionState, Vote

MOST_PEOPLE, MOST_QUESTIONS, MOST_DECISIONS = 300, 50, 50
PERSON, QUESTION, DECISION = "person", "question", "decision"


@dataclass(frozen=True, kw_only=True)
class Person(Face):
    """Somebody in a room of whom there is something to say."""

    is_host: bool
    hand_at: datetime | None
    floor_at: datetime | None
    silenced_until: datetime | None
    removed_at: datetime | None
    reason: str

    @property
    def is_restrained(self) -> bool:
        return self.removed_at is not None or (
            self.silenced_until is not None and self.silenced_until > utcnow()
        )


@dataclass(frozen=True)
class Asked:
    """A question of the queue, with whether the viewer wants it answered."""

    id: int
    html: Markup
    state: str
    votes: int
    wanted: bool
    author: str
    own: bool
    held: bool


@dataclass(frozen=True)
class Decision:
    """The beginning of what was decided, and where it was said."""

    number: int
    brief: str


@dataclass(frozen=True)
class Panel:
    """Those of a room who lead, ask for the floor, have it or have to be silent; the queue of
    questions, with what is answered now and what most want first; and what was decided."""

    people: Sequence[Person]
    questions: Sequence[Asked]
    decisions: Sequence[Decision]

    @property
    def hosts(self) -> list[Person]:
        return [person for person in self.people if person.is_host]

    @property
    def hands(self) -> list[Person]:
        raised = [p for p in self.people if p.hand_at is not None and p.floor_at is None]
        return sorted(raised, key=lambda person: person.hand_at or utcnow())

    @property
    def speaking(self) -> list[Person]:
        return [person for person in self.people if person.floor_at is not None]

    @property
    def restrained(self) -> list[Person]:
        return [person for person in self.people if person.is_restrained]


def panel_of(room_id: int, viewer: Viewer, *, staff: bool) -> Panel:
    """All of it, in one query. ``staff`` sees questions that wait for approval."""
    people: list[Person] = []
    questions: list[Asked] = []
    decisions: list[Decision] = []
    for row in rows(_all(staff), {"room": room_id, "viewer": viewer.id}):
        if row.what == PERSON:
            people.append(_person(row))
        elif row.what == QUESTION:
            questions.append(_question(row, viewer))
        else:
            brief = text.in_brief(row.words, row.mentions or {}, 200)
            decisions.append(Decision(row.number, brief))
    return Panel(people, questions, decisions)


def _person(row: Any) -> Person:
    return Person(
        id=row.id, surname=row.surname, given_name=row.given_name, patronymic=row.patronymic,
        photo=row.photo, school=row.school or "", is_host=bool(row.flag), hand_at=row.first_at,
        floor_at=row.second_at, silenced_until=row.third_at, removed_at=row.fourth_at,
        reason=row.words,
    )  # fmt: skip


def _question(row: Any, viewer: Viewer) -> Asked:
    return Asked(
        row.id, text.as_html(row.words, {}), row.state, row.number, bool(row.flag),
        short_name(row.surname or "", row.given_name or "", row.patronymic or ""),
        viewer.id is not None and row.author_id == viewer.id, row.first_at is not None,
    )  # fmt: skip


@cache
def _all(staff: bool) -> CompoundSelect[*tuple[Any, ...]]:
    """Made once: putting a query together takes longer than the database takes to answer it."""
    parts = (_people(), _queue(staff), _decided())
    return union_all(*(select(*part.subquery().c) for part in parts))


def _nothing(kind: Any) -> Any:
    return cast(null(), kind)


def _people() -> Select[*tuple[Any, ...]]:
    return (
        select(
            literal(PERSON).label("what"), User.id.label("id"), User.surname.label("surname"),
            User.given_name.label("given_name"), User.patronymic.label("patronymic"),
            User.photo.label("photo"), School.short_name.label("school"),
            Member.reason.label("words"), _nothing(JSON).label("mentions"),
            _nothing(Text).label("state"), _nothing(Integer).label("number"),
            Member.is_host.label("flag"), Member.hand_at.label("first_at"),
            Member.floor_at.label("second_at"), Member.silenced_until.label("third_at"),
            Member.removed_at.label("fourth_at"), User.id.label("author_id"),
        )
        .join(Member, Member.user_id == User.id)
        .outerjoin(School, School.id == User.school_id)
        .where(Member.room_id == bindparam("room", type_=Integer))
        .where(
            or_(
                Member.is_host, Member.hand_at.is_not(None), Member.floor_at.is_not(None),
                Member.removed_at.is_not(None), Member.silenced_until.is_not(None),
            )
        )
        .order_by(User.surname, User.given_name, User.id)
        .limit(MOST_PEOPLE)
    )  # fmt: skip


def _queue(staff: bool) -> Select[*tuple[Any, ...]]:
    viewer_id = bindparam("viewer", type_=Integer)
    order = case({QuestionState.NOW: 0, QuestionState.OPEN: 1}, value=Question.state, else_=2)
    query = (
        select(
            literal(QUESTION), Question.id, User.surname, User.given_name, User.patronymic,
            _nothing(Text).label("photo"), _nothing(Text).label("school"), Question.text,
            _nothing(JSON).label("mentions"), Question.state, Question.votes,
            Vote.user_id.is_not(None), Content.held_at, _nothing(Moment).label("second_at"),
            _nothing(Moment).label("third_at"), _nothing(Moment).label("fourth_at"),
            Content.author_id,
        )
        .join(Content, Content.id == Question.id)
        .outerjoin(User, User.id == Content.author_id)
        .outerjoin(Vote, and_(Vote.question_id == Question.id, Vote.user_id == viewer_id))
        .where(Question.room_id == bindparam("room", type_=Integer), Content.hidden_at.is_(None))
        .where(Question.state != QuestionState.DISMISSED)
        .order_by(order, Question.votes.desc(), Question.id)
        .limit(MOST_QUESTIONS)
    )  # fmt: skip
    return (
        query
        if staff
        else query.where(or_(Content.held_at.is_(None), Content.author_id == viewer_id))
    )


def _decided() -> Select[*tuple[Any, ...]]:
    return (
        select(
            literal(DECISION), Message.id, _nothing(Text).label("surname"),
            _nothing(Text).label("given_name"), _nothing(Text).label("patronymic"),
            _nothing(Text).label("photo"), _nothing(Text).label("school"), Message.text,
            Message.mentions, _nothing(Text).label("state"), Message.number,
            cast(false(), Boolean).label("flag"), _nothing(Moment).label("first_at"),
            _nothing(Moment).label("second_at"), _nothing(Moment).label("third_at"),
            _nothing(Moment).label("fourth_at"), func.coalesce(Content.author_id, 0),
        )
        .join(Content, Content.id == Message.id)
        .where(Message.room_id == bindparam("room", type_=Integer), Message.is_decision)
        .where(Content.hidden_at.is_(None))
        .order_by(Message.number)
        .limit(MOST_DECISIONS)
    )  # fmt: skip
