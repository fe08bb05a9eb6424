"""Calendars on phones: files that another program reads, and addresses that open no more than they
should and no longer than they should."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import vobject
from flask import Flask
from sqlalchemy import select

from core.access.actors import SYSTEM, Viewer
from core.access.appointments import end_appointments
from core.activities.models import Activity
from core.calendar.ics import CalendarMethod, calendar_file
from core.calendar.models import Subscription
from core.calendar.operations import make_subscription
from core.communities.models import Community, CommunityState
from core.communities.settings_operations import set_state
from core.contract.manifest import CalendarItem
from core.contract.registry import registry_of
from core.people.models import User
from core.platform.dates import use_zone
from core.platform.db import db, operation
from core.platform.mail import Enclosure, Letter, compose, send
from core.testing.cast import Made, Turned
from core.testing.count import QueryCount
from core.testing.switches import switch_plugin
from tests.core.calendar_kit import NOW, Scene, at_once
from tests.core.test_budgets import fill_community, join_many

EN = {"Accept-Language": "en"}
ZONES = (
    "Europe/Kaliningrad", "Europe/Moscow", "Asia/Yakutsk", "Asia/Kamchatka", "America/New_York",
    "UTC",
)  # fmt: skip


def address(scene: Scene, person: Made, community: Made | None = None) -> str:
    """The secret address of somebody's calendar, as the page shows it."""
    browser = scene.cast.browser(person)
    page = f"/c/{community.slug}/calendar/subscribe" if community else "/calendar/subscribe"
    assert browser.post(page).status_code == 303
    found = re.search(r'value="http://localhost(/calendar/feed/[^"]+)"', browser.get(page).text)
    assert found is not None
    return found[1]


def fetch(scene: Scene, path: str, **headers: str) -> Any:
    """As a phone does: without a cookie."""
    return scene.app.test_client().get(path, headers=headers)


def read(body: bytes | str) -> dict[str, Any]:
    """The dates of a file that is valid, by their UID."""
    text = body.decode() if isinstance(body, bytes) else body
    calendar = vobject.readOne(text)
    assert calendar.validate(raiseException=True)
    return {event.uid.value: event for event in getattr(calendar, "vevent_list", [])}


def moments(scene: Scene, path: str) -> dict[str, datetime]:
    events = read(fetch(scene, path).data)
    return {uid: event.dtstart.value.astimezone(UTC) for uid, event in events.items()}


# What stands in a file


@pytest.mark.parametrize("zone", ZONES)
def test_another_program_reads_the_same_moments_in_every_zone(dated: Scene, zone: str) -> None:
    """Winter and summer: the clocks of New York change in March and November."""
    maths = dated.cast.community("maths")
    person = dated.cast.member(maths, dated.cast.user(zone_name=zone))
    wanted = {}
    for number, moment in enumerate(
        [
            datetime(2026, 10, 31, 20, 0, tzinfo=UTC), datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
            datetime(2026, 11, 1, 6, 30, tzinfo=UTC), datetime(2026, 11, 26, 20, 59, tzinfo=UTC),
            datetime(2026, 12, 31, 23, 59, tzinfo=UTC), datetime(2027, 3, 14, 6, 59, tzinfo=UTC),
            datetime(2027, 3, 14, 7, 0, tzinfo=UTC), datetime(2027, 7, 1, 12, 0, tzinfo=UTC),
        ]
    ):  # fmt: skip
        quiz = dated.quiz(maths, f"Опрос {number}", opens_at=moment)
        wanted[f"activities.{quiz.id}.opens@localhost"] = moment
    path = address(dated, person)
    assert moments(dated, path) == wanted
    body = fetch(dated, path).text
    assert ("BEGIN:VTIMEZONE" in body) is (zone != "UTC")
    assert ("DTSTART:20261126T205900Z" in body) is (zone == "UTC")


