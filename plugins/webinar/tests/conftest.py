"""Webinars for tests, made by the operations that the pages call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.api import Activity, User, db, operation
from core.testing.cast import Cast, Made, Turned
from plugins.webinar import operations, schedule
from plugins.webinar.models import Meeting, Webinar
from plugins.webinar.queries import webinar_at
from plugins.webinar.schedule import Plan
from plugins.webinar.tests.bbb_server import StandIn


@dataclass
class Room:
    """A webinar in two hours from now, with its host and members of the community."""

    app: Flask
    cast: Cast
    login: Callable[..., FlaskClient]
    clock: Turned
    community: Made
    activity: Made
    host: Made
    meeting: int = 0
    members: list[Made] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"/c/{self.community.slug}/webinar/{self.activity.id}/"

    @property
    def meeting_url(self) -> str:
        return f"{self.url}meetings/{self.meeting}/"

    def member(self, surname: str = "") -> Made:
        person = self.cast.member(self.community, surname=surname) if surname else None
        made = person or self.cast.member(self.community)
        self.members.append(made)
        return made

    def members_id(self, surname: str) -> int:
        """The number of a member by the surname."""
        return next(one.id for one in self.members if one.name.startswith(surname))

    def sign_up(self, person: Made) -> FlaskClient:
        """Somebody asks for a place, on the page."""
        browser = self.login(person)
        assert browser.post(f"{self.url}places").status_code == 303
        return browser

    def set(self, **values: Any) -> None:
        with self.app.app_context():
            _set(db.session.get_one(User, self.host.id), self.activity.id, values)

    def webinar(self) -> Webinar:
        """As it is now; inside an application context."""
        return webinar_at(db.session.get_one(Activity, self.activity.id))


@operation
def _set(actor: User, activity: int, values: dict[str, Any]) -> None:
    webinar = webinar_at(db.session.get_one(Activity, activity))
    for name, value in values.items():
        setattr(webinar, name, value)


@operation
def _begin(actor: User, activity: int, plan: Plan) -> Meeting:
    webinar = webinar_at(db.session.get_one(Activity, activity))
    webinar.address = "https://meet.example/room"
    operations.set_hosts(actor, webinar, [actor.id or 0])
    return schedule.plan_meeting(actor, webinar, plan)


def set_servers(room: Room, *servers: StandIn) -> None:
    """The administrator sets these BigBlueButton servers."""
    form: dict[str, str] = {}
    for number, server in enumerate(servers, 1):
        form |= {f"bbb_address_{number}": server.address, f"bbb_secret_{number}": server.secret}
    browser = room.login(room.cast.user(administrator=True))
    assert browser.post("/admin/plugins/webinar/settings", data=form).status_code == 303


def next_forenoon(now: datetime) -> datetime:
    """Nine o'clock in Moscow: what is told in the next hours is no letter in the night."""
    return now.replace(hour=6, minute=0, second=0, microsecond=0) + timedelta(days=1)


@pytest.fixture
def room(
    app: Flask, cast: Cast, login: Callable[..., FlaskClient], clock: Turned
) -> Room:  # fmt: skip
    clock.set(next_forenoon(clock.now()))
    community = cast.community("maths", visibility="public", title="Учителя математики")
    activity = cast.activity(community, "webinar", "webinar", title="Дроби без слёз")
    host = cast.member(community, surname="Семёнова")
    made = Room(app, cast, login, clock, community, activity, host)
    plan = Plan(begins_at=clock.now() + timedelta(hours=2), minutes=60)
    with app.app_context():
        made.meeting = _begin(db.session.get_one(User, host.id), activity.id, plan).id
    return made
