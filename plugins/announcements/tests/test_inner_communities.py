"""An announcement goes to the communities inside only where its sender may announce."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from core.testing.cast import Made, Turned
from core.testing.switches import switch_plugin
from plugins.announcements.tests.conftest import Square

NEW = "/c/maths/announcements/new"


@pytest.fixture
def inner(square: Square) -> Made:
    """A private community inside, and somebody who belongs to it alone."""
    community = square.cast.community(
        "olekminsk", title="Олёкминские математики", parent=square.community, visibility="private"
    )
    square.cast.member(community, surname="Тайная")
    return community


@pytest.fixture
def moderator(square: Square) -> Made:
    return square.cast.staff(square.community)


def test_who_does_not_lead_above_neither_reaches_nor_sees_a_private_one_inside(
    square: Square, inner: Made, moderator: Made
) -> None:
    assert square.of(moderator).get("/c/olekminsk/people").status_code == 404
    assert "И вложенным сообществам" not in square.page(moderator, NEW)
    assert "И вложенным сообществам" in square.page(square.coordinator, NEW)
    number = square.write(by=moderator, with_children="y")
    preview = square.page(moderator, f"/announcements/{number}/preview")
    assert "Олёкминские" not in preview
    assert "Тайная" not in preview
    assert square.do(number, "send", moderator) == 303
    assert "Олёкминские" not in square.page(moderator, f"/announcements/{number}")


def test_who_leads_above_reaches_those_inside(square: Square, inner: Made) -> None:
    number = square.write(with_children="y")
    preview = square.page(square.coordinator, f"/announcements/{number}/preview")
    assert "Олёкминские" in preview
    assert "Тайная" in preview
    assert square.do(number, "send") == 303


def test_who_announces_inside_too_reaches_it(square: Square, inner: Made, moderator: Made) -> None:
    square.cast.appoint(square.cast.member(inner, moderator), inner, "moderator")
    number = square.write(by=moderator, with_children="y")
    assert "Тайная" in square.page(moderator, f"/announcements/{number}/preview")


def test_a_draft_of_whoever_leads_tells_others_nothing_of_those_inside(
    square: Square, inner: Made, moderator: Made
) -> None:
    draft = square.write(with_children="y")
    sent = square.send(with_children="y", must_acknowledge="y")
    for page in (f"{draft}/preview", f"{draft}", f"{sent}"):
        shown = square.page(moderator, f"/announcements/{page}")
        assert "Олёкминские" not in shown
        assert "Тайная" not in shown
    refused = square.of(moderator).get(f"/announcements/{sent}/sheet")
    assert refused.status_code == 403
    assert "Тайная" not in refused.text
    assert "Тайная" in square.page(square.coordinator, f"/announcements/{sent}/sheet")


def test_at_its_time_it_goes_where_its_author_may_announce_then(
    square: Square, inner: Made, moderator: Made, clock: Turned, run_jobs: Callable[[], int]
) -> None:
    secret = square.cast.member(inner, surname="Скрытная")
    tomorrow = (clock.moment + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    number = square.write(by=moderator, with_children="y", starts_at=tomorrow)
    square.do(number, "send", moderator)
    clock.turn(timedelta(days=2))
    run_jobs()
    assert square.opens(square.anna, number) == 200
    assert square.opens(secret, number) == 404
    assert "Собрание" not in square.page(secret, "/announcements/")


def test_one_inside_that_has_announcements_switched_off_is_left_out(
    square: Square, inner: Made
) -> None:
    switch_plugin(square.app, "announcements", inner.id, False)
    number = square.write(with_children="y")
    preview = square.page(square.coordinator, f"/announcements/{number}/preview")
    assert "Олёкминские" not in preview
