"""Live hours: the queue, whose turn it is, the private room and what remains of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from core.api import SYSTEM, DomainError, db
from core.testing.cast import Made
from core.testing.contract import _demo as make_demo
from plugins.consultations import queueing
from plugins.consultations.meeting_models import RoomGuest
from plugins.consultations.models import Line
from plugins.consultations.tests.conftest import Desk


@pytest.fixture
def consultant(desk: Desk) -> FlaskClient:
    """The tutor, who has opened the queue."""
    browser = desk.login(desk.tutor)
    assert browser.post(f"{desk.url}live/open").status_code == 303
    return browser


def join(desk: Desk, person: Made, note: str = "О дробях") -> FlaskClient:
    browser = desk.login(person)
    assert browser.post(f"{desk.url}live/join", data={"note": note}).status_code == 303
    return browser


def call(desk: Desk, consultant: FlaskClient) -> str:
    """Take the next; the address of the room."""
    answer = consultant.post(f"{desk.url}live/next")
    assert answer.status_code == 303, answer.text
    return answer.location


def test_outside_live_hours_nobody_queues(desk: Desk) -> None:
    browser = desk.login(desk.member())
    assert "Прямая линия сейчас не идёт" in browser.get(f"{desk.url}live").text
    refused = browser.post(f"{desk.url}live/join", data={"note": ""})
    assert refused.status_code == 400


def test_people_see_their_place_and_the_wait(desk: Desk, consultant: FlaskClient) -> None:
    first, second = join(desk, desk.member()), join(desk, desk.member())
    third = desk.login(desk.member())
    assert "<strong>1</strong>" in first.get(f"{desk.url}live/queue").text
    page = second.get(f"{desk.url}live/queue").text
    assert "<strong>2</strong>" in page
    assert "Ждать около 30 минут" in page
    assert "Ждать около 45 минут" in third.get(f"{desk.url}live").text
    first.post(f"{desk.url}live/leave")
    assert "<strong>1</strong>" in second.get(f"{desk.url}live/queue").text


def test_the_consultant_ends_the_hours_and_those_who_wait_learn_it(
    desk: Desk, consultant: FlaskClient
) -> None:
    waiting = join(desk, desk.member())
    assert consultant.post(f"{desk.url}live/close").status_code == 303
    assert "Прямая линия закончилась" in waiting.get(f"{desk.url}live/queue").text
    refused = desk.login(desk.member()).post(f"{desk.url}live/join", data={"note": ""})
    assert refused.status_code == 400
    assert waiting.get(call(desk, consultant)).status_code == 200


def test_two_consultants_halve_the_wait(desk: Desk, consultant: FlaskClient) -> None:
    desk.login(desk.other).post(f"{desk.url}live/open")
    join(desk, desk.member())
    second = join(desk, desk.member())
    assert "Ждать около 15 минут" in second.get(f"{desk.url}live/queue").text


def test_who_presses_twice_keeps_one_place(desk: Desk, consultant: FlaskClient) -> None:
    person = desk.member()
    join(desk, person)
    page = join(desk, person).get(f"{desk.url}live/queue").text
    assert "ваше место из 1" in page


def test_the_first_is_called_into_a_room_of_two(desk: Desk, consultant: FlaskClient) -> None:
    first, second = desk.member("Первая"), desk.member("Вторая")
    waiting, other = join(desk, first), join(desk, second)
    listed = consultant.get(f"{desk.url}live").text
    assert listed.index("Первая") < listed.index("Вторая")
    room = call(desk, consultant)
    assert "Ваш черёд" in waiting.get(f"{desk.url}live").text
    assert "Ваш черёд" in waiting.get("/me/notices").text
    assert waiting.get(room).status_code == 200
    assert other.get(room).status_code == 404
    assert desk.login(desk.coordinator).get(room).status_code == 404
    assert desk.login(desk.other).get(room).status_code == 404
    call(desk, consultant)
    assert consultant.post(f"{desk.url}live/next").status_code == 400


def test_two_consultants_who_press_at_once_never_call_the_same(
    desk: Desk, consultant: FlaskClient
) -> None:
    for _ in range(6):
        join(desk, desk.member())

    def press(number: int) -> int | None:
        with desk.app.app_context():
            person = desk.tutor if number % 2 else desk.other
            try:
                return queueing.call_next(desk.user(person), desk.line()).id
            except DomainError:
                return None

    with ThreadPoolExecutor(12) as pool:
        rooms = [room for room in pool.map(press, range(12)) if room is not None]
    assert len(set(rooms)) == 6
    with desk.app.app_context():
        guests = db.session.scalars(select(RoomGuest.user_id)).all()
    assert len(set(guests)) == len(guests) == 6


def test_members_cannot_call_nor_open(desk: Desk, consultant: FlaskClient) -> None:
    browser = desk.login(desk.member())
    assert browser.post(f"{desk.url}live/next").status_code == 403
    assert browser.post(f"{desk.url}live/open").status_code == 403


def test_a_ticket_is_not_good_for_ever(desk: Desk, consultant: FlaskClient) -> None:
    browser = join(desk, desk.member())
    desk.clock.turn(timedelta(hours=7))
    with desk.app.app_context():
        queueing.let_old_go()
    assert "Прямая линия сейчас не идёт" in browser.get(f"{desk.url}live").text


def test_who_left_the_community_waits_no_more(
    desk: Desk, consultant: FlaskClient, deliver_events: Callable[[], None]
) -> None:
    browser = join(desk, desk.member())
    assert browser.post("/c/maths/leave").status_code == 303
    deliver_events()
    assert consultant.post(f"{desk.url}live/next").status_code == 400


def room_number(page: str) -> int:
    found = re.search(r"/rooms/(\d+)", page)
    assert found is not None
    return int(found.group(1))


def test_what_is_said_reaches_the_other_once_and_nobody_else(
    desk: Desk, consultant: FlaskClient, socket: Callable[..., Any]
) -> None:
    person, stranger = desk.member("Говорилова"), desk.member()
    join(desk, person)
    number = room_number(call(desk, consultant))
    ours, theirs = socket(desk.tutor, "/consultations"), socket(person, "/consultations")
    ours.join("consultations.room", desk.activity.id, key=number)
    for _ in range(2):
        said = theirs.send(
            "say", activity=desk.activity.id, room=number, mark="a" * 32, text="Добрый день!"
        )
        assert said == {"number": 1}
    heard = ours.entries()
    assert len(heard) == 1
    assert "Добрый день!" in heard[0]["html"]
    assert "Говорилова" in heard[0]["html"]
    outside = socket(stranger, "/consultations")
    refused = outside.send(
        "say", activity=desk.activity.id, room=number, mark="b" * 32, text="Можно?"
    )
    assert refused["status"] == 404


def test_without_script_the_form_says_it(desk: Desk, consultant: FlaskClient) -> None:
    browser = join(desk, desk.member())
    room = call(desk, consultant)
    said = {"body": "<b>Не тег</b>", "submission": "c" * 32}
    for _ in range(2):
        assert browser.post(f"{room}/say", data=said).status_code == 303
    page = consultant.get(room).text
    assert page.count("&lt;b&gt;Не тег") == 1
    assert browser.post(f"{room}/say", data={"body": " "}).status_code == 400


def test_a_summary_is_shared_and_notes_are_not(
    desk: Desk, consultant: FlaskClient, fill_index: Callable[[], None]
) -> None:
    person = desk.member()
    browser = join(desk, person)
    room = call(desk, consultant)
    ending = {"summary": "<p>Пришлите план до пятницы</p>", "notes": "<p>Волнуется</p>"}
    assert browser.post(f"{room}/close", data=ending).status_code == 403
    assert consultant.post(f"{room}/close", data=ending).status_code == 303
    page = browser.get(room).text
    assert "Пришлите план до пятницы" in page
    assert "Волнуется" not in page
    assert "Волнуется" in consultant.get(room).text
    fill_index()
    assert room in browser.get("/search?q=пятницы").text
    for reader in (browser, consultant):
        assert room not in reader.get("/search?q=волнуется").text
    assert "Консультант подвёл итог" in browser.get("/me/notices").text
    assert browser.post(f"{room}/say", data={"body": "Ещё"}).status_code == 403
    thanks = browser.post(f"{room}/thanks", data={"stars": "4", "words": "Спасибо"})
    assert thanks.status_code == 303
    assert "4,0 из 5" in browser.get(f"{desk.url}team").text


def test_a_booked_room_opens_when_the_consultant_comes(desk: Desk) -> None:
    person, slot = desk.member(), desk.slot()
    browser = desk.book(person, slot, note="О плане")
    number = room_number(browser.get(f"{desk.url}bookings").text)
    room = f"{desk.url}rooms/{number}"
    browser.post(f"{room}/say", data={"body": "Прислала работы"})
    consultant = desk.login(desk.tutor)
    assert "пишет перед вашей консультацией" in consultant.get("/me/notices").text
    assert browser.post(f"{room}/open").status_code == 403
    assert consultant.post(f"{room}/close", data={"summary": "<p>Рано</p>"}).status_code == 400
    desk.clock.turn(timedelta(days=2))
    assert consultant.post(f"{room}/open").status_code == 303
    assert "консультант ждёт вас" in browser.get("/me/notices").text
    desk.clock.turn(timedelta(minutes=30))
    came = {"summary": "<p>Готово</p>", "notes": "", "came": [str(desk.booking(person, slot))]}
    assert consultant.post(f"{room}/close", data=came).status_code == 303
    figures = consultant.get(f"{desk.url}figures").text
    assert re.search(r"Пришли</dt><dd><strong>1", figures)


def test_a_late_first_answer_counts_even_if_nobody_noticed(desk: Desk) -> None:
    number = desk.ask(desk.member("Спрашивалова"))
    desk.clock.turn(timedelta(days=9))
    desk.write(desk.tutor, number)
    page = desk.login(desk.tutor).get(f"{desk.url}figures").text
    assert re.search(r"Отвечено в срок, процентов</dt><dd><strong>0<", page)
    assert re.search(r"Ждали дольше срока</dt><dd><strong>1<", page)


def test_figures_of_the_demo_are_those_of_a_line_that_keeps_its_promise(desk: Desk) -> None:
    people = [desk.coordinator, desk.cast.staff(desk.community), desk.tutor, desk.member()]
    with desk.app.test_request_context():
        make_demo(SYSTEM, "consultations", desk.community.id, [person.id for person in people])
        query = select(Line.activity_id).order_by(Line.id)
        line = next(number for number in db.session.scalars(query) if number != desk.activity.id)
    page = desk.login(desk.coordinator).get(f"/c/maths/consultations/{line}/figures").text
    assert re.search(r"Отвечено в срок, процентов</dt><dd><strong>100<", page)
    assert re.search(r"Ждали дольше срока</dt><dd><strong>1<", page)


def test_figures_are_given_as_a_table(desk: Desk) -> None:
    number = desk.ask(desk.member())
    desk.write(desk.tutor, number)
    table = desk.login(desk.coordinator).get(f"{desk.url}figures.csv")
    assert table.mimetype == "text/csv"
    assert "Задано вопросов;1" in table.text
    assert "Отвечено в срок, процентов;100" in table.text
    assert "Тьюторова\N{NO-BREAK SPACE}А.\N{NO-BREAK SPACE}П." in table.text
    assert desk.login(desk.member()).get(f"{desk.url}figures.csv").status_code == 403
    other = desk.login(desk.coordinator).get(f"{desk.url}figures?from=2025-09-01&until=2026-05-31")
    assert re.search(r"Задано вопросов</dt><dd><strong>0", other.text)
