"""When: series, moved and cancelled meetings, reminders, letters with dates, calendars."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
import vobject
from flask.testing import FlaskClient

from core.api import db
from core.testing.cast import Cast
from plugins.webinar.models import Meeting
from plugins.webinar.tests.conftest import Room

Outbox = Callable[[], list[EmailMessage]]


def meeting_form(room: Room, **values: str) -> dict[str, str]:
    with room.app.app_context():
        version = str(db.session.get_one(Meeting, room.meeting).sequence)
    local = (room.clock.now() + timedelta(days=2, hours=3)).strftime("%Y-%m-%dT%H:%M")
    return {"topic": "", "begins_at": local, "minutes": "45", "version": version} | values


@pytest.fixture
def host(room: Room) -> FlaskClient:
    return room.login(room.host)


def dates_in(letter: EmailMessage) -> list[tuple[str, str, str]]:
    """Method, UID and sequence of each date in a letter, read by a library of others."""
    found = []
    for file in letter.iter_attachments():
        calendar = vobject.readOne(file.get_content())
        found += [
            (calendar.method.value, event.uid.value, event.sequence.value)
            for event in calendar.vevent_list
        ]
    return found


def test_a_series_keeps_its_hour_when_clocks_change(
    cast: Cast, login: Callable[..., FlaskClient], room: Room
) -> None:
    coordinator = cast.staff(room.community, "coordinator")
    form = {
        "title": "Цикл", "state": "published", "begins_at": "2027-03-21T15:00", "minutes": "60",
        "every": "7", "times": "3", "about": "<p>Три встречи</p>", "admission": "open",
        "provider": "link", "address": "https://meet.example/r", "early": "15",
    }  # fmt: skip
    room.clock.set(datetime(2027, 3, 1, tzinfo=UTC))
    answer = login(coordinator).post("/c/maths/activities/new/webinar/webinar", data=form)
    assert answer.status_code == 303
    page = login(coordinator).get(answer.location).text
    assert page.count("15:00") >= 3
    assert "28 марта" in page
    assert "4 апреля" in page


def test_letters_bring_move_and_strike_out_one_date(
    room: Room, host: FlaskClient, outbox: Outbox, run_jobs: Callable[[], int]
) -> None:
    room.sign_up(room.member())
    run_jobs()
    host.post(f"{room.meeting_url}edit", data=meeting_form(room))
    run_jobs()
    host.post(f"{room.meeting_url}cancel", data={"reason": "Карантин"})
    run_jobs()
    told = [date for letter in outbox() for date in dates_in(letter)]
    assert [method for method, _uid, _sequence in told] == ["REQUEST", "REQUEST", "CANCEL"]
    assert len({uid for _method, uid, _sequence in told}) == 1
    assert [sequence for _method, _uid, sequence in told] == ["0", "1", "2"]
    assert "Карантин" in outbox()[-1].get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_only_those_with_a_place_are_reminded_a_day_and_an_hour_before(
    room: Room, host: FlaskClient, run_jobs: Callable[[], int]
) -> None:
    member, stranger = room.member(), room.member()
    browser = room.sign_up(member)
    host.post(f"{room.meeting_url}edit", data=meeting_form(room))
    room.clock.turn(timedelta(days=1, minutes=5))
    run_jobs()
    assert "Через день: «Дроби без слёз»" in browser.get("/me/notices").text
    room.clock.turn(timedelta(hours=23))
    run_jobs()
    notices = browser.get("/me/notices").text
    assert "Через час: «Дроби без слёз»" in notices
    assert "Через" not in room.login(stranger).get("/me/notices").text


def test_reminders_bring_the_date_under_its_one_name(
    room: Room, host: FlaskClient, outbox: Outbox, run_jobs: Callable[[], int]
) -> None:
    room.sign_up(room.member())
    run_jobs()
    room.clock.turn(timedelta(minutes=62))
    run_jobs()
    run_jobs()
    told = [date for letter in outbox() for date in dates_in(letter)]
    assert len(told) >= 2
    assert len({uid for _method, uid, _sequence in told}) == 1


def test_a_moved_meeting_does_not_remind_of_its_old_hour(
    room: Room, host: FlaskClient, run_jobs: Callable[[], int]
) -> None:
    browser = room.sign_up(room.member())
    host.post(f"{room.meeting_url}edit", data=meeting_form(room))
    room.clock.turn(timedelta(minutes=65))
    run_jobs()
    assert "Через час" not in browser.get("/me/notices").text


def test_two_hosts_do_not_overwrite_each_other(room: Room, host: FlaskClient) -> None:
    form = meeting_form(room)
    assert host.post(f"{room.meeting_url}edit", data=form).status_code == 303
    again = host.post(f"{room.meeting_url}edit", data=form | {"topic": "Другое"})
    assert again.status_code == 400
    assert "Другое" in again.text


def test_nothing_begins_in_the_past(room: Room, host: FlaskClient) -> None:
    answer = host.post(
        f"{room.url}meetings/new", data=meeting_form(room, begins_at="2020-01-01T10:00")
    )
    assert answer.status_code == 400
    assert "не может начаться в прошлом" in answer.text


def test_calling_off_needs_a_reason_and_stays_on_the_page(room: Room, host: FlaskClient) -> None:
    assert f"{room.meeting_url}cancel" in host.get(room.url).text
    assert host.post(f"{room.meeting_url}cancel", data={"reason": " "}).status_code == 400
    assert host.post(f"{room.meeting_url}cancel", data={"reason": "Карантин"}).status_code == 303
    shown = host.get(room.url).text
    assert "отменена: Карантин" in shown
    assert f"{room.meeting_url}cancel" not in shown


def test_the_date_can_be_put_into_ones_own_calendar(room: Room, client: FlaskClient) -> None:
    file = client.get(f"{room.meeting_url}date.ics")
    event = vobject.readOne(file.text).vevent
    assert "Дроби без слёз" in event.summary.value
    assert "Дроби без слёз" in client.get("/c/maths/calendar?view=list").text


def test_a_guest_from_elsewhere_is_told_by_whose_clock_the_time_is(
    client: FlaskClient, room: Room
) -> None:
    room.set(zone_name="Asia/Yakutsk")
    page = client.get(room.url).text
    assert "Москва (МСК, UTC+3)" in page
    assert "по вашему времени" not in page
