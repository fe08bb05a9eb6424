"""What a report counts, for a period and in a table."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from core.api import SYSTEM, db
from plugins.webinar import attendance
from plugins.webinar.models import Meeting
from plugins.webinar.tests.conftest import Room

FIGURES = "/c/maths/webinar/figures"


@pytest.fixture
def coordinator(room: Room) -> FlaskClient:
    return room.login(room.cast.staff(room.community, "coordinator"))


def hold(room: Room) -> None:
    """It took place: two of three who had places came, one said what they thought."""
    people = [room.member() for _ in range(3)]
    browsers = [room.sign_up(person) for person in people]
    room.clock.turn(timedelta(hours=4))
    with room.app.app_context():
        meeting = db.session.get_one(Meeting, room.meeting)
        attendance.count(SYSTEM, meeting, {people[0].id: 60, people[1].id: 30})
    browsers[0].post(f"{room.meeting_url}feedback", data={"stars": "4", "words": ""})


def test_what_was_held_is_counted_once(room: Room, coordinator: FlaskClient) -> None:
    hold(room)
    page = coordinator.get(FIGURES).text
    for words in ("Дроби без слёз", "1,5", "4,0"):
        assert words in page
    facts = dict(zip(*pairs(page), strict=True))
    assert facts["Проведено встреч"] == "1"
    assert facts["Людей записалось"] == "3"
    assert facts["Людей пришло"] == "2"
    table = coordinator.get(f"{FIGURES}.csv").text
    assert "Дроби без слёз" in table
    assert ";1;3;2;1,5;4,0;1;0" in table


def pairs(page: str) -> tuple[list[str], list[str]]:
    """The names and values of the first list of facts."""
    facts = page.partition('<dl class="facts">')[2].partition("</dl>")[0]
    names = [part.partition("</dt>")[0] for part in facts.split("<dt>")[1:]]
    values = [part.partition("<")[0].strip() for part in facts.split("<dd>")[1:]]
    return names, values


def test_what_is_ahead_or_of_another_time_is_not(room: Room, coordinator: FlaskClient) -> None:
    assert "ничего не проводилось" in coordinator.get(FIGURES).text
    hold(room)
    assert "ничего не проводилось" in coordinator.get(f"{FIGURES}?until=2020-01-01").text
    for nonsense in ("?since=x&until=y", "?since=0001-01-01&until=9999-12-31", "?since=%00"):
        assert coordinator.get(FIGURES + nonsense).status_code == 200


def test_figures_are_for_those_who_report(room: Room) -> None:
    member = room.login(room.member())
    assert member.get(FIGURES).status_code == 403
    assert member.get(f"{FIGURES}.csv").status_code == 403
