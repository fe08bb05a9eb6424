"""Workshops for tests, made by the operations that the pages call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.api import Activity, User, db, operation
from core.testing.cast import Cast, Made, Turned
from plugins.workshops import operations, running
from plugins.workshops.models import Place, Review, Work, Workshop
from plugins.workshops.queries import workshop_at
from plugins.workshops.running import Plan
from plugins.workshops.stages import StageKind

K = StageKind


@dataclass
class Studio:
    """A workshop with all stages, none of which has a date, its master, and members around it."""

    app: Flask
    cast: Cast
    login: Callable[..., FlaskClient]
    clock: Turned
    community: Made
    activity: Made
    master: Made
    members: list[Made] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"/c/{self.community.slug}/workshops/{self.activity.id}/"

    def workshop(self) -> Workshop:
        """As it is now; inside an application context."""
        return workshop_at(db.session.get_one(Activity, self.activity.id))

    def member(self) -> Made:
        return self.cast.member(self.community)

    def person(self, made: Made) -> User:
        """Inside an application context."""
        return db.session.get_one(User, made.id)

    def sign_up(self, person: Made) -> FlaskClient:
        browser = self.login(person)
        assert browser.post(f"{self.url}places").status_code == 303
        return browser

    def seated(self, number: int) -> list[Made]:
        """So many participants; registration is on for them."""
        self.go(K.REGISTRATION)
        people = [self.member() for _ in range(number)]
        for person in people:
            self.sign_up(person)
        return people

    def go(self, kind: StageKind) -> None:
        """Be at a stage, by the master's hand."""
        with self.app.app_context():
            workshop = self.workshop()
            running.switch(self.person(self.master), workshop, kind, seen=workshop.sequence)

    def plan(self, **hours: float) -> None:
        """Stages by their names, each so many hours from now; no others."""
        now = self.clock.now()
        plans = {K(name): Plan(now + timedelta(hours=n), 2) for name, n in hours.items()}
        with self.app.app_context():
            workshop = self.workshop()
            running.plan_stages(self.person(self.master), workshop, plans, seen=workshop.sequence)

    def set(self, **values: Any) -> None:
        with self.app.app_context():
            _set(self.person(self.master), self.activity.id, values)

    def close(self, *, hours: float) -> None:
        """The activity ends so many hours from now."""
        with self.app.app_context():
            moment = self.clock.now() + timedelta(hours=hours)
            _close(self.person(self.master), self.activity.id, moment)

    def hand_in(self, person: Made, title: str = "Моя проба", **more: str) -> FlaskClient:
        browser = self.login(person)
        answer = browser.post(f"{self.url}work", data=work_form(title) | more)
        assert answer.status_code == 303, answer.text
        return browser

    def rows(self, model: type[Any]) -> list[Any]:
        """All rows as plain mappings of their columns."""
        with self.app.app_context():
            names = [column.key for column in model.__table__.columns]
            return [
                type("Row", (), {name: getattr(row, name) for name in names})()
                for row in db.session.query(model).order_by(*model.__table__.primary_key).all()
            ]

    def work_of(self, person: Made) -> Any:
        return next(row for row in self.rows(Work) if row.author_id == person.id)

    def place_of(self, person: Made) -> Any:
        return next(row for row in self.rows(Place) if row.user_id == person.id)

    def reviews_by(self, person: Made) -> list[Any]:
        return [row for row in self.rows(Review) if row.reviewer_id == person.id]

    def notices(self, person: Made) -> str:
        return self.login(person).get("/me/notices").text


def work_form(title: str = "Моя проба", body: str = "Попробовала в пятом классе") -> dict[str, str]:
    return {"title": title, "body": body, "version": "1", "then": "hand-in"}


@operation
def _set(actor: User, activity: int, values: Mapping[str, Any]) -> None:
    workshop = workshop_at(db.session.get_one(Activity, activity))
    for name, value in values.items():
        setattr(workshop, name, value)


@operation
def _close(actor: User, activity: int, moment: datetime) -> None:
    db.session.get_one(Activity, activity).closes_at = moment


@operation
def _begin(actor: User, activity: int) -> None:
    workshop = workshop_at(db.session.get_one(Activity, activity))
    operations.add_master(actor, workshop, actor.id or 0)


@pytest.fixture
def studio(
    app: Flask, cast: Cast, login: Callable[..., FlaskClient], clock: Turned
) -> Studio:  # fmt: skip
    community = cast.community("maths", visibility="public", title="Учителя математики")
    activity = cast.activity(community, "workshops", "workshop", title="Дроби на ощупь")
    master = cast.member(community, surname="Семёнова")
    made = Studio(app, cast, login, clock, community, activity, master)
    with app.app_context():
        _begin(db.session.get_one(User, master.id), activity.id)
    return made