def test_a_file_is_what_the_standard_wants(dated: Scene) -> None:
    maths = dated.cast.community("maths", title="Математики; алгебра, геометрия")
    title = "Опрос, часть 1; «да\\нет» " + "очень длинное название " * 5
    dated.quiz(maths, title, opens_at=NOW + timedelta(days=1))
    answer = fetch(dated, address(dated, dated.cast.member(maths)))
    assert answer.content_type == "text/calendar; charset=utf-8"
    lines = answer.data.split(b"\r\n")
    assert lines[-1] == b""
    assert not any(b"\n" in line or len(line) > 75 for line in lines)
    for wanted in (b"VERSION:2.0", b"CALSCALE:GREGORIAN", b"REFRESH-INTERVAL;VALUE=DURATION:PT1H"):
        assert wanted in lines
    event = next(iter(read(answer.data).values()))
    assert event.summary.value == f"{title}: открытие"
    assert event.categories.value == ["Quizzes", "Математики; алгебра, геометрия"]
    assert event.url.value.startswith("http://localhost/c/maths/diary/")
    assert event.description.value.split("\n")[-1] == event.url.value
    assert event.status.value == "CONFIRMED"
    assert event.transp.value == "TRANSPARENT"


def test_dates_of_plugins_have_places_ends_and_whole_days(dated: Scene) -> None:
    maths = dated.cast.community("maths")
    dated.date(
        key="diary.webinar.1", title="Вебинар\r\nATTACH:http://evil\x00\x07", place="Кабинет 5",
        start=NOW, end=NOW + timedelta(hours=1), description="Строка\nи другая", sequence=4,
        updated=NOW - timedelta(days=3),
    )  # fmt: skip
    first, after = date(2026, 12, 28), date(2027, 1, 9)
    dated.date(key="diary.holiday", title="Каникулы", start=first, end=after)
    answer = fetch(dated, address(dated, dated.cast.member(maths)))
    events = read(answer.data)
    webinar, holiday = (events[f"diary.{name}@localhost"] for name in ("webinar.1", "holiday"))
    assert webinar.summary.value == "Вебинар\nATTACH:http://evil"
    assert b"\r\nATTACH" not in answer.data
    assert webinar.location.value == "Кабинет 5"
    assert webinar.dtend.value - webinar.dtstart.value == timedelta(hours=1)
    assert webinar.sequence.value == "4"
    assert webinar.last_modified.value == NOW - timedelta(days=3)
    assert (holiday.dtstart.value, holiday.dtend.value) == (first, after)


def test_a_change_is_a_later_version_of_the_same_date(dated: Scene, clock: Turned) -> None:
    coordinator = dated.cast.user()
    maths = dated.cast.community("maths", coordinator=coordinator)
    quiz = dated.quiz(maths, opens_at=NOW + timedelta(days=3))
    path = address(dated, coordinator)
    (before,) = read(fetch(dated, path).data).values()
    clock.turn(timedelta(hours=1))
    browser = dated.cast.browser(coordinator)
    settings = f"/c/maths/activities/{quiz.id}/settings"
    changed = {"title": "Анкета", "opens_at": "2026-12-01T10:00", "motto": ""}
    assert browser.post(settings, data=changed).status_code == 303
    (after,) = read(fetch(dated, path).data).values()
    assert after.uid.value == before.uid.value
    assert int(after.sequence.value) == int(before.sequence.value) + 1
    assert after.last_modified.value == NOW + timedelta(hours=1)
    assert after.dtstart.value != before.dtstart.value
    assert browser.post(settings, data=changed | {"motto": "Девиз"}).status_code == 303
    (same,) = read(fetch(dated, path).data).values()
    assert same.sequence.value == after.sequence.value


def test_what_is_called_off_is_told_for_a_month_and_what_is_over_stays(
    dated: Scene, clock: Turned
) -> None:
    maths = dated.cast.community("maths")
    past = NOW - timedelta(days=1)
    quiz = dated.quiz(maths, opens_at=past, closes_at=NOW + timedelta(days=90))
    path = address(dated, dated.cast.member(maths))
    dated.archive(quiz)
    events = read(fetch(dated, path).data)
    opens, closes = (
        events[f"activities.{quiz.id}.{name}@localhost"] for name in ("opens", "closes")
    )
    assert (opens.status.value, closes.status.value) == ("CONFIRMED", "CANCELLED")
    assert int(closes.sequence.value) > 0
    clock.turn(timedelta(days=31))
    assert f"activities.{quiz.id}.closes@localhost" not in read(fetch(dated, path).data)


