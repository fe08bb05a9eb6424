"""An announcement reaches those for whom it is meant, and one sees who has read it."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from flask.testing import FlaskClient

from core.api import DomainError, User, db, new_content, operation
from core.testing.cast import Turned
from core.testing.count import QueryCount
from plugins.announcements import operations
from plugins.announcements.models import Recipient
from plugins.announcements.tests.conftest import Square


def test_nobody_sees_it_before_it_is_sent_and_everybody_after(square: Square) -> None:
    number = square.write()
    preview = square.page(square.coordinator, f"/announcements/{number}/preview")
    assert "Получат 3 человека" in preview
    assert "письмом сразу" in preview
    assert square.opens(square.anna, number) == 404
    assert "Собрание" not in square.page(square.anna, "/c/maths/announcements/")
    assert square.do(number, "send") == 303
    assert "В среду в 15:00" in square.page(square.anna, f"/announcements/{number}")
    assert "Объявление: Собрание" in square.page(square.boris, "/me/notices")


@pytest.mark.parametrize(
    ("narrowed", "reached", "left_out"),
    [({"roles": "tutor"}, "tutor", "anna"), ({"positions": "Завуч"}, "boris", "tutor")],
)
def test_a_narrowed_audience_is_reached_and_nobody_else(
    square: Square, narrowed: dict[str, str], reached: str, left_out: str
) -> None:
    number = square.send(**narrowed)
    assert square.opens(getattr(square, reached), number) == 200
    assert square.opens(getattr(square, left_out), number) == 404
    assert square.opens(square.cast.member(square.community), number) == 404
    assert "Собрание" not in square.page(getattr(square, left_out), "/c/maths/announcements/")


def test_an_audience_with_nobody_in_it_is_refused(square: Square) -> None:
    number = square.write(roles="expert")
    assert square.do(number, "send") == 400
    assert square.opens(square.anna, number) == 404


def test_only_those_who_may_send_can(square: Square) -> None:
    assert square.of(square.anna).get("/c/maths/announcements/new").status_code == 403
    number = square.write()
    for what in ("send", "remind", "withdraw"):
        assert square.do(number, what, square.anna) == 404
    sent = square.send()
    for what in ("edit", "sheet", "preview"):
        answer = square.of(square.anna).get(f"/announcements/{sent}/{what}")
        assert answer.status_code == 403


def test_it_is_acknowledged_once_and_the_sheet_tells(square: Square) -> None:
    number = square.send(must_acknowledge="y")
    assert "Собрание" in square.page(square.anna, "/my")
    assert "0 из 3" in square.page(square.coordinator, f"/announcements/{number}")
    for _ in range(2):
        assert square.do(number, "acknowledge", square.anna) == 303
    assert "Собрание" not in square.page(square.anna, "/my")
    sheet = square.page(square.coordinator, f"/announcements/{number}/sheet")
    assert "Ознакомлены: 1 из 3" in sheet
    # A paper is read for years: each moment is there once, with its year, and the zone is named.
    assert len(re.findall(r"\d\d\.\d\d\.\d{4}, \d\d:\d\d", sheet)) == 3
    assert "Москва" in sheet
    waiting = square.page(square.coordinator, f"/announcements/{number}/sheet?show=waiting")
    assert "Борисов" in waiting
    assert "Аннина" not in waiting
    outsider = square.cast.user()
    assert square.do(number, "acknowledge", outsider) == 404


def test_only_those_are_reminded_who_have_not_acknowledged(square: Square, clock: Turned) -> None:
    number = square.send(must_acknowledge="y")
    square.do(number, "acknowledge", square.anna)
    assert square.do(number, "remind") == 303
    assert square.do(number, "remind") == 409
    assert "Ознакомьтесь, пожалуйста" in square.page(square.boris, "/me/notices")
    assert "Ознакомьтесь, пожалуйста" not in square.page(square.anna, "/me/notices")
    clock.turn(timedelta(days=1))
    assert square.do(number, "remind") == 303


def test_who_joins_later_reads_it_and_stands_apart_on_the_sheet(square: Square) -> None:
    number = square.send(must_acknowledge="y")
    late = square.cast.member(square.community, surname="Поздняя")
    assert square.opens(late, number) == 404
    square.deliver()
    assert square.opens(late, number) == 200
    sheet = square.page(square.coordinator, f"/announcements/{number}/sheet")
    assert sheet.index("Присоединились после отправки") < sheet.index("Поздняя")


def test_it_goes_out_by_itself_at_its_time_to_who_is_there_then(
    square: Square, clock: Turned, run_jobs: Callable[[], int]
) -> None:
    tomorrow = (clock.moment + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    number = square.send(starts_at=tomorrow)
    run_jobs()
    late = square.cast.member(square.community, surname="Поздняя")
    assert square.opens(square.anna, number) == 404
    clock.turn(timedelta(days=2))
    run_jobs()
    assert square.opens(square.anna, number) == 200
    assert square.opens(late, number) == 200


def test_what_would_be_over_already_does_not_go_out(square: Square, clock: Turned) -> None:
    later = (clock.moment + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    number = square.write(ends_at=later)
    clock.turn(timedelta(days=2))
    refused = square.of(square.coordinator).post(f"/announcements/{number}/send")
    assert refused.status_code == 400
    assert "Укажите дату позже" in refused.text
    assert square.opens(square.anna, number) == 404


def test_pinned_ones_stand_on_the_home_until_their_time_is_over(
    square: Square, clock: Turned
) -> None:
    later = (clock.moment + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    square.send(pinned="y", ends_at=later)
    assert "Собрание" in square.page(square.anna, "/c/maths/")
    clock.turn(timedelta(days=5))
    assert "Собрание" not in square.page(square.anna, "/c/maths/")
    assert "Собрание" in square.page(square.anna, "/c/maths/announcements/?show=archive")


def test_public_ones_are_for_guests_and_their_feed_and_others_are_not(
    square: Square, client: FlaskClient
) -> None:
    public = square.send(title="Приходите", is_public="y", pinned="y")
    inner = square.send(title="Для своих", pinned="y")
    feed = client.get("/c/maths/announcements/feed.xml").text
    assert "Приходите" in feed
    assert "Для своих" not in feed
    assert client.get(f"/announcements/{public}").status_code == 200
    assert client.get(f"/announcements/{inner}").status_code == 302
    home = client.get("/c/maths/").text
    assert "Приходите" in home
    assert "Для своих" not in home


def test_what_was_withdrawn_is_seen_by_nobody_and_its_sheet_stays(square: Square) -> None:
    number = square.send(must_acknowledge="y")
    assert square.do(number, "withdraw") == 303
    assert square.opens(square.anna, number) == 404
    assert square.do(number, "acknowledge", square.anna) == 404
    assert square.do(number, "withdraw") == 409
    assert "Собрание" not in square.page(square.anna, "/c/maths/announcements/?show=archive")
    sheet = square.page(square.coordinator, f"/announcements/{number}/sheet")
    assert "Аннина" in sheet


def test_what_went_out_keeps_its_words(square: Square) -> None:
    number = square.send()
    data = {"title": "Другое", "body": "Другое", "pinned": "y"}
    square.of(square.coordinator).post(f"/announcements/{number}/edit", data=data)
    assert "Собрание" in square.page(square.anna, f"/announcements/{number}")


def test_whoever_is_forgotten_leaves_a_nameless_line(square: Square) -> None:
    number = square.send(must_acknowledge="y")
    square.do(number, "acknowledge", square.anna)
    form = {"current_password": square.anna.password, "sure": "y"}
    assert square.of(square.anna).post("/me/data", data=form).status_code == 303
    sheet = square.page(square.coordinator, f"/announcements/{number}/sheet")
    assert "Аннина" not in sheet
    assert "Бывший участник" in sheet
    assert "Ознакомлены: 1 из 3" in sheet


def test_sent_by_many_at_once_it_goes_out_once(square: Square) -> None:
    number = square.write()
    raised: list[Exception] = []
    start = threading.Barrier(6)

    def run(work: Callable[[], Any]) -> None:
        with square.app.app_context():
            start.wait()
            try:
                work()
            except DomainError as error:
                raised.append(error)

    def send() -> object:
        user = db.session.get_one(User, square.coordinator.id)
        return operations.let_go(user, number)

    threads = [threading.Thread(target=partial(run, send)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert raised == []
    with square.app.app_context():
        assert db.session.query(Recipient).count() == 3


@pytest.mark.parametrize("given", [{"title": ""}, {"body": " "}, {"ends_at": "2001-01-01T00:00"},
                                   {"starts_at": "2001-01-01T00:00", "ends_at": "2001-02-01T00:00"},
                                   {"starts_at": "завтра"}, {"roles": "x" * 5000}])  # fmt: skip
def test_what_cannot_be_announced_comes_back_with_everything_typed(
    square: Square, given: dict[str, str]
) -> None:
    data = {"title": "Набранное", "body": "Набранный текст"} | given
    sent = square.of(square.coordinator).post("/c/maths/announcements/new", data=data)
    assert sent.status_code == 400
    assert "Набранн" in sent.text


def test_a_mark_that_was_used_elsewhere_is_told_of_in_words(square: Square) -> None:
    written = operations.Written(title="Собрание", body="В среду", values={}, submission="a-mark")
    with square.app.app_context():
        user = db.session.get_one(User, square.coordinator.id)
        _sent_elsewhere(user, "a-mark")
        with pytest.raises(DomainError, match="в другом месте"):
            operations.write(user, square.community.id, written)


@operation
def _sent_elsewhere(actor: User, mark: str) -> None:
    new_content(actor, "core.comment", submission=mark)


def test_pages_ask_few_questions(square: Square, count_queries: Callable[[], QueryCount]) -> None:
    number = square.send(must_acknowledge="y", pinned="y")
    browser = square.of(square.coordinator)
    pages = ("/c/maths/announcements/", "/announcements/", f"/announcements/{number}")
    for page in (*pages, f"/announcements/{number}/sheet"):
        browser.get(page)
        with count_queries() as counted:
            assert browser.get(page).status_code == 200
        assert counted.number <= 10, page
    with count_queries() as counted:
        browser.get("/c/maths/")
    assert len([s for s in counted.statements if "announcements_" in s]) <= 2
