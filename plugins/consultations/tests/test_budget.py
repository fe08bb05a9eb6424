"""What the pages cost: as many queries for ten thousand rows as for one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from core.api import Content, db
from core.testing.cast import Made
from core.testing.count import QueryCount
from plugins.consultations import team
from plugins.consultations.meeting_models import Booking, BookingState, Slot
from plugins.consultations.models import Article, Consultant, Question
from plugins.consultations.tests.conftest import Desk

MANY = 10_000
# What core asks for the frame of a page of an activity, beside the plugin's own.
FRAME = 8
OWN = 10
PAGES = ("", "questions?show=all", "questions?show=waiting", "answers", "slots", "bookings",
         "bookings?show=past", "team", "live", "figures", "ask")  # fmt: skip


@pytest.fixture
def filled(desk: Desk) -> Callable[[], None]:
    def fill() -> None:
        asker = desk.member()
        now = desk.clock.now()
        ids = range(100_000, 100_000 + MANY)
        articles = range(200_000, 200_000 + MANY)
        with desk.app.app_context(), db.engine.begin() as connection:
            connection.execute(insert(Content), [_content(n, desk, asker, n % 2) for n in ids])
            connection.execute(insert(Content), [_content(n, desk, asker, 1) for n in articles])
            line = desk.line().id
            connection.execute(insert(Question), [_question(n, line, desk, asker) for n in ids])
            connection.execute(insert(Article), [_article(n, desk) for n in articles])
            connection.execute(
                insert(Slot),
                [
                    {
                        "id": n, "activity_id": desk.activity.id, "line_id": line,
                        "consultant_id": desk.tutor.id, "zone_name": "UTC", "taken": n % 2,
                        "begins_at": now + timedelta(hours=n - 105_000),
                        "ends_at": now + timedelta(hours=n - 105_000, minutes=30),
                        "changed_at": now,
                    }
                    for n in ids
                ],
            )  # fmt: skip
            connection.execute(
                insert(Booking),
                [
                    {
                        "id": n, "activity_id": desk.activity.id, "slot_id": n,
                        "user_id": asker.id, "state": BookingState.BOOKED, "booked_at": now,
                    }
                    for n in ids if n % 2
                ],
            )  # fmt: skip

    return fill


def _content(number: int, desk: Desk, asker: Made, public: int) -> dict[str, Any]:
    return {
        "id": number, "kind": "consultations.question", "author_id": asker.id,
        "created_at": desk.clock.now(), "version": 1, "hidden_reason": "",
        "community_id": desk.community.id if public else None,
        "activity_id": desk.activity.id if public else None, "members_only": False,
    }  # fmt: skip


def _question(number: int, line: int, desk: Desk, asker: Made) -> dict[str, Any]:
    now = desk.clock.now()
    return {
        "id": number, "line_id": line, "activity_id": desk.activity.id, "asker_id": asker.id,
        "consultant_id": desk.tutor.id, "title": f"Вопрос {number}", "body": "<p>?</p>",
        "private": number % 2 == 0, "state": ("waiting", "answered", "closed")[number % 3],
        "due_at": now + timedelta(hours=number - 105_000), "last_at": now, "consent": "",
        "answered_at": None if number % 3 == 0 else now,
    }  # fmt: skip


def _article(number: int, desk: Desk) -> dict[str, Any]:
    return {
        "id": number, "activity_id": desk.activity.id, "title": f"Ответ {number}",
        "question": "<p>?</p>", "answer": "<p>!</p>", "published_at": desk.clock.now(),
    }  # fmt: skip


def test_pages_cost_the_same_for_one_row_and_for_ten_thousand(
    desk: Desk, filled: Callable[[], None], count_queries: Callable[..., Any]
) -> None:
    person, slot = desk.member(), desk.slot()
    desk.book(person, slot)
    desk.clock.turn(timedelta(days=3))
    desk.book(person, desk.slot())
    number = desk.ask(person, privacy="everybody")
    desk.write(desk.tutor, number)
    before = {who.id: costs(desk, who, count_queries) for who in (person, desk.tutor)}
    filled()
    after = {who.id: costs(desk, who, count_queries) for who in (person, desk.tutor)}
    differ = {
        (who, page): (number, after[who][page])
        for who, found in before.items()
        for page, number in found.items()
        if after[who][page] != number
    }
    assert differ == {}
    assert max(max(each.values()) for each in after.values()) <= FRAME + OWN


def costs(desk: Desk, person: Made, count_queries: Callable[..., Any]) -> dict[str, int]:
    browser = desk.login(person)
    found = {}
    for page in PAGES:
        if browser.get(f"{desk.url}{page}").status_code == 403:
            continue
        with count_queries() as count:
            assert browser.get(f"{desk.url}{page}").status_code == 200
        found[page] = count.number
    return found


def test_a_question_costs_the_same_however_long_its_thread(
    desk: Desk, count_queries: Callable[..., Any]
) -> None:
    person = desk.member()
    number = desk.ask(person)
    desk.write(desk.tutor, number)
    browser = desk.login(person)
    page = f"{desk.url}questions/{number}"
    browser.get(page)
    with count_queries() as few:
        browser.get(page)
    for turn in range(12):
        desk.write((desk.tutor, person)[turn % 2], number)
    browser.get(page)
    with count_queries() as many:
        browser.get(page)
    assert many.number == few.number <= FRAME + OWN


def test_joining_a_team_costs_the_same_for_many_private_questions(desk: Desk) -> None:
    def costs(number: int) -> tuple[int, int]:
        asker, person = desk.member(), desk.member()
        asked = [desk.ask(asker) for _ in range(number)]
        desk.qualify(person)

        def reads() -> set[int]:
            browser = desk.login(person)
            pages = {n: browser.get(f"{desk.url}questions/{n}").status_code for n in asked}
            return {n for n, status in pages.items() if status == 200}

        with desk.app.app_context(), QueryCount(desk.app) as coming:
            team.add(desk.user(desk.coordinator), desk.line(), person.id)
        assert reads() == set(asked)
        number = desk.consultant(person)
        with desk.app.app_context(), QueryCount(desk.app) as going:
            team.remove(desk.user(desk.coordinator), db.session.get_one(Consultant, number))
        assert reads() == set()
        return coming.number, going.number

    assert costs(1) == costs(12)
