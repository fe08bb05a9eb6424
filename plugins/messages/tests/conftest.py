"""People who talk, for tests of conversations; everything is made by what the pages call."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.api import User, db
from core.testing.cast import Cast, Made
from core.testing.worker import deliver_events
from plugins.messages import operations
from plugins.messages.models import Thread
from plugins.messages.operations import Written


@dataclass
class Scene:
    """A private community with a moderator and three members, and somebody who is not in it."""

    app: Flask
    cast: Cast
    community: Made
    moderator: Made
    anna: Made
    boris: Made
    vera: Made
    stranger: Made
    browsers: dict[int, FlaskClient] = field(default_factory=dict)

    def of(self, person: Made) -> FlaskClient:
        if person.id not in self.browsers:
            self.browsers[person.id] = self.cast.browser(person)
        return self.browsers[person.id]

    def write(self, by: Made, *to: Made, text: str = "Здравствуйте", title: str = "") -> int:
        """A message that begins a conversation; the conversation's id."""
        with self.app.app_context():
            user = db.session.get_one(User, by.id)
            message = operations.begin(
                user, [one.id for one in to], title, Written(body=f"<p>{text}</p>")
            )
            return message.thread_id

    def answer(self, thread: int, by: Made, text: str = "И вам") -> int:
        """A message in a conversation; its id."""
        with self.app.app_context():
            user, place = db.session.get_one(User, by.id), db.session.get_one(Thread, thread)
            return operations.send(user, place, Written(body=f"<p>{text}</p>")).id

    def page(self, person: Made, url: str) -> str:
        """A page in words, as somebody reads it."""
        response = self.of(person).get(url)
        assert response.status_code == 200, f"{url}: {response.status_code}"
        return words(response)

    def badge(self, person: Made) -> int:
        """How many conversations are new, as every page says beside the bell."""
        page = self.of(person).get("/me/drafts", headers={"Accept-Language": "en"}).text
        found = re.search(r'href="/messages/"[^>]*>.*?</a>', page, re.DOTALL)
        assert found is not None
        number = re.search(r"badge-accent\">(\d+)", found[0])
        return int(number[1]) if number else 0

    def deliver(self) -> None:
        deliver_events(self.app)


@pytest.fixture
def scene(app: Flask, cast: Cast) -> Scene:
    community = cast.community("maths", visibility="private")
    return Scene(
        app, cast, community, cast.staff(community), cast.member(community, surname="Аннина"),
        cast.member(community, surname="Борисова"), cast.member(community, surname="Верина"),
        cast.user("Чужая"),
    )  # fmt: skip


def words(response: Any) -> str:
    """A page without its markup, on one line."""
    text = re.sub(r"<(script|style)[^>]*>.*?</\1>", " ", response.text, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


Login = Callable[..., FlaskClient]