def test_what_has_not_changed_is_not_sent_again(dated: Scene, clock: Turned) -> None:
    maths = dated.cast.community("maths")
    quiz = dated.quiz(maths, opens_at=NOW + timedelta(days=3))
    path = address(dated, dated.cast.member(maths))
    first = fetch(dated, path)
    assert first.headers["Cache-Control"] == "private, no-cache"
    clock.turn(timedelta(hours=5))
    again = fetch(dated, path, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    dated.archive(quiz)
    changed = fetch(dated, path, **{"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


def test_a_feed_is_sent_compressed_to_those_who_can_read_that(dated: Scene) -> None:
    maths = dated.cast.community("maths", visibility="public")
    for number in range(9):
        dated.quiz(maths, f"Опрос {number}", opens_at=NOW + timedelta(days=number))
    path = "/calendar/open/maths.ics"
    packed = fetch(dated, path, **{"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) * 4 < len(fetch(dated, path).data)
    asked = {"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]}
    assert fetch(dated, path, **asked).status_code == 304


def test_a_feed_has_an_end_on_either_side(dated: Scene) -> None:
    maths = dated.cast.community("maths")
    for days in (-40, -20, 300, 400):
        dated.quiz(maths, f"Опрос {days}", opens_at=NOW + timedelta(days=days))
    body = fetch(dated, address(dated, dated.cast.member(maths))).text
    assert [f"Опрос {days}" in body for days in (-40, -20, 300, 400)] == [False, True, True, False]


def test_a_feed_costs_the_same_however_much_there_is(dated: Scene) -> None:
    coordinator = dated.cast.user()
    maths = dated.cast.community("maths", coordinator=coordinator)
    dated.quiz(maths, opens_at=NOW)
    paths = [address(dated, coordinator), address(dated, coordinator, maths)]
    few = [_cost(dated.app, path) for path in paths]
    # Seven of core's own, and one for each plugin that has dates.
    plugins = registry_of(dated.app).hooks.hook.calendar_items.get_hookimpls()
    assert max(few) <= 7 + len(plugins)
    fill_community(dated.app, maths)
    join_many(dated.app, coordinator)
    assert [_cost(dated.app, path) for path in paths] == few
    assert fetch(dated, paths[0]).text.count("BEGIN:VEVENT") <= 500


def _cost(app: Flask, path: str) -> int:
    client = app.test_client()
    assert client.get(path).status_code == 200
    with QueryCount(app) as counted:
        client.get(path)
    return counted.number


# Whom an address opens to, and how long


def test_an_address_shows_what_its_owner_may_see(dated: Scene) -> None:
    maths, chemistry, strange = (dated.cast.community(s) for s in ("maths", "chemistry", "strange"))
    person = dated.cast.user()
    for place, title in ((maths, "Алгебра"), (chemistry, "Кислоты"), (strange, "Чужое")):
        dated.quiz(place, title, opens_at=NOW + timedelta(days=1))
        dated.quiz(place, "Набросок", opens_at=NOW + timedelta(days=1), state="draft")
        if place is not strange:
            dated.cast.member(place, person)
    everything = fetch(dated, address(dated, person)).text
    one = fetch(dated, address(dated, person, maths)).text
    assert [t in everything for t in ("Алгебра", "Кислоты", "Чужое", "Набросок")] == [
        True, True, False, False,
    ]  # fmt: skip
    assert [t in one for t in ("Алгебра", "Кислоты", "Чужое", "Набросок")] == [
        True, False, False, False,
    ]  # fmt: skip
    switch_plugin(dated.app, "diary", maths.id, False)
    assert "Алгебра" not in fetch(dated, address(dated, person)).text


def _leave(scene: Scene, person: Made, community: Made) -> None:
    with scene.app.app_context():
        _end(SYSTEM, community.id, person.id)


@operation
def _end(actor: Any, community: int, person: int) -> None:
    end_appointments(community, person)


@operation
def _state(actor: Any, person: int, state: str) -> None:
    db.session.get_one(User, person).state = state


def test_who_left_a_community_sees_its_dates_no_more(dated: Scene) -> None:
    for slug, visibility in (("maths", "private"), ("open-maths", "public")):
        maths = dated.cast.community(slug, visibility=visibility)
        dated.quiz(maths, opens_at=NOW + timedelta(days=1))
        person = dated.cast.member(maths)
        own, here = address(dated, person), address(dated, person, maths)
        assert "BEGIN:VEVENT" in fetch(dated, own).text
        assert "BEGIN:VEVENT" in fetch(dated, here).text
        _leave(dated, person, maths)
        assert "BEGIN:VEVENT" not in fetch(dated, own).text
        assert fetch(dated, here).status_code == 404


def test_an_address_that_was_taken_back_opens_nothing_at_once(dated: Scene) -> None:
    maths = dated.cast.community("maths")
    person, other = dated.cast.member(maths), dated.cast.member(maths)
    former = address(dated, person)
    path = address(dated, person)
    assert fetch(dated, former).status_code == 404
    assert fetch(dated, path).status_code == 200
    with dated.app.app_context():
        number = db.session.scalars(select(Subscription.id)).one()
    take = {"number": str(number)}
    dated.cast.browser(other).post("/calendar/unsubscribe", data=take)
    assert fetch(dated, path).status_code == 200
    assert dated.cast.browser(person).post("/calendar/unsubscribe", data=take).status_code == 303
    answer = fetch(dated, path, **EN)
    assert answer.status_code == 404
    assert "There is no such calendar" in answer.text


@pytest.mark.parametrize("state", ["suspended", "erased"])
def test_who_may_not_sign_in_has_no_calendar(dated: Scene, state: str) -> None:
    maths = dated.cast.community("maths")
    person = dated.cast.member(maths)
    paths = [address(dated, person), address(dated, person, maths)]
    with dated.app.app_context():
        _state(SYSTEM, person.id, state)
    assert [fetch(dated, path).status_code for path in paths] == [404, 404]


def test_a_community_that_has_ended_has_no_feed(dated: Scene) -> None:
    maths = dated.cast.community("maths", visibility="public")
    paths = [address(dated, dated.cast.member(maths), maths), "/calendar/open/maths.ics"]
    assert [fetch(dated, path).status_code for path in paths] == [200, 200]
    with dated.app.app_context():
        set_state(SYSTEM, db.session.get_one(Community, maths.id), CommunityState.LIQUIDATED)
    assert [fetch(dated, path).status_code for path in paths] == [404, 404]


@pytest.mark.parametrize(
    "token",
    ["x", "a" * 43, "%00", "%D0%B0" * 40, "..", "a" * 5000, "'; drop table users", "%F0%9F%92%A9"],
)
def test_a_token_that_nobody_made_finds_nothing(dated: Scene, token: str) -> None:
    assert fetch(dated, f"/calendar/feed/{token}.ics").status_code == 404


def test_guessing_is_not_worth_the_while(dated: Scene) -> None:
    path = address(dated, dated.cast.member(dated.cast.community("maths")))
    answers = {fetch(dated, f"/calendar/feed/{n}.ics").status_code for n in range(61)}
    assert answers == {404, 429}
    assert fetch(dated, path).status_code == 200


def test_a_phone_that_asks_all_the_time_is_told_to_wait(dated: Scene) -> None:
    path = address(dated, dated.cast.member(dated.cast.community("maths")))
    answers = [fetch(dated, path) for _ in range(121)]
    assert {answer.status_code for answer in answers[:120]} == {200}
    assert answers[120].status_code == 429
    assert int(answers[120].headers["Retry-After"]) > 0


def test_the_database_does_not_hold_what_opens_a_calendar(dated: Scene) -> None:
    maths = dated.cast.community("maths")
    path = address(dated, dated.cast.member(maths))
    with dated.app.app_context():
        row = db.session.scalars(select(Subscription)).one()
        stored = {row.digest, row.seed}
    token = path.removeprefix("/calendar/feed/").removesuffix(".ics")
    assert token not in stored
    assert len(token) >= 43
    for secret in stored:
        assert fetch(dated, f"/calendar/feed/{secret}.ics").status_code == 404


def test_two_presses_at_once_leave_one_address(dated: Scene) -> None:
    person = dated.cast.member(dated.cast.community("maths"))

    def press() -> None:
        with dated.app.app_context():
            make_subscription(Viewer(id=person.id), None)

    at_once(press, 8)
    with dated.app.app_context():
        assert len(db.session.scalars(select(Subscription)).all()) == 1


def test_ones_page_tells_when_a_phone_asked_last(dated: Scene, clock: Turned) -> None:
    person = dated.cast.member(dated.cast.community("maths"))
    path, browser = address(dated, person), dated.cast.browser(person)
    assert "Nobody has fetched it yet" in browser.get("/calendar/subscribe", headers=EN).text
    fetch(dated, path)
    clock.turn(timedelta(minutes=5))
    fetch(dated, path)
    assert "Last fetched 5 minutes ago" in browser.get("/calendar/subscribe", headers=EN).text
    clock.turn(timedelta(minutes=6))
    fetch(dated, path)
    assert "Last fetched just now" in browser.get("/calendar/subscribe", headers=EN).text


def test_an_address_works_on_when_the_key_of_the_site_changes(
    dated: Scene, make_app: Callable[..., Flask]
) -> None:
    person = dated.cast.member(dated.cast.community("maths"))
    path = address(dated, person)
    later = Scene(make_app(secret_key="another-" + "0123456789abcdefghijklmnopqrstuv"))
    assert fetch(later, path).status_code == 200
    page = later.cast.browser(person).get("/calendar/subscribe", headers=EN).text
    assert "cannot be shown again" in page
    assert "/calendar/feed/" not in page


def test_only_who_belongs_to_a_community_gets_an_address_of_it(dated: Scene) -> None:
    maths = dated.cast.community("maths", visibility="public")
    stranger = dated.cast.browser(dated.cast.user())
    page = stranger.get("/c/maths/calendar/subscribe", headers=EN).text
    assert "http://localhost/calendar/open/maths.ics" in page
    assert "webcal://localhost/calendar/open/maths.ics" in page
    assert "Make an address" not in page
    assert stranger.post("/c/maths/calendar/subscribe").status_code == 403
    guest = dated.app.test_client()
    assert guest.get("/c/maths/calendar/subscribe").status_code == 200
    assert guest.post("/c/maths/calendar/subscribe").status_code in (302, 303, 401)
    assert (
        dated.cast.browser(dated.cast.member(maths)).post("/c/maths/calendar/subscribe").status_code
        == 303
    )


def test_a_person_takes_their_addresses_along_and_leaves_none(dated: Scene) -> None:
    maths = dated.cast.community("maths", title="Математики")
    person = dated.cast.member(maths)
    path = address(dated, person, maths)
    browser = dated.cast.browser(person)
    copy: Any = browser.post("/me/data/copy", headers=EN).json
    (section,) = [s for s in copy["sections"] if s["section"] == "Calendars on my phone"]
    assert section["calendars"][0]["community"] == "Математики"
    assert path.removeprefix("/calendar/feed/").removesuffix(".ics") not in str(copy)
    forget = {"current_password": person.password, "sure": "y", "confirm": "y"}
    answer = browser.post("/me/data", data=forget)
    assert answer.status_code == 303, answer.text
    assert fetch(dated, path).status_code == 404
    with dated.app.app_context():
        assert db.session.scalars(select(Subscription)).all() == []


# The calendar that is open to all


def test_a_public_community_has_an_open_calendar(dated: Scene) -> None:
    maths = dated.cast.community("maths", visibility="public")
    dated.quiz(maths, opens_at=NOW + timedelta(days=1))
    dated.quiz(maths, "Набросок", opens_at=NOW + timedelta(days=1), state="draft")
    answer = fetch(dated, "/calendar/open/maths.ics")
    assert len(read(answer.data)) == 1
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    coordinator = dated.cast.browser(dated.cast.staff(maths))
    assert coordinator.get("/calendar/open/maths.ics").data == answer.data


def test_no_other_community_has_one(dated: Scene) -> None:
    person = dated.cast.user()
    for slug, values in (
        ("listed", {"visibility": "listed"}), ("private", {"visibility": "private"}),
        ("draft", {"visibility": "public", "state": "draft"}),
    ):  # fmt: skip
        dated.cast.community(slug, coordinator=person, **values)
    for slug in ("listed", "private", "draft", "nowhere", "%00", "a" * 600):
        for browser in (dated.app.test_client(), dated.cast.browser(person)):
            assert browser.get(f"/calendar/open/{slug}.ics").status_code == 404, slug


# Single files


def test_a_date_is_noted_from_the_page_of_its_activity(dated: Scene) -> None:
    maths = dated.cast.community("maths", visibility="listed")
    quiz = dated.quiz(maths, closes_at=NOW + timedelta(days=2))
    browser = dated.cast.browser(dated.cast.member(maths))
    path = f"/c/maths/activities/{quiz.id}/dates.ics"
    assert path in browser.get(f"/c/maths/diary/{quiz.id}/").text
    answer = browser.get(path)
    assert answer.headers["Content-Disposition"] == f"attachment; filename=sreda-{quiz.id}.ics"
    (event,) = read(answer.data).values()
    assert event.dtstart.value.astimezone(UTC) == NOW + timedelta(days=2)
    assert "METHOD:PUBLISH" in answer.text
    assert dated.app.test_client().get(path).status_code in (302, 303)
    dateless = dated.quiz(maths, "Без дат")
    assert browser.get(f"/c/maths/activities/{dateless.id}/dates.ics").status_code == 404
    assert "dates.ics" not in browser.get(f"/c/maths/diary/{dateless.id}/").text
    switch_plugin(dated.app, "diary", maths.id, False)
    assert browser.get(path).status_code == 404


def _item(scene: Scene, community: Made, **facts: Any) -> CalendarItem:
    place = db.session.get_one(Community, community.id)
    return CalendarItem(
        key="diary.webinar.7", title="Вебинар", community=place, url="/c/maths/",
        start=NOW + timedelta(days=1), end=NOW + timedelta(days=1, hours=1), **facts,
    )  # fmt: skip


def test_letters_ask_change_and_call_off_the_same_date(
    dated: Scene, outbox: Callable[[], list[EmailMessage]]
) -> None:
    maths = dated.cast.community("maths")
    with dated.app.test_request_context(), use_zone("Asia/Yakutsk"):
        ask, off = CalendarMethod.REQUEST, CalendarMethod.CANCEL
        sent = [
            calendar_file([_item(dated, maths)], method=ask, to="a@example.org"),
            calendar_file([_item(dated, maths, sequence=1)], method=ask, to="a@example.org"),
            calendar_file([_item(dated, maths, sequence=2)], method=off, to="a@example.org"),
        ]
        with pytest.raises(ValueError, match="asks somebody"):
            calendar_file([_item(dated, maths)], method=ask)
        for body in sent:
            file = Enclosure("Вебинар.ics", "text/calendar; method=REQUEST; charset=utf-8", body)
            send(Letter("a@example.org", "Вебинар", "Приходите.", attachments=[file]))
    events = [event for body in sent for event in read(body).values()]
    assert len({event.uid.value for event in events}) == 1
    assert [event.sequence.value for event in events] == ["0", "1", "2"]
    assert [e.status.value for e in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert events[0].attendee.value == "mailto:a@example.org"
    assert events[0].organizer.value == "mailto:sreda@localhost"
    assert events[0].dtstart.value.astimezone(UTC) == NOW + timedelta(days=1)
    enclosed = [next(letter.iter_attachments()) for letter in outbox()]
    assert [part.get_filename() for part in enclosed] == ["Вебинар.ics"] * 3
    assert enclosed[0].get_content_type() == "text/calendar"
    assert enclosed[0].get_param("method") == "REQUEST"
    assert sorted(part.get_content().replace("\r\n", "\n") for part in enclosed) == sorted(
        body.decode().replace("\r\n", "\n") for body in sent
    )


def test_an_enclosure_cannot_add_headers(dated: Scene) -> None:
    with dated.app.app_context():
        file = Enclosure("a\r\nBcc: b@example.org.ics", "text/calendar", b"")
        with pytest.raises(ValueError, match="linefeed"):
            compose(Letter("a@example.org", "Тема", "Текст", attachments=[file]))


def test_revisions_of_two_who_change_at_once_are_both_counted(dated: Scene) -> None:
    quiz = dated.quiz(dated.cast.community("maths"), opens_at=NOW)
    days = iter(range(1, 9))

    def move() -> None:
        with dated.app.app_context():
            _move(SYSTEM, quiz.id, next(days))

    at_once(move, 8)
    with dated.app.app_context():
        assert db.session.get_one(Activity, quiz.id).revision == 1 + 8


@operation
def _move(actor: Any, number: int, days: int) -> None:
    db.session.get_one(Activity, number).opens_at = NOW + timedelta(days=days)
