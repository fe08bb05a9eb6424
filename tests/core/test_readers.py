"""Who held what in a community at a moment, however late one asks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask

from core.api import Community, db, holders_at, roles_in
from core.testing.cast import Cast


def test_who_came_or_went_since_makes_no_difference(app: Flask, cast: Cast, clock: Any) -> None:
    community = cast.community("maths")
    early, leaver = cast.member(community), cast.member(community)
    clock.turn(timedelta(days=1))
    moment = clock.moment
    with app.app_context():
        asked = {*db.session.scalars(holders_at(community.id, moment))}
    clock.turn(timedelta(days=1))
    late = cast.member(community)
    with app.app_context():
        assert {*db.session.scalars(holders_at(community.id, moment))} == asked
        assert {early.id, leaver.id} < asked
        assert late.id not in asked
        assert late.id in {*db.session.scalars(holders_at(community.id, clock.moment))}


def test_roles_narrow_and_a_guest_is_none(app: Flask, cast: Cast, clock: Any) -> None:
    community = cast.community("maths")
    tutor = cast.staff(community, "tutor")
    with app.app_context():
        place = db.session.get_one(Community, community.id)
        held = holders_at(place.id, clock.moment, ["tutor"])
        assert list(db.session.scalars(held)) == [tutor.id]
        keys = dict(roles_in(place))
    assert "tutor" in keys
    assert "guest" not in keys
