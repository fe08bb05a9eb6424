"""In a community that has ended, or in the archive: a webinar is read, and invites nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from core.api import Activity, Community, Viewer, db
from plugins.webinar.models import Meeting, PlaceState
from plugins.webinar.queries import place_of
from plugins.webinar.tests.conftest import Room

ENDED, ARCHIVED = "Сообщество завершило работу", "Это уже в архиве"
Close = Callable[[Room], str]


def end(room: Room) -> str:
    room.cast._change(Community, room.community.id, {"state": "liquidated"})
    return ENDED


def archive(room: Room) -> str:
    room.cast._change(Activity, room.activity.id, {"state": "archived"})
    return ARCHIVED


@pytest.mark.parametrize("close", [end, archive])
def test_its_host_plans_nothing_and_places_stay_as_they_are(room: Room, close: Close) -> None:
    member = room.member()
    guest, host = room.sign_up(member), room.login(room.host)
    other = room.login(room.member())
    reason = close(room)
    plan = {"topic": "Ещё раз", "begins_at": "2027-03-01T12:00", "minutes": "60"}
    for answer in (
        host.post(f"{room.url}meetings/new", data=plan),
        guest.post(f"{room.url}places/leave"),
        other.post(f"{room.url}places"),
        guest.post(f"{room.url}meetings/{room.meeting}/feedback", data={"stars": "5"}),
    ):
        assert answer.status_code == 403
        assert reason in answer.text
    with room.app.app_context():
        assert db.session.query(Meeting).count() == 1
        assert place_of(room.webinar(), Viewer(id=member.id)) == PlaceState.HELD


@pytest.mark.parametrize("close", [end, archive])
def test_nobody_is_invited_to_a_meeting_that_was_on(room: Room, close: Close) -> None:
    guest, host = room.sign_up(room.member()), room.login(room.host)
    other = room.login(room.member())
    room.clock.turn(timedelta(minutes=110))
    assert host.get(f"{room.meeting_url}door").status_code == 303
    assert "Сейчас идёт" in guest.get(room.url).text
    reason = close(room)
    for browser in (guest, host, other):
        page = browser.get(room.url).text
        assert reason in page
        for words in ("Сейчас идёт", "Войти", "Отказаться от места", "Записаться", "Назначить"):
            assert words not in page
        assert "meet.example" not in browser.get(f"{room.meeting_url}door").location
    assert ">Зайти" not in guest.get(f"/c/{room.community.slug}/").text


def test_in_the_archive_nobody_asks_the_hosts(room: Room) -> None:
    member = room.login(room.member())
    with room.app.app_context():
        number = room.webinar().id
    page = f"/contents/{number}/comments"
    assert member.post(page, data={"body": "<p>Успею?</p>"}).status_code == 303
    archive(room)
    refused = member.post(page, data={"body": "<p>А теперь?</p>"})
    assert refused.status_code == 403
    assert ARCHIVED in refused.text
    assert "Успею?" in member.get(room.url).text
