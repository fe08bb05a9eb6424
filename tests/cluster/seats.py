"""A room with as many people in it as one likes, written in bulk, each with a session."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import insert, select

from core.access.models import Appointment, Role
from core.app import create_app
from core.communities.models import Membership, MembershipState
from core.config import Config
from core.people.models import SignedInSession, User
from core.people.sessions import COOKIE_KEY, digest_of
from core.platform.db import db, operation, utcnow
from core.testing.cast import Cast

SLUG = "crowd"


@dataclass(frozen=True)
class Seats:
    """The rooms, and the cookies of those who may be in them."""

    activities: list[int]
    cookies: list[str]

    @property
    def activity(self) -> int:
        """The first room, or the only one."""
        return self.activities[0]


def seat(app: Flask, count: int, rooms: int = 1) -> Seats:
    """A community with some rooms and this many members."""
    cast = Cast(app)
    place = cast.community(SLUG, title="Большая беседа", visibility="private")
    talks = [cast.activity(place, "talk", title="Беседа") for _ in range(rooms)]
    keys = [f"key-of-{number}-{'x' * 24}" for number in range(count)]
    with app.app_context():
        _write(None, place.id, keys)
    serializer: Any = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    cookies = [serializer.dumps({COOKIE_KEY: key, "_permanent": True}) for key in keys]
    return Seats([talk.id for talk in talks], cookies)


@operation
def _write(actor: Any, place: int, keys: list[str]) -> None:
    people = [
        {"email": f"talker{n}@example.org", "surname": f"Говорунов{n}", "given_name": "Анна"}
        | {"patronymic": "", "password_hash": "!", "email_confirmed_at": utcnow()}
        for n, _ in enumerate(keys)
    ]
    db.session.execute(insert(User), people)
    ids = list(
        db.session.scalars(select(User.id).where(User.email.startswith("talker")).order_by(User.id))
    )
    role = db.session.scalars(
        select(Role.id).where(Role.community_id == place, Role.key == "member")
    ).one()
    db.session.execute(insert(Appointment), [{"role_id": role, "user_id": n} for n in ids])
    member = {"community_id": place, "state": MembershipState.ACTIVE, "charter_version": 0}
    db.session.execute(insert(Membership), [member | {"user_id": n} for n in ids])
    session = {"expires_at": utcnow() + timedelta(days=1), "address": "", "browser": "crowd"}
    rows = [
        session | {"digest": digest_of(key), "user_id": number}
        for key, number in zip(keys, ids, strict=True)
    ]
    db.session.execute(insert(SignedInSession), rows)


if __name__ == "__main__":
    application = create_app(Config.from_environ(os.environ))
    seats = seat(application, *map(int, sys.argv[1:]))
    print(*seats.activities, *seats.cookies)
