"""What was to go out by itself stays where it is when it may not any more, and says why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from core.testing.cast import Made, Turned
from core.testing.switches import switch_plugin
from plugins.announcements.tests.conftest import Square


@pytest.fixture
def scheduled(square: Square, clock: Turned) -> int:
    """An announcement of a moderator that is to go out tomorrow."""
    return _scheduled(square, clock, square.cast.staff(square.community))


def _scheduled(square: Square, clock: Turned, author: Made) -> int:
    tomorrow = (clock.moment + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    number = square.write(by=author, starts_at=tomorrow)
    assert square.do(number, "send", author) == 303
    return number


def end(square: Square) -> Callable[[], None]:
    square.change(state="liquidated")
    return lambda: square.change(state="active")


def switch_off(square: Square) -> Callable[[], None]:
    switch_plugin(square.app, "announcements", square.community.id, False)
    return lambda: switch_plugin(square.app, "announcements", square.community.id, True)


@pytest.mark.parametrize(
    ("happens", "why"),
    [(end, "сообщество завершило работу"), (switch_off, "объявления были выключены")],
)
def test_it_does_not_go_out_where_nothing_is_announced_any_more(
    square: Square, scheduled: int, clock: Turned, run_jobs: Callable[[], int],
    happens: Callable[[Square], Callable[[], None]], why: str,
) -> None:  # fmt: skip
    undo = happens(square)
    clock.turn(timedelta(days=2))
    run_jobs()
    undo()
    run_jobs()
    assert square.opens(square.anna, scheduled) == 404
    assert "Собрание" not in square.page(square.anna, "/me/notices")
    assert why in square.page(square.coordinator, f"/announcements/{scheduled}")
    assert "не отправлено в срок" in square.page(square.coordinator, "/c/maths/announcements/")


def test_it_does_not_go_out_in_the_name_of_who_may_not_announce_any_more(
    square: Square, clock: Turned, run_jobs: Callable[[], int]
) -> None:
    author = square.cast.staff(square.community)
    number = _scheduled(square, clock, author)
    address = f"/c/maths/people/{author.id}/exclude"
    square.of(square.coordinator).post(address, data={"reason": "Оскорблял коллег"})
    clock.turn(timedelta(days=2))
    run_jobs()
    assert square.opens(square.anna, number) == 404
    page = square.page(square.coordinator, f"/announcements/{number}")
    assert "у автора больше нет права" in page
    assert square.do(number, "send") == 303
    assert square.opens(square.anna, number) == 200
    assert "у автора" not in square.page(square.coordinator, f"/announcements/{number}")


def test_it_does_not_go_out_to_nobody(
    square: Square, clock: Turned, run_jobs: Callable[[], int]
) -> None:
    tomorrow = (clock.moment + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    number = square.write(roles="expert", starts_at=tomorrow)
    square.do(number, "send")
    clock.turn(timedelta(days=2))
    assert run_jobs() >= 1
    page = square.page(square.coordinator, f"/announcements/{number}")
    assert "не оказалось никого" in page
