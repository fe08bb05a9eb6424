"""Chats for tests, made by the operations that the pages call."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.api import Activity, User, db, utcnow
from core.testing.cast import Cast, Made
from core.testing.worker import deliver_events
from plugins.chat import sessions, writing
from plugins.chat.models import Message, Room, Session
from plugins.chat.sessions import Plan
from plugins.chat.voices import Said
from plugins.chat.writing import Stored


@dataclass
class Chat:
    """A chat in a community, with a moderator and two members."""

    app: Flask
    cast: Cast
    community: Made
    activity: Made
    moderator: Made
    member: Made
    other: Made

    @property
    def url(self) -> str:
        return f"/c/{self.community.slug}/chat/{self.activity.id}/"

    @property
    def room(self) -> int:
        """The standing room's number."""
        with self.app.app_context():
            query = select(Room.id).where(
                Room.activity_id == self.activity.id, Room.session_id.is_(None)
            )
            number: int = db.session.scalars(query).one()
        return number

    def room_of(self, session: int) -> int:
        with self.app.app_context():
            return db.session.get_one(Session, session).room.id

    def say(
        self, words: str = "Здравствуйте", by: Made | None = None, room: int = 0, **more: Any
    ) -> Stored:
        """A message by somebody (the member)."""
        with self.app.app_context():
            place = db.session.get_one(Activity, self.activity.id)
            author = db.session.get_one(User, (by or self.member).id)
            return writing.say(author, place, room or self.room, Said(text=words, **more))

    def session(
        self, title: str = "Проценты без формул", *, begins: int = 0, lasts: int = 60,
        hosts: tuple[int, ...] = (), agenda: str = "Начало (10)\nКонец",
    ) -> int:  # fmt: skip
        """A session planned by the moderator; ``begins`` in so many minutes. Answers its id."""
        with self.app.app_context():
            opens = utcnow() + timedelta(minutes=begins)
            return sessions.plan(
                db.session.get_one(User, self.moderator.id),
                db.session.get_one(Activity, self.activity.id),
                Plan(
                    title=title, opens_at=opens, closes_at=opens + timedelta(minutes=lasts),
                    agenda=agenda, hosts=hosts,
                ),
            ).id  # fmt: skip

    def read(self, model: type[Any], key: Any, *names: str) -> Any:
        """Columns of a row as they are stored now."""
        with self.app.app_context():
            row = db.session.get_one(model, key)
            values = tuple(getattr(row, name) for name in names)
        return values[0] if len(names) == 1 else values

    def numbers(self, room: int = 0) -> list[int | None]:
        """The numbers of a room's messages, in the order in which they were stored."""
        with self.app.app_context():
            query = select(Message.number).where(Message.room_id == (room or self.room))
            return list(db.session.scalars(query.order_by(Message.id)))

    def deliver(self) -> None:
        """Let the readers of the event log catch up, as the worker does every second."""
        deliver_events(self.app)


def make_chat(app: Flask, cast: Cast, slug: str = "maths", **values: Any) -> Chat:
    community = cast.community(slug, visibility="public", **values)
    people = [cast.staff(community), cast.member(community), cast.member(community)]
    made = Chat(app, cast, community, cast.activity(community, "chat"), *people)
    made.deliver()
    return made


@pytest.fixture
def chat(app: Flask, cast: Cast) -> Chat:
    return make_chat(app, cast)


@pytest.fixture
def careful_chat(app: Flask, cast: Cast) -> Chat:
    """One in which the first message of a new member waits for approval."""
    return make_chat(app, cast, hold_first_posts=1)


@pytest.fixture
def as_member(chat: Chat, login: Callable[..., FlaskClient]) -> FlaskClient:
    return login(chat.member)


@pytest.fixture
def as_other(chat: Chat, login: Callable[..., FlaskClient]) -> FlaskClient:
    return login(chat.other)


@pytest.fixture
def as_moderator(chat: Chat, login: Callable[..., FlaskClient]) -> FlaskClient:
    return login(chat.moderator)


def text_of(response: Any) -> str:
    """A page without its markup, on one line."""
    words = re.sub(r"<(script|style)[^>]*>.*?</\1>", " ", response.text, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", words).split())
