"""Where a community has ended or a line is in the archive: all can be read, nobody is invited."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.api import Activity, Community
from core.testing.sockets import Socket
from plugins.consultations.tests.conftest import Desk

ENDED, ARCHIVED = "Сообщество завершило работу", "Это уже в архиве"
Close = Callable[[Desk], str]


def end(desk: Desk) -> str:
    desk.cast._change(Community, desk.community.id, {"state": "liquidated"})
    return ENDED


def archive(desk: Desk) -> str:
    desk.cast._change(Activity, desk.activity.id, {"state": "archived"})
    return ARCHIVED


@pytest.mark.parametrize("close", [end, archive])
def test_nobody_is_called_and_nothing_is_said_in_rooms(desk: Desk, close: Close) -> None:
    consultant = desk.login(desk.tutor)
    consultant.post(f"{desk.url}live/open")
    first, second = desk.login(desk.member()), desk.login(desk.member())
    for browser in (first, second):
        browser.post(f"{desk.url}live/join", data={"note": "О дробях"})
    room = consultant.post(f"{desk.url}live/next").location
    reason = close(desk)
    for answer in (
        consultant.post(f"{desk.url}live/next"),
        consultant.post(f"{room}/say", data={"body": "Ещё слышно?"}),
        second.post(f"{desk.url}live/leave"),
    ):
        assert answer.status_code == 403
        assert reason in answer.text
    said = {"activity": desk.activity.id, "room": int(room.split("/")[-1]), "mark": "m1",
            "text": "Ещё слышно?"}  # fmt: skip
    assert Socket(desk.app, first, "/consultations").send("say", said)["status"] == 403
    page = first.get(room).text
    assert reason in page
    assert 'name="body"' not in page


@pytest.mark.parametrize("close", [end, archive])
def test_pages_of_the_line_invite_nobody_and_say_why(desk: Desk, close: Close) -> None:
    desk.slot()
    people = (desk.member(), desk.tutor, desk.coordinator)
    desk.login(desk.tutor).post(f"{desk.url}live/open")
    reason = close(desk)
    for person in people:
        browser = desk.login(person)
        for address in ("", "live", "slots", "bookings"):
            page = browser.get(desk.url + address).text
            assert reason in page
            for words in (
                "идёт прямая линия", "Для участников сообщества", "Открыть очередь",
                "Пригласить следующего", "Задать вопрос", "Предложить время",
            ):  # fmt: skip
                assert words not in page


def test_a_consent_is_taken_back_even_there_but_none_is_given(desk: Desk) -> None:
    asker = desk.member()
    number = desk.ask(asker, consent="y")
    desk.write(desk.tutor, number)
    consent = f"{desk.url}questions/{number}/consent"
    end(desk)
    browser = desk.login(asker)
    assert browser.post(consent, data={"agrees": "1"}).status_code == 403
    assert browser.post(consent, data={"agrees": "0"}).status_code == 303
