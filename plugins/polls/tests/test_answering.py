"""A quick question: set up on a phone within a minute, answered once, seen when it may be."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from core.api import Activity, db
from plugins.polls.models import Answer, Ballot, Poll, Voter
from plugins.polls.tests.conftest import Stage, text_of


def test_a_question_is_asked_with_two_fields(stage: Stage, as_coordinator: FlaskClient) -> None:
    sent = as_coordinator.post(
        "/c/maths/polls/new",
        data={
            "title": "Когда встретимся?", "options": "В среду\n\n В пятницу \nВ среду",
            "kind": "one", "ends": "week", "state": "published", "audience": "members",
            "privacy": "unnamed", "results": "answered",
        },
    )  # fmt: skip
    assert sent.status_code == 303
    words = text_of(as_coordinator.get(sent.location))
    assert "В среду" in words
    assert "Спрашиваем 5 человек" in words
    item = stage.structure(int(sent.location.split("/")[-2])).items[0]
    assert [choice.text for choice in item.choices] == ["В среду", "В пятницу"]


def test_what_is_missing_is_said_and_what_was_typed_kept(as_coordinator: FlaskClient) -> None:
    page = as_coordinator.post(
        "/c/maths/polls/new", data={"title": "Когда?", "options": "Только один", "ends": "week"}
    )
    assert page.status_code == 400
    assert "Дайте хотя бы два варианта" in page.text
    assert "Только один" in page.text


QUICK = {
    "title": "Когда?", "options": "В среду\nВ пятницу", "kind": "one", "ends": "open",
    "state": "published", "audience": "members", "privacy": "unnamed", "results": "answered",
}  # fmt: skip


def friday(clock: Any, hour: int) -> datetime:
    """A Friday to come, at an hour of Moscow, which is three before that of UTC."""
    day: datetime = clock.moment + timedelta(days=7 + (4 - clock.moment.weekday()) % 7)
    return day.replace(hour=hour - 3, minute=30, second=0, microsecond=0)


def test_what_has_passed_is_not_offered_as_an_end(stage: Stage, login: Any, clock: Any) -> None:
    clock.set(friday(clock, 12))
    browser = login(stage.coordinator)
    page = browser.get("/c/maths/polls/new").text
    assert 'value="today"' in page
    assert '<option selected value="friday"' in page
    clock.turn(timedelta(hours=6))
    page = browser.get("/c/maths/polls/new").text
    assert 'value="today"' not in page
    assert 'value="friday"' not in page
    assert '<option selected value="week"' in page
    for late in ("today", "friday"):
        sent = browser.post("/c/maths/polls/new", data=QUICK | {"ends": late})
        assert sent.status_code == 400
        assert "Этот момент уже прошёл" in text_of(sent)


def test_the_evening_is_that_of_the_persons_own_clock(stage: Stage, login: Any, clock: Any) -> None:
    far = stage.cast.user(zone_name="Asia/Vladivostok")
    stage.cast.appoint(stage.cast.member(stage.community, far), stage.community, "coordinator")
    noon = friday(clock, 12)
    clock.set(noon)
    assert 'value="today"' not in login(far).get("/c/maths/polls/new").text
    sent = login(stage.coordinator).post("/c/maths/polls/new", data=QUICK | {"ends": "today"})
    poll = int(sent.location.split("/")[-2])
    assert stage.read(Activity, "closes_at", id=poll) == [(noon.replace(hour=15, minute=0),)]


def test_names_cannot_be_promised_where_strangers_answer(as_coordinator: FlaskClient) -> None:
    page = as_coordinator.post(
        "/c/maths/polls/new",
        data=QUICK | {"audience": "link", "privacy": "named"},
    )
    assert page.status_code == 400
    assert "имена показать нельзя" in text_of(page)


def test_a_member_answers_once_and_then_sees_the_result(
    stage: Stage, as_member: FlaskClient
) -> None:
    poll = stage.poll("Вторник", "Четверг")
    page = as_member.get(stage.url(poll))
    assert "Результаты вы увидите, когда ответите" in text_of(page)
    item = stage.structure(poll).items[0]
    sent = as_member.post(stage.url(poll, "answer"), data={item.name: item.choices[1].id})
    assert sent.status_code == 303
    words = text_of(as_member.get(stage.url(poll)))
    assert "Ответ сохранён. Спасибо!" in words
    assert "Ответили: 1 из 5" in words
    assert "Четверг 1 100 %" in words
    again = as_member.post(stage.url(poll, "answer"), data={item.name: item.choices[0].id})
    assert "остался прежний ответ" in text_of(as_member.get(again.location))
    assert stage.read(Poll, "answer_count", activity_id=poll) == [(1,)]
    assert stage.read(Answer, "option_id") == [(item.choices[1].id,)]


def test_an_answer_can_be_changed_where_that_is_allowed(
    stage: Stage, as_member: FlaskClient
) -> None:
    poll = stage.poll(changeable=True)
    item = stage.structure(poll).items[0]
    for place in (0, 1):
        as_member.post(stage.url(poll, "answer"), data={item.name: item.choices[place].id})
    assert stage.read(Answer, "option_id") == [(item.choices[1].id,)]
    assert stage.read(Poll, "answer_count", activity_id=poll) == [(1,)]
    form = as_member.get(stage.url(poll, "?change=1")).text
    assert f'value="{item.choices[1].id}" checked' in form


@pytest.mark.parametrize(
    "value", ["", "0", "999999", "-1", "abc", "1' OR 1=1", "9" * 40, "\x00", "١"]
)
def test_rubbish_is_no_answer(stage: Stage, as_member: FlaskClient, value: str) -> None:
    poll = stage.poll()
    item = stage.structure(poll).items[0]
    sent = as_member.post(stage.url(poll, "answer"), data={item.name: value})
    assert sent.status_code == 400
    assert stage.read(Ballot, "id") == []


def test_an_option_of_another_poll_is_refused(stage: Stage, as_member: FlaskClient) -> None:
    poll, other = stage.poll(), stage.poll()
    item, theirs = stage.structure(poll).items[0], stage.structure(other).items[0]
    data = {item.name: theirs.choices[0].id}
    assert as_member.post(stage.url(poll, "answer"), data=data).status_code == 400


def test_it_closes_to_the_second_whatever_the_worker_does(
    stage: Stage, as_member: FlaskClient, clock: Any
) -> None:
    ends = clock.moment + timedelta(hours=1)
    poll = stage.poll(activity={"closes_at": ends})
    item = stage.structure(poll).items[0]
    data = {item.name: item.choices[0].id}
    clock.set(ends)
    late = as_member.post(stage.url(poll, "answer"), data=data)
    assert late.status_code == 409
    assert "опоздал и не учтён" in text_of(late)
    clock.set(ends - timedelta(seconds=1))
    assert as_member.post(stage.url(poll, "answer"), data=data).status_code == 303


def test_results_wait_for_the_end_where_that_was_settled(
    stage: Stage, as_member: FlaskClient, as_coordinator: FlaskClient, clock: Any
) -> None:
    poll = stage.poll(results="closed", activity={"closes_at": clock.moment + timedelta(hours=1)})
    stage.answer(poll, stage.members[0])
    for browser in (as_member, as_coordinator):
        assert browser.get(stage.url(poll, "results")).status_code == 303
        assert "100 %" not in text_of(browser.get(stage.url(poll)))
    clock.turn(timedelta(hours=2))
    assert "100 %" in text_of(as_member.get(stage.url(poll, "results")))


def test_results_for_those_who_run_it_alone(
    stage: Stage, as_member: FlaskClient, as_coordinator: FlaskClient
) -> None:
    poll = stage.poll(results="never")
    stage.answer(poll, stage.members[0])
    assert "100 %" not in text_of(as_member.get(stage.url(poll)))
    assert "100 %" in text_of(as_coordinator.get(stage.url(poll)))


def test_names_are_shown_only_where_that_was_settled(
    stage: Stage, as_coordinator: FlaskClient
) -> None:
    named, unnamed = (
        stage.poll(results="always", privacy=privacy) for privacy in ("named", "unnamed")
    )
    for poll in (named, unnamed):
        stage.answer(poll, stage.members[0])
    assert stage.members[0].name in as_coordinator.get(stage.url(named)).text
    assert stage.members[0].name not in as_coordinator.get(stage.url(unnamed)).text


def test_who_comes_later_is_not_on_the_list(stage: Stage, login: Any) -> None:
    poll = stage.poll()
    late = stage.cast.member(stage.community)
    page = login(late).get(stage.url(poll))
    assert "Вас нет среди тех, кого спрашивают" in text_of(page)
    item = stage.structure(poll).items[0]
    sent = login(late).post(stage.url(poll, "answer"), data={item.name: item.choices[0].id})
    assert sent.status_code == 403


def test_the_list_is_that_of_the_opening_however_late_it_is_settled(
    stage: Stage, clock: Any
) -> None:
    opens = clock.moment + timedelta(days=1)
    poll = stage.poll(activity={"opens_at": opens})
    with stage.app.app_context():
        assert db.session.get_one(Poll, poll).electorate == 5
    stage.change(poll, electorate=None, audience="members")
    clock.turn(timedelta(days=3))
    stage.cast.member(stage.community)
    stage.settle(poll)
    assert stage.read(Poll, "electorate", activity_id=poll) == [(5,)]


def test_holders_of_a_role_alone_are_asked(stage: Stage) -> None:
    stage.cast.appoint(stage.members[2], stage.community, "tutor")
    poll = stage.poll(audience="roles", audience_keys=["tutor"])
    stage.settle(poll)
    assert stage.read(Voter, "user_id", activity_id=poll) == [(stage.members[2].id,)]


def test_lists_say_what_waits_for_whom(stage: Stage, as_member: FlaskClient) -> None:
    poll = stage.poll()
    assert "вы ещё не ответили" in text_of(as_member.get("/c/maths/"))
    assert "вы ещё не ответили" in text_of(as_member.get("/my"))
    assert "вы ещё не ответили" in text_of(as_member.get("/c/maths/polls/"))
    stage.answer(poll, stage.members[0])
    assert "вы ответили" in text_of(as_member.get("/c/maths/"))
    assert "вы ещё не ответили" not in text_of(as_member.get("/my"))


def test_a_guest_looks_and_is_asked_to_sign_in(stage: Stage, client: FlaskClient) -> None:
    poll = stage.poll(results="always")
    assert "Войдите, чтобы ответить" in client.get(stage.url(poll)).text
    assert client.post(stage.url(poll, "answer")).status_code in (302, 303, 401)
