"""What is read of sessions, of those in a room, and of the queue of questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from markupsafe import Markup
from sqlalchemy import Integer, Select, and_, bindparam, case, or_, select

from core.api import (
    Activity,
    Content,
    Face,
    School,
    User,
    Viewer,
    face_columns,
    face_of,
    rows,
    utcnow,
    visible_to,
)
from plugins.chat import text
from plugins.chat.models import (
    Member,
    Message,
    Minutes,
    Question,
    QuestionState,
    Room,
    Session,
    Vote,
)

MOST_QUESTIONS = 50


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


@cache
def _people() -> Select[*tuple[Any, ...]]:
    return (
        select(
            *face_columns(), Member.is_host, Member.hand_at, Member.floor_at,
            Member.silenced_until, Member.removed_at, Member.reason,
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
        .order_by(Member.hand_at, User.surname, User.given_name, User.id)
        .limit(300)
    )  # fmt: skip


@dataclass(frozen=True)
class Circle:
    """Those of a room who lead, ask for the floor, have it, or have to be silent."""

    people: Sequence[Person]

    @property
    def hosts(self) -> list[Person]:
        return [person for person in self.people if person.is_host]

    @property
    def hands(self) -> list[Person]:
        return [p for p in self.people if p.hand_at is not None and p.floor_at is None]

    @property
    def speaking(self) -> list[Person]:
        return [person for person in self.people if person.floor_at is not None]

    @property
    def restrained(self) -> list[Person]:
        return [person for person in self.people if person.is_restrained]


def circle_of(room_id: int) -> Circle:
    """Who is to be named in a room; one query."""
    found = rows(_people(), {"room": room_id})
    return Circle(
        [
            face_of(
                row, Person, is_host=row.is_host, hand_at=row.hand_at, floor_at=row.floor_at,
                silenced_until=row.silenced_until, removed_at=row.removed_at, reason=row.reason,
            )
            for row in found
        ]
    )  # fmt: skip


@dataclass(frozen=True)
class QuestionLine:
    """A question of the queue, with whether the viewer wants it answered."""

    id: int
    html: Markup
    state: str
    votes: int
    wanted: bool
    author: str
    own: bool
    held: bool


@cache
def _queue(staff: bool) -> Select[*tuple[Any, ...]]:
    viewer_id = bindparam("viewer", type_=Integer)
    order = case({QuestionState.NOW: 0, QuestionState.OPEN: 1}, value=Question.state, else_=2)
    query = (
        select(
            Question.id, Question.text, Question.state, Question.votes, Vote.user_id,
            Content.author_id, Content.held_at, User.surname, User.given_name, User.patronymic,
        )
        .join(Content, Content.id == Question.id)
        .outerjoin(User, User.id == Content.author_id)
        .outerjoin(Vote, and_(Vote.question_id == Question.id, Vote.user_id == viewer_id))
        .where(Question.room_id == bindparam("room", type_=Integer), Content.hidden_at.is_(None))
        .where(Question.state != QuestionState.DISMISSED)
        .order_by(order, Question.votes.desc(), Question.id)
        .limit(MOST_QUESTIONS)
    )  # fmt: skip
    own = or_(Content.held_at.is_(None), Content.author_id == viewer_id)
    return query if staff else query.where(own)


def questions_of(room_id: int, viewer: Viewer, *, staff: bool) -> Sequence[QuestionLine]:
    """The queue: what is answered now, then what most want answered; one query."""
    found = rows(_queue(staff), {"room": room_id, "viewer": viewer.id}).all()
    names = text.names_in(row.text for row in found)
    return [
        QuestionLine(
            row.id, text.as_html(row.text, names), row.state, row.votes, row.user_id is not None,
            _named(row), row.author_id == viewer.id, row.held_at is not None,
        )
        for row in found
    ]  # fmt: skip


def _named(row: Any) -> str:
    return Face(
        id=0, surname=row.surname or "", given_name=row.given_name or "",
        patronymic=row.patronymic or "", photo="", school="",
    ).short_name  # fmt: skip


@dataclass(frozen=True)
class SessionLine:
    """A session as a list shows it."""

    id: int
    title: str
    about: str
    opens_at: datetime
    closes_at: datetime
    cancelled: bool
    messages: int
    host: str
    minutes: bool

    @property
    def is_on(self) -> bool:
        return not self.cancelled and self.opens_at <= utcnow() < self.closes_at

    @property
    def is_over(self) -> bool:
        return self.cancelled or self.closes_at <= utcnow()


def sessions_query(activity: Activity, viewer: Viewer, *, past: bool) -> Select[*tuple[Any, ...]]:
    """Sessions to come (and on), the nearest first, or those that are over, the latest first."""
    over = Room.closes_at <= utcnow()
    query = (
        select(
            Session.id, Session.title, Session.about, Room.opens_at, Room.closes_at,
            Session.cancelled_at, Room.last_number, User.surname, User.given_name,
            User.patronymic, Minutes.published_at,
        )
        .join(Content, Content.id == Session.id)
        .join(Room, Room.session_id == Session.id)
        .outerjoin(User, User.id == Content.author_id)
        .outerjoin(Minutes, Minutes.session_id == Session.id)
        .where(Session.activity_id == activity.id, visible_to(viewer))
    )  # fmt: skip
    if past:
        return query.where(over).order_by(Room.closes_at.desc(), Session.id.desc())
    return query.where(~over).order_by(Room.opens_at, Session.id)


def session_line(row: Any) -> SessionLine:
    """A row of :func:`sessions_query`."""
    return SessionLine(
        row.id, row.title, row.about, row.opens_at, row.closes_at, row.cancelled_at is not None,
        row.last_number, _named(row), row.published_at is not None,
    )  # fmt: skip


def decisions_of(room_id: int) -> Sequence[tuple[int, str]]:
    """Numbers and beginnings of what was decided in a room, in order; one query."""
    query = (
        select(Message.number, Message.text)
        .join(Content, Content.id == Message.id)
        .where(Message.room_id == room_id, Message.is_decision, Content.hidden_at.is_(None))
        .order_by(Message.number)
        .limit(50)
    )
    found = rows(query).all()
    names = text.names_in(row.text for row in found)
    return [(row.number, text.in_brief(row.text, names, 200)) for row in found]


def chat_settings(activity: Activity) -> Mapping[str, Any]:
    """What the form of a chat holds when it is opened again."""
    query = select(Room.slow_seconds).where(
        Room.activity_id == activity.id, Room.session_id.is_(None)
    )
    return {"slow_seconds": rows(query).scalar() or 0}
