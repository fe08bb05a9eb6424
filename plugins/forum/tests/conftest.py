"""Forums for tests, made by the operations that the pages call."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.api import Activity, User, db
from core.testing.cast import Cast, Made
from core.testing.worker import deliver_events
from plugins.forum import operations, queries
from plugins.forum.models import Post, Topic
from plugins.forum.operations import Written


@dataclass
class Forum:
    """A forum in a community, with its coordinator, a moderator and a member."""

    app: Flask
    cast: Cast
    community: Made
    activity: Made
    moderator: Made
    member: Made

    @property
    def url(self) -> str:
        return f"/c/{self.community.slug}/forum/{self.activity.id}/"

    def topic_url(self, topic: int) -> str:
        return f"{self.url}topics/{topic}"

    def topic(
        self, title: str = "Дроби в 6 классе", by: Made | None = None, body: str = "<p>Как?</p>",
        section: int = 0, **more: Any,
    ) -> int:  # fmt: skip
        """A topic by somebody (the member), and its id."""
        with self.app.app_context():
            activity = db.session.get_one(Activity, self.activity.id)
            user = db.session.get_one(User, (by or self.member).id)
            place = queries.sections_of(activity)[section]
            return operations.open_topic(user, place, title, Written(body=body), **more).id

    def reply(
        self, topic: int, body: str = "<p>Так.</p>", by: Made | None = None,
        parent: int | None = None, **more: Any,
    ) -> int:  # fmt: skip
        """A reply by somebody (the moderator), and its id."""
        with self.app.app_context():
            user = db.session.get_one(User, (by or self.moderator).id)
            above = db.session.get_one(Post, parent) if parent else None
            place = db.session.get_one(Topic, topic)
            return operations.reply(user, place, Written(body=body, **more), parent=above).id

    def read(self, model: type[Any], number: int, *names: str) -> Any:
        """Columns of a row as they are stored now."""
        with self.app.app_context():
            row = db.session.get_one(model, number)
            values = tuple(getattr(row, name) for name in names)
        return values[0] if len(names) == 1 else values

    def first_post(self, topic: int) -> int:
        with self.app.app_context():
            number = db.session.query(Post.id).filter_by(topic_id=topic).order_by(Post.id).first()
        assert number is not None
        return int(number[0])

    def deliver(self) -> None:
        """Let the readers of the event log catch up, as the worker does every second."""
        deliver_events(self.app)


def make_forum(app: Flask, cast: Cast, slug: str = "maths", **values: Any) -> Forum:
    """A forum in a public community; its moderator and member follow it."""
    community = cast.community(slug, visibility="public", **values)
    moderator = cast.staff(community)
    member = cast.member(community)
    made = Forum(app, cast, community, cast.activity(community, "forum"), moderator, member)
    made.deliver()
    return made


@pytest.fixture
def forum(app: Flask, cast: Cast) -> Forum:
    return make_forum(app, cast)


@pytest.fixture
def careful_forum(app: Flask, cast: Cast) -> Forum:
    """One in which the first post of a new member waits for approval."""
    return make_forum(app, cast, hold_first_posts=1)


@pytest.fixture
def as_member(forum: Forum, login: Callable[..., FlaskClient]) -> FlaskClient:
    return login(forum.member)


@pytest.fixture
def as_moderator(forum: Forum, login: Callable[..., FlaskClient]) -> FlaskClient:
    return login(forum.moderator)


def text_of(response: Any) -> str:
    """A page without its markup, on one line."""
    words = re.sub(r"<(script|style)[^>]*>.*?</\1>", " ", response.text, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", words).split())


def csrf(client: FlaskClient, page: str) -> str:
    """The token of the forms on a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert found is not None
    return found[1]
