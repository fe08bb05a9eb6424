"""Lines for tests, made by the operations that the pages call."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.api import SYSTEM, Activity, User, db, operation
from core.testing.cast import Cast, Made, Turned
from plugins.consultations import finding, hours, team, tutoring
from plugins.consultations.meeting_models import Booking, Slot
from plugins.consultations.models import Consultant, Line, Question
from plugins.consultations.tutoring_models import EvidenceKind

# A Monday in winter, at noon in Moscow.
MONDAY = datetime.fromisoformat("2026-11-23T09:00:00+00:00")


@dataclass
class Desk:
    """A line with a tutor in Yakutsk and one in Moscow, on a Monday at noon."""

    app: Flask
    cast: Cast
    login: Callable[..., FlaskClient]
    clock: Turned
    community: Made
    coordinator: Made
    activity: Made
    tutor: Made
    other: Made

    @property
    def url(self) -> str:
        return f"/c/{self.community.slug}/consultations/{self.activity.id}/"

    def member(self, surname: str = "", **values: Any) -> Made:
        person = self.cast.user(surname, **values)
        return self.cast.member(self.community, person)

    def ask(self, person: Made, **values: Any) -> int:
        """Somebody asks, on the page; the number of the question."""
        form = {
            "title": "Как объяснить дроби?", "body": "<p>Класс путается в дробях.</p>",
            "privacy": "team", "wanted": "0",
        }  # fmt: skip
        answer = self.login(person).post(f"{self.url}ask", data=form | values)
        assert answer.status_code == 303, answer.text
        found = re.search(r"/questions/(\d+)", answer.location)
        assert found is not None
        return int(found.group(1))

    def write(self, person: Made, question: int, text: str = "Начните с долей.") -> FlaskClient:
        """Somebody writes below a question."""
        browser = self.login(person)
        page = f"{self.url}questions/{question}/replies"
        assert browser.post(page, data={"body": f"<p>{text}</p>"}).status_code == 303
        return browser

    def question(self, number: int) -> Question:
        """As it is now; inside an application context."""
        return db.session.get_one(Question, number)

    def line(self) -> Line:
        """As it is now; inside an application context."""
        return finding.line_at(db.session.get_one(Activity, self.activity.id))

    def user(self, person: Made) -> User:
        return db.session.get_one(User, person.id)

    def set(self, **values: Any) -> None:
        """Change the line's terms and limits."""
        with self.app.app_context():
            _set(SYSTEM, self.activity.id, values)

    def slot(
        self, after: timedelta = timedelta(days=2), *, consultant: Made | None = None,
        capacity: int = 1, minutes: int = 30,
    ) -> int:  # fmt: skip
        """A time to book, so long from now; its number."""
        with self.app.app_context():
            return _slot(
                self.user(consultant or self.tutor), self.activity.id, self.clock.now() + after,
                minutes, capacity,
            ).id  # fmt: skip

    def book(self, person: Made, slot: int, **values: str) -> FlaskClient:
        """Somebody books, on the page."""
        browser = self.login(person)
        answer = browser.post(f"{self.url}slots/{slot}/book", data={"note": "О дробях"} | values)
        assert answer.status_code == 303, answer.text
        return browser

    def booking(self, person: Made, slot: int) -> int:
        with self.app.app_context():
            query = select(Booking.id).where(Booking.slot_id == slot)
            return db.session.scalars(query.where(Booking.user_id == person.id)).one()

    def taken(self, slot: int) -> int:
        with self.app.app_context():
            return db.session.get_one(Slot, slot).taken

    def qualify(self, person: Made, until: date | None = None) -> None:
        """Record evidence of somebody's qualification."""
        with self.app.app_context():
            _qualify(self.user(self.coordinator), self.activity.id, person.id, until)

    def consultant(self, person: Made) -> int:
        """The number under which somebody stands in the team."""
        with self.app.app_context():
            query = select(Consultant.id).where(Consultant.user_id == person.id)
            return db.session.scalars(query).one()

    def join_team(self, person: Made) -> None:
        """Take somebody with evidence into the team."""
        self.qualify(person)
        with self.app.app_context():
            team.add(self.user(self.coordinator), self.line(), person.id)


@operation
def _set(actor: Any, activity: int, values: dict[str, Any]) -> None:
    line = finding.line_at(db.session.get_one(Activity, activity))
    for name, value in values.items():
        setattr(line, name, value)


@operation
def _slot(actor: User, activity: int, begins_at: datetime, minutes: int, capacity: int) -> Slot:
    line = finding.line_at(db.session.get_one(Activity, activity))
    return hours.new_slot(
        line, actor.id, begins_at, begins_at + timedelta(minutes=minutes),
        zone_name="Asia/Yakutsk", capacity=capacity,
    )  # fmt: skip


@operation
def _qualify(actor: User, activity: int, person: int, until: date | None) -> None:
    community = db.session.get_one(Activity, activity).community
    document = tutoring.Document(
        kind=EvidenceKind.WINNER, document="Приказ № 1", valid_from=date(2024, 5, 14),
        valid_until=until,
    )  # fmt: skip
    tutoring.record_evidence(actor, community, person, document)


@pytest.fixture
def desk(app: Flask, cast: Cast, login: Callable[..., FlaskClient], clock: Turned) -> Desk:
    clock.set(MONDAY)
    coordinator = cast.user("Координаторова")
    community = cast.community("maths", coordinator=coordinator, visibility="public")
    activity = cast.activity(community, "consultations", "line", title="Трудные задания")
    tutor = cast.member(community, cast.user("Тьюторова", zone_name="Asia/Yakutsk"))
    other = cast.member(community, cast.user("Наставникова", zone_name="Europe/Moscow"))
    made = Desk(app, cast, login, clock, community, coordinator, activity, tutor, other)
    made.set(zone_name="Europe/Moscow")
    for person in (tutor, other):
        made.join_team(person)
    return made
