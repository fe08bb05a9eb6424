"""A community to which things are announced; everything goes through the pages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.api import Community
from core.testing.cast import Cast, Made
from core.testing.worker import deliver_events


@dataclass
class Square:
    """A public community with a coordinator, a tutor and two members."""

    app: Flask
    cast: Cast
    community: Made
    coordinator: Made
    tutor: Made
    anna: Made
    boris: Made
    browsers: dict[int, FlaskClient] = field(default_factory=dict)

    def of(self, person: Made) -> FlaskClient:
        if person.id not in self.browsers:
            self.browsers[person.id] = self.cast.browser(person)
        return self.browsers[person.id]

    def write(self, by: Made | None = None, **given: Any) -> int:
        """An announcement that is not sent yet; its id."""
        data = {"title": "Собрание", "body": "В среду в 15:00"} | given
        sent = self.of(by or self.coordinator).post("/c/maths/announcements/new", data=data)
        assert sent.status_code == 303, sent.status_code
        return int(re.findall(r"/announcements/(\d+)/preview", sent.headers["Location"])[0])

    def send(self, **given: Any) -> int:
        """An announcement that has gone out; its id."""
        number = self.write(**given)
        assert self.do(number, "send") == 303
        return number

    def do(self, number: int, what: str, by: Made | None = None) -> int:
        return self.of(by or self.coordinator).post(f"/announcements/{number}/{what}").status_code

    def page(self, person: Made, url: str) -> str:
        response = self.of(person).get(url)
        assert response.status_code == 200, f"{url}: {response.status_code}"
        return words(response)

    def opens(self, person: Made, number: int) -> int:
        return self.of(person).get(f"/announcements/{number}").status_code

    def change(self, **values: Any) -> None:
        """Set columns of the community."""
        self.cast._change(Community, self.community.id, values)

    def deliver(self) -> None:
        deliver_events(self.app)


@pytest.fixture
def square(app: Flask, cast: Cast) -> Square:
    coordinator = cast.user("Главная")
    community = cast.community("maths", coordinator=coordinator, visibility="public")
    return Square(
        app, cast, community, coordinator, cast.staff(community, "tutor"),
        cast.member(community, surname="Аннина", position="Учитель"),
        cast.member(community, surname="Борисов", position="Завуч"),
    )  # fmt: skip


def words(response: Any) -> str:
    """A page without its markup, on one line."""
    text = re.sub(r"<(script|style)[^>]*>.*?</\1>", " ", response.text, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())
