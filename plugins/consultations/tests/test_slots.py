"""Times: made of weekly hours on every clock, booked, moved, given up, watched, called off."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import vobject
from sqlalchemy import select

from core.api import SYSTEM, DomainError, User, db, operation
from core.testing.cast import Made
from plugins.consultations import booking, hours, personal, rooms
from plugins.consultations.hours import Week, times_of
from plugins.consultations.meeting_models import Booking, BookingState, Hours, Room, Slot
from plugins.consultations.rooms import Wish
from plugins.consultations.tests.conftest import Desk

Outbox = Callable[[], list[EmailMessage]]


def weekly(zone: str, weekday: int = 1, **values: object) -> Hours:
    facts = {
        "live": False, "weekday": weekday, "starts": 15 * 60, "ends": 16 * 60, "minutes": 30,
        "pause": 0, "zone_name": zone, "valid_from": date(2026, 1, 1), "valid_until": None,
    }  # fmt: skip
    return Hours(**facts | values)


def test_hours_keep_their_time_of_day_when_clocks_are_turned() -> None:
    berlin = weekly("Europe/Berlin", weekday=6)
    found = list(times_of(berlin, date(2026, 3, 22), date(2026, 3, 29)))
    walls = {start.astimezone(ZoneInfo("Europe/Berlin")).time() for start, _end in found}
    assert walls == {time(15, 0), time(15, 30)}
    assert [start.hour for start, _end in found] == [14, 14, 13, 13]


def test_a_time_that_a_day_lacks_is_left_out() -> None:
    night = weekly("Europe/Berlin", weekday=6, starts=2 * 60, ends=3 * 60)
    assert len(list(times_of(night, date(2026, 3, 22), date(2026, 3, 22)))) == 2
    assert list(times_of(night, date(2026, 3, 29), date(2026, 3, 29))) == []


def test_pauses_lie_between_times_and_the_last_one_ends_in_time() -> None:
    week = weekly("UTC", weekday=0, starts=600, ends=720, minutes=40, pause=10)
    found = list(times_of(week, date(2026, 11, 23), date(2026, 11, 23)))
    begins = [(start.hour, start.minute) for start, _end in found]
    assert begins == [(10, 0), (10, 50)]


def form_of_hours(**values: object) -> dict[str, object]:
    return {
        "live": "0", "weekdays": ["1", "3"], "starts": "15:00", "ends": "16:00", "minutes": "30",
        "pause": "0", "capacity": "1", "topic": "", "valid_from": "2026-11-23",
    } | values  # fmt: skip


def test_a_tutor_in_yakutsk_and_a_teacher_in_nalchik_see_one_time_by_their_clocks(
    desk: Desk,
) -> None:
    browser = desk.login(desk.tutor)
    assert browser.post(f"{desk.url}hours/new", data=form_of_hours()).status_code == 303
    assert "15:00–16:00" in browser.get(f"{desk.url}hours").text
    assert ">15:00</time>" in browser.get(f"{desk.url}slots").text
    nalchik = desk.login(desk.member(zone_name="Europe/Moscow")).get(f"{desk.url}slots").text
    assert ">09:00</time>" in nalchik
    assert "Москва" in nalchik
    with desk.app.app_context():
        first = db.session.scalars(select(Slot.begins_at).order_by(Slot.begins_at)).first()
    assert first == datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def test_the_calendar_brings_the_moment_with_the_zone_of_whoever_reads(
    desk: Desk, outbox: Outbox, run_jobs: Callable[[], int]
) -> None:
    person = desk.member(zone_name="Europe/Moscow")
    slot = desk.slot()
    desk.book(person, slot)
    run_jobs()
    letter = next(each for each in outbox() if each["To"] and person.email in each["To"])
    file = next(iter(letter.iter_attachments()))
    event = vobject.readOne(file.get_content()).vevent
    assert event.dtstart.value.astimezone(UTC) == desk.clock.now() + timedelta(days=2)
    page = desk.login(person).get(f"{desk.url}slots/{slot}/date.ics").text
    assert vobject.readOne(page).vevent.uid.value == event.uid.value
    mine = desk.login(person).get("/calendar?view=list").text
    assert "Трудные задания" in mine
    assert "Трудные задания" not in desk.login(desk.member()).get("/calendar?view=list").text


@pytest.mark.parametrize("number", ["9223372036854775808", "2147483648", "-1", "²", "x"])
def test_times_of_nobody_are_all_times(desk: Desk, number: str) -> None:
    desk.slot()
    page = desk.login(desk.member()).get(f"{desk.url}slots?consultant={number}")
    assert page.status_code == 200


def test_a_booking_gives_a_room_and_both_hear_of_it(desk: Desk) -> None:
    person, slot = desk.member("Записалова"), desk.slot()
    browser = desk.book(person, slot, note="Хочу разобрать задание 20")
    page = browser.get(f"{desk.url}bookings").text
    assert "Закрытая комната" in page
    assert "За вами место" in browser.get("/me/notices").text
    consultant = desk.login(desk.tutor)
    assert "На ваше время записались" in consultant.get("/me/notices").text
    assert "Хочу разобрать задание 20" in consultant.get(f"{desk.url}bookings").text
    assert desk.taken(slot) == 1


def test_one_place_is_never_given_twice_to_a_hundred_at_once(desk: Desk) -> None:
    slot, group = desk.slot(), desk.slot(timedelta(days=3), capacity=7)
    people = [desk.member() for _ in range(25)]

    def press(number: int) -> bool:
        person, wanted = people[number % 25], (slot if number < 50 else group)
        with desk.app.app_context():
            row = db.session.get_one(Slot, wanted)
            try:
                booking.book(desk.user(person), row, Wish(note=""))
            except DomainError:
                return False
            return True

    with ThreadPoolExecutor(100) as pool:
        list(pool.map(press, range(100)))
    assert (desk.taken(slot), desk.taken(group)) == (1, 7)
    with desk.app.app_context():
        held = select(Booking).where(Booking.state == BookingState.BOOKED)
        found = db.session.scalars(held).all()
        assert sorted(row.slot_id for row in found) == [slot, *[group] * 7]


def test_the_limits_of_a_person_hold_however_many_windows_press(desk: Desk) -> None:
    desk.set(most_open=2)
    person = desk.member()
    slots = [desk.slot(timedelta(days=2, hours=number)) for number in range(10)]

    def press(slot: int) -> None:
        with desk.app.app_context():
            try:
                booking.book(desk.user(person), db.session.get_one(Slot, slot), Wish(note=""))
            except DomainError:
                return

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(press, slots))
    assert sum(desk.taken(slot) for slot in slots) == 2


def refusal(desk: Desk, person: Made, slot: int) -> str:
    answer = desk.login(person).post(f"{desk.url}slots/{slot}/book", data={"note": "?"})
    assert answer.status_code == 400
    return answer.text


def test_limits_say_what_is_wrong_and_what_to_do(desk: Desk) -> None:
    person = desk.member()
    soon, first, same = desk.slot(timedelta(hours=3)), desk.slot(), desk.slot(consultant=desk.other)
    assert "не позднее чем за 12 часов" in refusal(desk, person, soon)
    desk.book(person, first)
    assert "В это время у вас другая консультация" in refusal(desk, person, same)
    assert "Последнее место только что заняли" in refusal(desk, desk.member(), first)
    assert "вы здесь консультант" in refusal(desk, desk.tutor, desk.slot(timedelta(days=4)))
    desk.set(most_open=1)
    third = desk.slot(timedelta(days=3))
    assert "Сначала придите на неё или откажитесь" in refusal(desk, person, third)
    desk.set(most_open=5, most_monthly=1)
    assert "за тридцать дней" in refusal(desk, person, third)


def test_who_came_may_book_again(desk: Desk) -> None:
    desk.set(most_open=1)
    person, slot = desk.member(), desk.slot()
    desk.book(person, slot)
    desk.clock.turn(timedelta(days=2, minutes=40))
    came = f"{desk.url}bookings/{desk.booking(person, slot)}/presence"
    assert desk.login(desk.tutor).post(came, data={"came": "1"}).status_code == 303
    desk.book(person, desk.slot())


def test_who_did_not_come_is_told_of_to_the_consultant(desk: Desk) -> None:
    person, slot = desk.member(), desk.slot()
    desk.book(person, slot)
    number = desk.booking(person, slot)
    consultant = desk.login(desk.tutor)
    early = consultant.post(f"{desk.url}bookings/{number}/presence", data={"came": "0"})
    assert early.status_code == 400
    desk.clock.turn(timedelta(days=2, minutes=40))
    consultant.post(f"{desk.url}bookings/{number}/presence", data={"came": "0"})
    desk.book(person, desk.slot())
    assert "Раньше не пришёл 1 раз" in consultant.get(f"{desk.url}bookings").text


def test_a_place_is_given_up_until_the_cut_off(desk: Desk) -> None:
    person, slot = desk.member(), desk.slot()
    browser = desk.book(person, slot)
    page = f"{desk.url}bookings/{desk.booking(person, slot)}/give-up"
    desk.clock.turn(timedelta(days=1, hours=20))
    assert browser.post(page).status_code == 400
    assert "Переносить поздно" in browser.get(f"{desk.url}bookings").text
    desk.clock.turn(timedelta(hours=-10))
    assert browser.post(page).status_code == 303
    assert desk.taken(slot) == 0
    assert "Отказ от места" in desk.login(desk.tutor).get("/me/notices").text
    assert desk.login(desk.member()).post(page).status_code == 403


def test_a_watched_slot_tells_when_a_place_is_free(desk: Desk) -> None:
    first, second = desk.member(), desk.member()
    slot = desk.slot()
    free = desk.login(second).post(f"{desk.url}slots/{slot}/watch", data={"watching": "1"})
    assert free.status_code == 400
    browser = desk.book(first, slot)
    waiting = desk.login(second)
    assert "Сообщить о свободном месте" in waiting.get(f"{desk.url}slots").text
    waiting.post(f"{desk.url}slots/{slot}/watch", data={"watching": "1"})
    browser.post(f"{desk.url}bookings/{desk.booking(first, slot)}/give-up")
    assert "Есть свободное место" in waiting.get("/me/notices").text
    desk.book(second, slot)


def test_moving_keeps_what_was_written_and_frees_the_former_time(desk: Desk) -> None:
    person = desk.member()
    slot, target = desk.slot(), desk.slot(timedelta(days=4), consultant=desk.other)
    browser = desk.book(person, slot, note="О проверке работ")
    moved = browser.post(
        f"{desk.url}bookings/{desk.booking(person, slot)}/move", data={"slot": str(target)}
    )
    assert moved.status_code == 303
    assert (desk.taken(slot), desk.taken(target)) == (0, 1)
    room = browser.get(f"{desk.url}bookings").text.split("/rooms/")[1].split('"')[0]
    page = f"{desk.url}rooms/{room}"
    assert "О проверке работ" in desk.login(desk.other).get(page).text
    assert desk.login(desk.tutor).get(page).status_code == 404


def test_moving_to_a_full_time_changes_nothing(desk: Desk) -> None:
    person = desk.member()
    slot, full = desk.slot(), desk.slot(timedelta(days=4))
    browser = desk.book(person, slot)
    desk.book(desk.member(), full)
    page = f"{desk.url}bookings/{desk.booking(person, slot)}/move"
    assert browser.post(page, data={"slot": str(full)}).status_code == 400
    assert (desk.taken(slot), desk.taken(full)) == (1, 1)


def test_calling_off_needs_a_reason_and_strikes_the_date_out(
    desk: Desk, outbox: Outbox, run_jobs: Callable[[], int]
) -> None:
    person, slot = desk.member(), desk.slot()
    desk.book(person, slot)
    run_jobs()
    consultant = desk.login(desk.tutor)
    page = f"{desk.url}slots/{slot}/call-off"
    assert consultant.post(page, data={"reason": ""}).status_code == 400
    assert consultant.post(page, data={"reason": "Карантин"}).status_code == 303
    assert "Карантин" in desk.login(person).get("/me/notices").text
    run_jobs()
    letters = [each for each in outbox() if person.email in each["To"]]
    calendar = vobject.readOne(next(iter(letters[-1].iter_attachments())).get_content())
    assert calendar.method.value == "CANCEL"
    assert desk.login(desk.member()).get(page).status_code == 403


@pytest.mark.parametrize("which", ["day", "hour"])
def test_reminders_come_to_both(desk: Desk, run_jobs: Callable[[], int], which: str) -> None:
    person, slot = desk.member(), desk.slot()
    desk.book(person, slot)
    before = timedelta(days=1) if which == "day" else timedelta(hours=1)
    desk.clock.turn(timedelta(days=2) - before)
    run_jobs()
    words = "Через сутки" if which == "day" else "Через час"
    for reader in (person, desk.tutor):
        assert words in desk.login(reader).get("/me/notices").text


def test_a_group_shares_a_room_and_whoever_leaves_reads_it_no_more(desk: Desk) -> None:
    slot = desk.slot(capacity=3)
    one, other = desk.member(), desk.member()
    desk.book(one, slot, note="Мой секрет")
    browser = desk.book(other, slot)
    room = browser.get(f"{desk.url}bookings").text.split("/rooms/")[1].split('"')[0]
    page = f"{desk.url}rooms/{room}"
    assert "Мой секрет" not in browser.get(page).text
    assert "Мой секрет" in desk.login(desk.tutor).get(page).text
    browser.post(f"{desk.url}bookings/{desk.booking(other, slot)}/give-up")
    assert browser.get(page).status_code == 404
    assert desk.login(one).get(page).status_code == 200


def test_a_consultant_takes_a_place_back_with_a_reason(desk: Desk) -> None:
    slot, person = desk.slot(capacity=3), desk.member()
    browser = desk.book(person, slot)
    page = f"{desk.url}bookings/{desk.booking(person, slot)}/give-up"
    taken = desk.login(desk.tutor).post(page, data={"reason": "Тема другая"})
    assert taken.status_code == 303
    assert "Тема другая" in browser.get("/me/notices").text
    assert desk.taken(slot) == 0


def test_days_off_take_free_times_away_and_can_be_taken_back(desk: Desk) -> None:
    browser = desk.login(desk.tutor)
    browser.post(f"{desk.url}hours/new", data=form_of_hours())
    assert count(desk) == 16
    browser.post(f"{desk.url}days-off", data={"first": "2026-11-24", "last": "2026-11-30"})
    assert count(desk) == 12
    browser.post(f"{desk.url}days-off/clear", data={"day": "2026-11-24"})
    assert count(desk) == 14
    text = browser.get(f"{desk.url}hours").text
    number = text.split("/hours/")[2].split("/")[0] if "/hours/new" in text else ""
    assert browser.post(f"{desk.url}hours/{number}/remove").status_code == 303
    assert count(desk) in (6, 8)


def count(desk: Desk) -> int:
    with desk.app.app_context():
        return len(db.session.scalars(select(Slot.id)).all())


def test_times_reach_on_by_themselves_and_are_never_made_twice(desk: Desk) -> None:
    desk.login(desk.tutor).post(f"{desk.url}hours/new", data=form_of_hours(weekdays=["1"]))
    before = count(desk)
    with desk.app.app_context():
        hours.roll_on()
        hours.roll_on()
    assert count(desk) == before
    desk.clock.turn(timedelta(days=7))
    with desk.app.app_context():
        hours.roll_on()
    assert count(desk) == before + 2


def test_a_consultant_is_not_in_two_places_at_once(desk: Desk) -> None:
    browser = desk.login(desk.tutor)
    browser.post(f"{desk.url}hours/new", data=form_of_hours(weekdays=["1"]))
    before = count(desk)
    browser.post(f"{desk.url}hours/new", data=form_of_hours(weekdays=["1"], starts="15:15"))
    assert count(desk) == before
    local = {"begins_at": "2026-11-24T15:10", "minutes": "30", "capacity": "1"}
    answer = browser.post(f"{desk.url}slots/new", data=local)
    assert answer.status_code == 400
    assert "уже что-то есть" in answer.text


def test_nonsense_hours_are_refused(desk: Desk) -> None:
    browser = desk.login(desk.tutor)
    faults: list[dict[str, object]] = [
        {"ends": "14:00"},
        {"ends": "15:10"},
        {"weekdays": []},
        {"minutes": "0"},
    ]
    for wrong in faults:
        answer = browser.post(f"{desk.url}hours/new", data=form_of_hours(**wrong))
        assert answer.status_code == 400, wrong
    assert count(desk) == 0
    assert desk.login(desk.member()).get(f"{desk.url}hours").status_code == 403


def test_hours_are_limited(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hours, "MOST", 1)
    week = Week(
        live=False, weekday=0, starts=600, ends=660, valid_from=date(2026, 11, 23),
        zone_name="UTC",
    )  # fmt: skip
    with desk.app.app_context():
        hours.add_hours(desk.user(desk.tutor), desk.line(), week)
        with pytest.raises(DomainError):
            hours.add_hours(desk.user(desk.tutor), desk.line(), week)


def test_the_next_who_books_gets_no_room_of_one_who_was_forgotten(desk: Desk) -> None:
    person, slot = desk.member(), desk.slot()
    browser = desk.book(person, slot, note="Ссора с директором")
    former = browser.get(f"{desk.url}bookings").text.split("/rooms/")[1].split('"')[0]
    forget(desk, person)
    assert desk.taken(slot) == 0
    other = desk.book(desk.member(), slot, note="О дробях")
    room = other.get(f"{desk.url}bookings").text.split("/rooms/")[1].split('"')[0]
    assert room != former
    assert "Ссора с директором" not in other.get(f"{desk.url}rooms/{room}").text
    assert other.get(f"{desk.url}rooms/{former}").status_code == 404
    with desk.app.app_context():
        assert db.session.get_one(Room, int(former)).topic == ""


@operation
def _forgotten(actor: Any, user: User) -> None:
    personal.erased(user)


def forget(desk: Desk, person: Made) -> None:
    with desk.app.app_context():
        _forgotten(SYSTEM, desk.user(person))


def test_who_left_the_community_has_no_place_and_moves_to_none(
    desk: Desk, deliver_events: Callable[[], None]
) -> None:
    person, watcher = desk.member(), desk.member()
    slot, target = desk.slot(), desk.slot(timedelta(days=3))
    browser = desk.book(person, slot)
    desk.login(watcher).post(f"{desk.url}slots/{slot}/watch", data={"watching": "1"})
    assert browser.post("/c/maths/leave").status_code == 303
    page = f"{desk.url}bookings/{desk.booking(person, slot)}/move"
    assert browser.post(page, data={"slot": str(target)}).status_code == 403
    deliver_events()
    assert (desk.taken(slot), desk.taken(target)) == (0, 0)
    assert "Отказ от места" in desk.login(desk.tutor).get("/me/notices").text
    assert "Есть свободное место" in desk.login(watcher).get("/me/notices").text


def test_closing_a_room_and_booking_do_not_wait_for_each_other(desk: Desk) -> None:
    """The consultant books at a colleague's on the same line while a conversation is closed."""
    slots = [desk.slot(timedelta(days=3, hours=n), consultant=desk.other) for n in range(8)]
    desk.set(most_open=20, most_monthly=20, notice_hours=0)
    held = desk.slot(timedelta(hours=1))
    browser = desk.book(desk.member(), held)
    room = int(browser.get(f"{desk.url}bookings").text.split("/rooms/")[1].split('"')[0])
    desk.clock.turn(timedelta(hours=1, minutes=5))

    def press(number: int) -> None:
        with desk.app.app_context():
            tutor = desk.user(desk.tutor)
            if number % 2:
                row = db.session.get_one(Slot, slots[number // 2])
                booking.book(tutor, row, Wish(note=""))
            else:
                ending = rooms.Ending(summary=f"<p>{number}</p>", notes="")
                came = desk_bookings(held)
                booking.close_room(tutor, db.session.get_one(Room, room), ending, came)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(press, range(16)))
    assert sum(desk.taken(slot) for slot in slots) == 8


def desk_bookings(slot: int) -> list[int]:
    return list(db.session.scalars(select(Booking.id).where(Booking.slot_id == slot)))


def test_the_limits_are_told_in_plain_words(desk: Desk) -> None:
    desk.slot()
    page = desk.login(desk.member()).get(f"{desk.url}slots").text
    assert "Предстоящих консультаций у вас может быть не больше 2." in page
    assert "За тридцать дней можно записаться не больше 4 раз." in page
    desk.set(most_open=1, most_monthly=21)
    page = desk.login(desk.member()).get(f"{desk.url}slots").text
    assert "За тридцать дней можно записаться не больше 21 раза." in page
