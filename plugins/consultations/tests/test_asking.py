"""Questions: who reads them, who answers and until when, what happens when the term passes."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from core.api import SYSTEM, db
from core.testing.cast import Made
from plugins.consultations import team
from plugins.consultations.models import Consultant, QuestionState, Reply
from plugins.consultations.terms import end_of_term
from plugins.consultations.tests.conftest import Desk


@pytest.fixture
def asker(desk: Desk) -> Made:
    return desk.member("Спрашивалова")


def state(desk: Desk, number: int) -> str:
    with desk.app.app_context():
        return desk.question(number).state


def consultant(desk: Desk, number: int) -> int | None:
    with desk.app.app_context():
        return desk.question(number).consultant_id


def notices_of(desk: Desk, person: Made) -> str:
    return desk.login(person).get("/me/notices").text


def test_a_private_question_is_read_by_the_asker_and_the_team_alone(
    desk: Desk, asker: Made, client: FlaskClient
) -> None:
    number = desk.ask(asker)
    page = f"{desk.url}questions/{number}"
    for person in (asker, desk.tutor, desk.other):
        assert "Класс путается в дробях" in desk.login(person).get(page).text
    for browser in (desk.login(desk.member()), desk.login(desk.coordinator)):
        assert browser.get(page).status_code == 404
        assert "дроби" not in browser.get(f"{desk.url}questions?show=all").text
        assert "Как объяснить дроби" not in browser.get("/search?q=дроби").text
    assert client.get(page).status_code in (302, 404)
    assert "Как объяснить дроби" not in client.get(f"{desk.url}questions").text


def test_a_file_of_a_private_question_is_open_to_the_same_people(desk: Desk, asker: Made) -> None:
    form = {
        "title": "Проверьте работу", "body": "<p>Файл ниже</p>", "privacy": "team", "wanted": "0",
        "files": (io.BytesIO("Решение".encode()), "решение.txt"),
    }  # fmt: skip
    browser = desk.login(asker)
    answer = browser.post(f"{desk.url}ask", data=form, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    found = re.search(r'href="(/files/[^"]+)"', browser.get(answer.location).text)
    assert found is not None
    for person in (asker, desk.tutor, desk.other):
        assert desk.login(person).get(found.group(1)).status_code == 200
    for person in (desk.member(), desk.coordinator):
        assert desk.login(person).get(found.group(1)).status_code == 404


def test_a_public_question_is_read_by_everybody_with_the_name(
    desk: Desk, asker: Made, client: FlaskClient
) -> None:
    number = desk.ask(asker, privacy="everybody")
    assert "Спрашивалова" in client.get(f"{desk.url}questions/{number}").text


def test_an_answer_closes_the_wait_and_the_asker_hears_of_it(desk: Desk, asker: Made) -> None:
    number = desk.ask(asker)
    answering = desk.tutor if consultant(desk, number) == desk.tutor.id else desk.other
    assert "Как объяснить дроби" in notices_of(desk, answering)
    desk.write(answering, number)
    assert state(desk, number) == QuestionState.ANSWERED
    assert "На ваш вопрос" in notices_of(desk, asker)
    desk.write(asker, number, "А если доли не помогают?")
    assert state(desk, number) == QuestionState.WAITING
    assert "Автор вопроса пишет ещё" in notices_of(desk, answering)


def test_closing_leads_to_thanks_and_writing_on_opens_it_again(desk: Desk, asker: Made) -> None:
    number = desk.ask(asker, wanted=str(desk.tutor.id))
    desk.write(desk.tutor, number)
    browser = desk.login(asker)
    closed = browser.post(f"{desk.url}questions/{number}/close")
    assert closed.location.endswith("/thanks")
    thanks = {"stars": "5", "words": "Помогло с первого урока"}
    assert browser.post(closed.location, data=thanks).status_code == 303
    assert "5,0 из 5" in browser.get(f"{desk.url}team").text
    figures = desk.login(desk.tutor).get(f"{desk.url}figures").text
    assert "Помогло с первого урока" in figures
    assert "Спрашивалова" not in figures
    desk.write(asker, number, "Ещё одно")
    assert state(desk, number) == QuestionState.WAITING


def test_a_question_is_taken_back_until_somebody_writes_below_it(desk: Desk, asker: Made) -> None:
    first, second = desk.ask(asker), desk.ask(asker)
    browser = desk.login(asker)
    page = f"{desk.url}questions/{first}"
    assert "Отозвать вопрос" in browser.get(page).text
    assert desk.login(desk.tutor).post(f"{page}/take-back").status_code == 403
    assert browser.post(f"{page}/take-back").status_code == 303
    assert desk.login(desk.tutor).get(page).status_code == 404
    assert browser.get(f"{desk.url}questions").status_code == 200
    desk.write(desk.tutor, second)
    assert browser.post(f"{desk.url}questions/{second}/take-back").status_code == 400
    assert browser.get(f"{desk.url}questions/{second}").status_code == 200


def test_others_neither_answer_nor_close_nor_thank(desk: Desk, asker: Made) -> None:
    number = desk.ask(asker, privacy="everybody")
    stranger = desk.login(desk.member())
    page = f"{desk.url}questions/{number}/"
    assert stranger.post(f"{page}replies", data={"body": "<p>Я</p>"}).status_code == 403
    assert stranger.post(f"{page}close").status_code == 403
    assert stranger.post(f"{page}thanks", data={"stars": "1"}).status_code == 403
    assert stranger.post(f"{page}hand-over").status_code == 403
    assert stranger.get(f"{page}publish").status_code == 403


def test_a_form_that_is_sent_twice_is_one_question(desk: Desk, asker: Made) -> None:
    first, second = (desk.ask(asker, submission="a" * 32) for _ in range(2))
    assert first == second


def test_questions_go_to_whoever_has_the_least_to_do(desk: Desk) -> None:
    numbers = [desk.ask(desk.member()) for _ in range(6)]
    given = [consultant(desk, number) for number in numbers]
    assert (given.count(desk.tutor.id), given.count(desk.other.id)) == (3, 3)


def test_nobody_gets_more_than_they_take(desk: Desk) -> None:
    browser = desk.login(desk.tutor)
    saved = browser.post(
        f"{desk.url}team/{desk.consultant(desk.tutor)}/share", data={"most_open": "1"}
    )
    assert saved.status_code == 303
    given = [consultant(desk, desk.ask(desk.member())) for _ in range(5)]
    assert given.count(desk.tutor.id) == 1


def test_the_asker_may_choose_and_a_colleague_may_take_over(desk: Desk, asker: Made) -> None:
    number = desk.ask(asker, wanted=str(desk.other.id))
    assert consultant(desk, number) == desk.other.id
    taken = desk.login(desk.tutor).post(f"{desk.url}questions/{number}/hand-over")
    assert taken.status_code == 303
    assert consultant(desk, number) == desk.tutor.id


@pytest.mark.parametrize(
    ("asked", "days", "due"),
    [
        ("2026-11-23T09:00", 3, date(2026, 11, 26)),
        ("2026-11-25T09:00", 3, date(2026, 11, 30)),
        ("2026-11-23T22:30", 1, date(2026, 11, 25)),
    ],
)
def test_a_term_begins_the_next_day_and_never_ends_at_a_weekend(
    asked: str, days: int, due: date
) -> None:
    end = end_of_term(datetime.fromisoformat(asked).replace(tzinfo=UTC), days, "Europe/Moscow")
    assert end == datetime(due.year, due.month, due.day, 20, 59, tzinfo=UTC)


def test_a_day_before_the_end_is_a_reminder_and_after_it_everybody_hears(
    desk: Desk, asker: Made, run_jobs: Callable[[], int]
) -> None:
    number = desk.ask(asker, wanted=str(desk.tutor.id))
    with desk.app.app_context():
        due = desk.question(number).due_at
    assert due is not None
    desk.clock.set(due - timedelta(hours=20))
    run_jobs()
    assert "Остались сутки" in notices_of(desk, desk.tutor)
    assert "срок прошёл" not in notices_of(desk, desk.other)
    desk.clock.set(due + timedelta(minutes=1))
    run_jobs()
    for person in (desk.tutor, desk.other):
        assert "Обещанный срок прошёл" in notices_of(desk, person)
    told = notices_of(desk, desk.coordinator)
    assert "Вопрос ждёт дольше обещанного: «Трудные задания»" in told
    assert "дроби" not in told
    assert "дольше срока" in desk.login(desk.tutor).get(f"{desk.url}questions").text


def test_a_second_term_that_passes_is_told_of_again(
    desk: Desk, asker: Made, run_jobs: Callable[[], int]
) -> None:
    number = desk.ask(asker, wanted=str(desk.tutor.id))
    desk.clock.turn(timedelta(days=5))
    run_jobs()
    desk.write(desk.tutor, number)
    desk.write(asker, number, "А дальше?")
    with desk.app.app_context():
        first = desk.question(number).escalated_at
    desk.clock.turn(timedelta(days=9))
    run_jobs()
    with desk.app.app_context():
        second = desk.question(number).escalated_at
    assert first is not None
    assert second is not None
    assert second > first


def test_an_answer_in_time_leaves_nothing_to_escalate(
    desk: Desk, asker: Made, run_jobs: Callable[[], int]
) -> None:
    number = desk.ask(asker)
    desk.write(desk.tutor, number)
    desk.clock.turn(timedelta(days=10))
    run_jobs()
    with desk.app.app_context():
        assert desk.question(number).escalated_at is None


def test_one_changes_only_what_one_wrote(desk: Desk, asker: Made) -> None:
    number = desk.ask(asker)
    browser = desk.write(desk.tutor, number)
    page = browser.get(f"{desk.url}questions/{number}").text
    found = re.search(r"/replies/\d+/edit", page)
    assert found is not None
    edit = desk.url.rstrip("/") + found.group()
    changed = browser.post(edit, data={"body": "<p>Начните с половинок.</p>", "version": "1"})
    assert changed.status_code == 303
    assert "с половинок" in desk.login(asker).get(f"{desk.url}questions/{number}").text
    again = browser.post(edit, data={"body": "<p>Поздно</p>", "version": "1"})
    assert again.status_code == 409
    assert desk.login(asker).post(edit, data={"body": "<p>Я</p>"}).status_code == 403


def test_a_newcomer_in_the_team_reads_what_was_asked_and_one_who_left_does_not(
    desk: Desk, asker: Made
) -> None:
    number = desk.ask(asker)
    page = f"{desk.url}questions/{number}"
    newcomer = desk.member("Новикова")
    assert desk.login(newcomer).get(page).status_code == 404
    desk.join_team(newcomer)
    assert desk.login(newcomer).get(page).status_code == 200
    removed = desk.login(desk.coordinator).post(
        f"{desk.url}team/{desk.consultant(newcomer)}/remove"
    )
    assert removed.status_code == 303
    assert desk.login(newcomer).get(page).status_code == 404


def test_what_a_newcomer_asks_in_public_waits_for_a_moderator_before_its_term(
    desk: Desk, asker: Made
) -> None:
    settings = hold_first_posts(desk)
    number = desk.ask(asker, privacy="everybody")
    with desk.app.app_context():
        assert desk.question(number).due_at is None
    assert settings.post(f"/contents/{number}/approve").status_code == 303
    with desk.app.app_context():
        assert desk.question(number).due_at is not None


def hold_first_posts(desk: Desk) -> FlaskClient:
    """What newcomers write in public waits from now on; the window of the coordinator."""
    held = {"title": "Учителя", "hold_first_posts": "1", "visibility": "public", "parent_id": "0"}
    settings = desk.login(desk.coordinator)
    saved = settings.post("/c/maths/settings/admission", data=held | {"admission": "open"})
    assert saved.status_code == 303, saved.text
    return settings


def number_of_reply(desk: Desk, text: str) -> int:
    with desk.app.app_context():
        return db.session.scalars(select(Reply.id).where(Reply.body.contains(text))).one()


def test_what_a_newcomer_answers_in_public_counts_once_it_is_approved(
    desk: Desk, asker: Made, client: FlaskClient
) -> None:
    number = desk.ask(asker, privacy="everybody", wanted=str(desk.tutor.id))
    moderator = hold_first_posts(desk)
    desk.clock.turn(timedelta(hours=1))
    desk.write(desk.tutor, number)
    page = f"{desk.url}questions/{number}"
    assert "Начните с долей" not in client.get(page).text
    assert state(desk, number) == QuestionState.WAITING
    assert "На ваш вопрос" not in notices_of(desk, asker)
    reply = number_of_reply(desk, "с долей")
    assert moderator.post(f"/contents/{reply}/approve").status_code == 303
    assert "Начните с долей" in client.get(page).text
    assert state(desk, number) == QuestionState.ANSWERED
    assert "На ваш вопрос" in notices_of(desk, asker)


def test_nobody_writes_below_what_waits_for_a_moderator(desk: Desk, asker: Made) -> None:
    hold_first_posts(desk)
    number = desk.ask(asker, privacy="everybody")
    browser = desk.login(asker)
    page = f"{desk.url}questions/{number}"
    assert "Отправить</button>" not in browser.get(page).text
    assert browser.post(f"{page}/replies", data={"body": "<p>И ещё</p>"}).status_code == 403


def test_nobody_writes_in_the_archive_and_no_term_passes_there(
    desk: Desk, asker: Made, run_jobs: Callable[[], int]
) -> None:
    number = desk.ask(asker)
    settings = desk.login(desk.coordinator)
    archived = settings.post(f"/c/maths/activities/{desk.activity.id}/archive")
    assert archived.status_code == 303
    answer = desk.login(desk.tutor).post(
        f"{desk.url}questions/{number}/replies", data={"body": "<p>Ответ</p>"}
    )
    assert answer.status_code == 403
    desk.clock.turn(timedelta(days=10))
    run_jobs()
    with desk.app.app_context():
        assert desk.question(number).escalated_at is None


def test_what_is_in_the_archive_stays_as_it_is(desk: Desk, asker: Made) -> None:
    number = desk.ask(asker)
    settings = desk.login(desk.coordinator)
    settings.post(f"/c/maths/activities/{desk.activity.id}/archive")
    page = f"{desk.url}questions/{number}"
    answers = consultant(desk, number)
    helper = desk.tutor if answers == desk.other.id else desk.other
    for person, act in ((helper, "hand-over"), (asker, "take-back"), (asker, "close")):
        browser = desk.login(person)
        refused = browser.post(f"{page}/{act}")
        assert refused.status_code == 403
        assert "Это уже в архиве" in refused.text
        assert f"/{number}/{act}" not in browser.get(page).text
    with desk.app.app_context():
        question = desk.question(number)
        assert (question.consultant_id, question.state) == (answers, "waiting")


def test_in_the_archive_too_questions_of_who_leaves_are_passed_on(desk: Desk, asker: Made) -> None:
    number = desk.ask(asker)
    settings = desk.login(desk.coordinator)
    settings.post(f"/c/maths/activities/{desk.activity.id}/archive")
    answers = consultant(desk, number)
    with desk.app.app_context():
        query = select(Consultant).where(Consultant.user_id == answers)
        team.remove(SYSTEM, db.session.scalars(query).one())
    assert consultant(desk, number) not in (answers, None)


def test_who_left_writes_no_more_for_everybody(desk: Desk, asker: Made) -> None:
    number = desk.ask(asker, privacy="everybody")
    browser = desk.login(asker)
    assert browser.post("/c/maths/leave").status_code == 303
    page = f"{desk.url}questions/{number}/replies"
    assert browser.post(page, data={"body": "<p>Ещё</p>"}).status_code == 403


def test_a_moderator_hides_a_public_answer_from_the_page(
    desk: Desk, asker: Made, client: FlaskClient
) -> None:
    number = desk.ask(asker, privacy="everybody")
    desk.write(desk.tutor, number)
    reply = number_of_reply(desk, "с долей")
    page = f"{desk.url}questions/{number}"
    moderator = desk.login(desk.coordinator)
    assert f"/contents/{reply}/hide" in moderator.get(page).text
    assert f"/contents/{reply}/hide" not in desk.login(asker).get(page).text


def test_what_is_opened_again_goes_to_who_is_there(
    desk: Desk, asker: Made, deliver_events: Callable[[], None]
) -> None:
    number = desk.ask(asker, wanted=str(desk.tutor.id))
    desk.write(desk.tutor, number)
    assert desk.login(desk.tutor).post("/c/maths/leave").status_code == 303
    deliver_events()
    desk.write(asker, number, "А дальше?")
    assert consultant(desk, number) == desk.other.id
    assert "Автор вопроса пишет ещё" in notices_of(desk, desk.other)


def test_nobody_is_given_their_own_question(desk: Desk) -> None:
    number = desk.ask(desk.tutor, wanted=str(desk.tutor.id))
    assert consultant(desk, number) == desk.other.id
    given = desk.login(desk.other).post(
        f"{desk.url}questions/{number}/hand-over", data={"person": str(desk.tutor.id)}
    )
    assert given.status_code == 400
    rest = {"first": "2026-11-23", "until": "2026-12-06", "substitute": str(desk.tutor.id)}
    page = f"{desk.url}team/{desk.consultant(desk.other)}/break"
    assert desk.login(desk.other).post(page, data=rest).status_code == 303
    assert consultant(desk, number) != desk.tutor.id


def test_nothing_waits_for_a_guest(desk: Desk, client: FlaskClient) -> None:
    for person in (desk.tutor, desk.other):
        rested = desk.login(person).post(
            f"{desk.url}team/{desk.consultant(person)}/break",
            data={"first": "2026-11-23", "substitute": "0"},
        )
        assert rested.status_code == 303
    number = desk.ask(desk.member(), privacy="everybody")
    assert consultant(desk, number) is None
    assert "Вас ждёт" not in client.get("/c/maths/").text
    assert "ждёт вас" not in client.get(desk.url).text


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_days_of_other_ages_are_a_slip_of_the_hand(desk: Desk, day: str) -> None:
    person = desk.member()
    lead, tutor = desk.login(desk.coordinator), desk.login(desk.tutor)
    there = "/c/maths/consultations"
    week = {
        "live": "0", "weekdays": ["1"], "starts": "15:00", "ends": "16:00", "minutes": "30",
        "pause": "0", "capacity": "1", "topic": "",
    }  # fmt: skip
    evidence = {"kind": "methodist", "document": "Приказ", "valid_from": "2026-11-23"}
    for browser, page, form in (
        (tutor, f"{desk.url}hours/new", week | {"valid_from": day}),
        (tutor, f"{desk.url}hours/new", week | {"valid_from": "2026-11-23", "valid_until": day}),
        (tutor, f"{desk.url}team/{desk.consultant(desk.tutor)}/break", {"first": day}),
        (lead, f"{there}/evidence/new?person={person.id}", evidence | {"valid_until": day}),
        (lead, f"{there}/wards/new?tutor={desk.tutor.id}&person={person.id}",
         {"since": day, "school": "0", "basis": "Приказ"}),
    ):  # fmt: skip
        assert browser.post(page, data=form).status_code == 400, page
    off = tutor.post(f"{desk.url}days-off", data={"first": day, "last": day})
    assert off.status_code in (303, 400)
    assert lead.get(f"{desk.url}figures?from={day}&until={day}").status_code == 200
