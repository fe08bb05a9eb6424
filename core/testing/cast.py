"""People and places for tests. Everything is made by the operations that the pages call."""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, request
from flask.testing import FlaskClient

from core.access.actors import SYSTEM
from core.access.appointments import appoint
from core.activities.models import Activity, ActivityState
from core.activities.operations import create_activity
from core.communities.models import Community
from core.communities.operations import Founding, admit, found, join
from core.people.models import School, User
from core.people.passwords import hash_password
from core.people.sessions import COOKIE_KEY, open_session
from core.platform.dates import DEFAULT_ZONE
from core.platform.db import db, operation, utcnow

PASSWORD = "correct horse battery"


@functools.cache
def password_hash() -> str:
    """The one hash that all people of the cast share: hashing takes its time by design."""
    return hash_password(PASSWORD)


@dataclass(frozen=True)
class Made:
    """What a test needs to know of a row: its id, and what it was made with."""

    id: int
    name: str = ""
    email: str = ""
    slug: str = ""
    password: str = PASSWORD


@dataclass
class Turned:
    """A clock in the hands of a test."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment

    def today(self) -> date:
        """The day where people live unless they say otherwise; at night another than in UTC."""
        return self.moment.astimezone(ZoneInfo(DEFAULT_ZONE)).date()

    def turn(self, by: timedelta) -> None:
        self.moment += by

    def set(self, moment: datetime) -> None:
        self.moment = moment


@dataclass
class Cast:
    """Makes rows in contexts of their own, so that requests of the same test see them afresh."""

    app: Flask
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def school(self, short_name: str = "") -> Made:
        """A school, with a name of its own unless one is given."""
        number = next(self.numbers)
        name = short_name or f"Школа № {number}"
        return Made(self._add(School(name=name, short_name=name)), name)

    def user(self, surname: str = "", *, administrator: bool = False, **values: Any) -> Made:
        """A person with a confirmed account; ``values`` are further columns of theirs."""
        number = next(self.numbers)
        mail = values.pop("email", f"person{number}@example.org")
        person = User(
            email=mail,
            password_hash=password_hash(),
            email_confirmed_at=values.pop("email_confirmed_at", utcnow()),
            surname=surname or f"Фамильева{number}",
            given_name=values.pop("given_name", "Анна"),
            patronymic=values.pop("patronymic", "Петровна"),
            **values,
        )
        made = Made(self._add(person), f"{surname or f'Фамильева{number}'} Анна Петровна", mail)
        if administrator:
            self.appoint(made, None, "administrator")
        return made

    def community(self, slug: str = "", *, coordinator: Made | None = None, **values: Any) -> Made:
        """A community with all plugins on; ``values`` such as ``visibility="public"``."""
        slug = slug or f"community-{next(self.numbers)}"
        person = coordinator or self.user()
        charter = values.pop("charter", "")
        parent = values.pop("parent", None)
        title = values.pop("title", slug)
        with self.app.app_context():
            user = db.session.get_one(User, person.id)
            above = db.session.get_one(Community, parent.id) if parent else None
            community = found(user, Founding(slug, title, values, charter, above), user)
            return Made(community.id, title, slug=slug)

    def activity(self, community: Made, plugin: str, kind: str = "", **values: Any) -> Made:
        """An activity, published unless ``state`` says otherwise; ``closes_at`` and the like."""
        title = values.pop("title", f"{plugin} {next(self.numbers)}")
        state = ActivityState(values.pop("state", "published"))
        form = values.pop("form", None)
        with self.app.app_context():
            place = db.session.get_one(Community, community.id)
            made = create_activity(SYSTEM, place, plugin, kind or plugin, title, form, state=state)
            number = made.id
        if values:
            self._change(Activity, number, values)
        return Made(number, title)

    def member(self, community: Made, person: Made | None = None, **values: Any) -> Made:
        """A member of the community, whatever its way of admission."""
        person = person or self.user(**values)
        with self.app.app_context():
            _admitted(SYSTEM, community.id, person.id)
        return person

    def appoint(self, person: Made, community: Made | None, key: str) -> Made:
        """Give somebody a role, by its key: in a community, or (None) on the site."""
        with self.app.app_context():
            _appointed(SYSTEM, community.id if community else None, key, person.id)
        return person

    def staff(self, community: Made, key: str = "moderator") -> Made:
        """A member with a role."""
        return self.appoint(self.member(community), community, key)

    def browser(self, person: Made) -> FlaskClient:
        """A browser without scripts in which the person is signed in."""
        client = self.app.test_client()
        with self.app.test_request_context(headers={"User-Agent": "Test browser"}):
            key = open_session(SYSTEM, db.session.get_one(User, person.id), request)
        with client.session_transaction() as session:
            session[COOKIE_KEY] = key
        return client

    def _add(self, row: Any) -> int:
        with self.app.app_context():
            return _added(SYSTEM, row)

    def _change(self, model: type[Any], number: int, values: dict[str, Any]) -> None:
        with self.app.app_context():
            _changed(SYSTEM, model, number, values)


@operation
def _added(actor: Any, row: Any) -> int:
    db.session.add(row)
    db.session.flush()
    number: int = row.id
    return number


@operation
def _changed(actor: Any, model: type[Any], number: int, values: dict[str, Any]) -> None:
    row = db.session.get_one(model, number)
    for name, value in values.items():
        setattr(row, name, value)


@operation
def _admitted(actor: Any, community_id: int, user_id: int) -> None:
    community = db.session.get_one(Community, community_id)
    user = db.session.get_one(User, user_id)
    membership = join(user, community, user, accepted=community.charter_version)
    if not membership.is_active:
        db.session.flush()
        admit(actor, membership)


@operation
def _appointed(actor: Any, community_id: int | None, key: str, user_id: int) -> None:
    appoint(actor, community_id, key, user_id, basis="")
