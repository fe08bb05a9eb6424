"""The course of a poll: early end, more time, reminders, the decision and its protocol."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from core.api import Activity, Community, User, db
from plugins.polls.editing import Draft
from plugins.polls.models import Poll
from plugins.polls.tests.conftest import Stage, text_of


def notices(stage: Stage, kind: str) -> set[int]:
    """Whom the site has told something of this kind."""
    from sqlalchemy import text

    with stage.app.app_context():
        rows = db.session.execute(text("SELECT user_id FROM notices WHERE kind = :k"), {"k": kind})
        return {row.user_id for row in rows}


def test_an_early_end_needs_a_reason_that_everybody_reads(
    stage: Stage, as_coordinator: FlaskClient, as_member: FlaskClient, clock: Any
) -> None:
    poll = stage.poll(activity={"closes_at": clock.moment + timedelta(days=3)})
    assert (
        as_coordinator.post(stage.url(poll, "run/close"), data={"reason": " "}).status_code == 400
    )
    sent = as_coordinator.post(stage.url(poll, "run/close"), data={"reason": "Все согласны"})
    assert sent.status_code == 303
    page = text_of(as_member.get(stage.url(poll)))
    assert "Закрыт досрочно: Все согласны" in page
    assert "Этот опрос закрыт" in page
    again = as_coordinator.post(stage.url(poll, "run/close"), data={"reason": "Ещё раз"})
    assert again.status_code == 409


def test_what_is_archived_before_its_end_has_not_closed_in_the_future(
    stage: Stage, as_coordinator: FlaskClient, as_member: FlaskClient, clock: Any
) -> None:
    poll = stage.poll(activity={"closes_at": clock.moment + timedelta(days=3)})
    as_coordinator.post(f"/c/maths/activities/{poll}/archive")
    page = text_of(as_member.get(stage.url(poll)))
    assert "В архиве: ответить уже нельзя" in page
    assert "Закрыт " not in page
    clock.turn(timedelta(days=4))
    assert "Закрыт " in text_of(as_member.get(stage.url(poll)))


def drafted(stage: Stage, clock: Any) -> int:
    """A questionnaire whose dates have passed while its questions were being written."""
    made = stage.cast.activity(
        stage.community, "polls", "questionnaire", state="draft",
        opens_at=clock.moment - timedelta(days=2), closes_at=clock.moment - timedelta(days=1),
    )  # fmt: skip
    return made.id


def test_a_questionnaire_without_questions_or_time_is_not_published(
    stage: Stage, as_coordinator: FlaskClient, clock: Any
) -> None:
    poll = drafted(stage, clock)
    publish = f"/c/maths/activities/{poll}/publish"
    empty = as_coordinator.post(publish)
    assert empty.status_code == 400
    assert "Напишите хотя бы один вопрос" in text_of(empty)
    stage.ask(poll, Draft(kind="short", text="Слово"))
    late = as_coordinator.post(publish)
    assert late.status_code == 400
    assert "Срок уже прошёл" in text_of(late)
    assert stage.read(Activity, "state", id=poll) == [("draft",)]
    stage.cast._change(Activity, poll, {"closes_at": clock.moment + timedelta(days=1)})
    assert as_coordinator.post(publish).status_code == 303


def test_a_question_is_not_asked_with_an_end_that_has_passed(
    stage: Stage, as_coordinator: FlaskClient, clock: Any
) -> None:
    past = (clock.moment - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    data = {
        "title": "Когда?", "options": "В среду\nВ пятницу", "kind": "one", "ends": "date",
        "closes_at": past, "state": "published", "audience": "members", "privacy": "unnamed",
        "results": "answered",
    }  # fmt: skip
    page = as_coordinator.post("/c/maths/polls/new", data=data)
    assert page.status_code == 400
    assert "Срок уже прошёл" in text_of(page)


@pytest.mark.parametrize("way", ["run/extend", "settings"])
def test_more_time_opens_what_nobody_was_asked_yet(
    stage: Stage, as_coordinator: FlaskClient, as_member: FlaskClient, clock: Any, way: str
) -> None:
    poll = stage.poll(activity={"closes_at": clock.moment + timedelta(days=1), "state": "draft"})
    clock.turn(timedelta(days=2))
    stage.cast._change(Activity, poll, {"state": "published"})
    until = (clock.moment + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    data = {"title": "Согласны?", "options": "Да\nНет", "closes_at": until, "kind": "one",
            "results": "answered", "audience": "members", "privacy": "unnamed"}  # fmt: skip
    if way == "settings":
        sent = as_coordinator.post(f"/c/maths/activities/{poll}/settings", data=data)
    else:
        sent = as_coordinator.post(stage.url(poll, way), data={"until": until})
    assert sent.status_code == 303
    assert stage.read(Poll, "electorate", activity_id=poll) == [(5,)]
    assert notices(stage, "polls.opened") == {
        person.id for person in (stage.coordinator, *stage.members)
    }
    assert notices(stage, "polls.extended") == set()
    assert "Проголосовать" in text_of(as_member.get(stage.url(poll)))


def test_an_end_in_the_settings_is_no_way_round_the_reason(
    stage: Stage, as_coordinator: FlaskClient, clock: Any
) -> None:
    poll = stage.poll(activity={"closes_at": clock.moment + timedelta(days=3)})
    past = (clock.moment - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    data = {"title": "Согласны?", "options": "Да\nНет", "closes_at": past, "kind": "one",
            "results": "answered", "audience": "members", "privacy": "unnamed"}  # fmt: skip
    page = as_coordinator.post(f"/c/maths/activities/{poll}/settings", data=data)
    assert page.status_code == 400
    assert "закройте его на его странице" in page.text


def test_more_time_is_told_to_those_who_are_asked(
    stage: Stage, as_coordinator: FlaskClient, as_member: FlaskClient, clock: Any
) -> None:
    ends = clock.moment + timedelta(days=1)
    poll = stage.poll(activity={"closes_at": ends})
    data = {"until": (ends + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")}
    assert as_coordinator.post(stage.url(poll, "run/extend"), data=data).status_code == 303
    assert notices(stage, "polls.extended") == {member.id for member in stage.members}
    assert "Продлён 1 раз" in text_of(as_member.get(stage.url(poll)))
    earlier = {"until": (ends - timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")}
    assert as_coordinator.post(stage.url(poll, "run/extend"), data=earlier).status_code == 400


def test_those_alone_are_reminded_who_have_not_answered(
    stage: Stage, as_coordinator: FlaskClient, login: Any
) -> None:
    poll = stage.poll()
    stage.answer(poll, stage.members[0])
    page = as_coordinator.get(stage.url(poll, "run"))
    assert "Не ответили 4 человека" in text_of(page)
    assert as_coordinator.post(stage.url(poll, "run/remind")).status_code == 303
    silent = {person.id for person in (stage.coordinator, *stage.members[1:])}
    assert notices(stage, "polls.reminder") == silent
    assert as_coordinator.post(stage.url(poll, "run/remind")).status_code == 400
    late = stage.members[1]
    assert "Вы ещё не ответили" in login(late).get("/me/notices").text
    stage.answer(poll, late)
    assert "Вы ещё не ответили" not in login(late).get("/me/notices").text


def test_one_voice_a_school_reminds_no_colleague_of_a_school_that_has_answered(
    stage: Stage, as_coordinator: FlaskClient
) -> None:
    school = stage.cast.school().id
    first, second = (stage.cast.member(stage.community, school_id=school) for _ in range(2))
    poll = stage.poll(by_school=True)
    stage.answer(poll, first)
    as_coordinator.post(stage.url(poll, "run/remind"))
    assert notices(stage, "polls.reminder") == {member.id for member in stage.members}
    assert second.id not in notices(stage, "polls.reminder")


def test_a_day_before_the_end_the_worker_reminds(
    stage: Stage, clock: Any, run_jobs: Callable[[], int]
) -> None:
    ends = clock.moment + timedelta(days=4)
    poll = stage.poll(activity={"closes_at": ends})
    with stage.app.app_context():
        _schedule(poll)
    stage.answer(poll, stage.members[0])
    clock.turn(timedelta(days=2))
    run_jobs()
    assert notices(stage, "polls.reminder") == set()
    clock.set(ends - timedelta(hours=23, minutes=59))
    run_jobs()
    assert stage.members[0].id not in notices(stage, "polls.reminder")
    assert stage.members[1].id in notices(stage, "polls.reminder")
    clock.set(ends + timedelta(seconds=5))
    run_jobs()
    assert stage.members[0].id in notices(stage, "polls.closed")


def _schedule(poll: int) -> None:
    from core.api import SYSTEM, operation
    from plugins.polls import running

    @operation
    def schedule(actor: object) -> None:
        running.schedule(db.session.get_one(Poll, poll))

    schedule(SYSTEM)


def test_those_who_are_asked_hear_of_it(stage: Stage) -> None:
    stage.poll()
    stage.deliver()
    assert notices(stage, "polls.opened") == {
        person.id for person in (stage.coordinator, *stage.members)
    }


def test_a_result_is_published_as_a_decision_with_its_protocol(
    stage: Stage, as_coordinator: FlaskClient, as_member: FlaskClient, clock: Any
) -> None:
    poll = stage.poll("За", "Против", activity={"closes_at": clock.moment + timedelta(days=1)})
    for member in stage.members:
        stage.answer(poll, member)
    assert as_coordinator.get(stage.url(poll, "decision")).status_code == 303
    clock.turn(timedelta(days=2))
    assert as_member.get(stage.url(poll, "protocol")).status_code == 303
    sent = as_coordinator.post(stage.url(poll, "decision"), data={"body": "Проводим в мае"})
    assert sent.status_code == 303
    page = text_of(as_member.get(stage.url(poll, "protocol")))
    for said in ("Проводим в мае", "За 4 100 %", "без имён", "Ответили 4 (80 %)", "Председатель"):
        assert said in page
    assert "Проводим в мае" in text_of(as_member.get(stage.url(poll)))
    assert notices(stage, "polls.decided") == {member.id for member in stage.members}
    twice = as_coordinator.post(stage.url(poll, "decision"), data={"body": "Нет, в июне"})
    assert twice.status_code == 409
    later = {"until": (clock.moment + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")}
    assert as_coordinator.post(stage.url(poll, "run/extend"), data=later).status_code == 400


def test_one_voice_a_school(stage: Stage, login: Any) -> None:
    school = stage.cast.school().id
    first, second = (stage.cast.member(stage.community, school_id=school) for _ in range(2))
    poll = stage.poll(by_school=True)
    stage.answer(poll, first)
    assert stage.answer(poll, second, 1) == "kept"
    page = text_of(login(second).get(stage.url(poll)))
    assert "Ваша школа уже ответила" in page
    assert "Спрашиваем 5 школ, у каждой один голос" in page
    # The coordinator is of no school that anybody knows of.
    assert "Вас нет среди тех" in text_of(login(stage.coordinator).get(stage.url(poll)))


def test_schools_of_a_category_are_asked(stage: Stage) -> None:
    from core.api import SYSTEM, School, operation

    @operation
    def name(actor: object) -> None:
        person = db.session.get_one(User, stage.members[3].id)
        db.session.get_one(School, person.school_id).category = "ШНОР"

    with stage.app.app_context():
        name(SYSTEM)
    poll = stage.poll(audience="categories", audience_keys=["ШНОР"])
    stage.settle(poll)
    assert stage.read(Poll, "electorate", activity_id=poll) == [(1,)]


def test_a_draft_asks_nobody_before_it_is_published(
    stage: Stage, as_coordinator: FlaskClient, as_member: FlaskClient
) -> None:
    poll = stage.poll(activity={"state": "draft"})
    assert stage.read(Poll, "electorate", activity_id=poll) == [(None,)]
    assert as_member.get(stage.url(poll)).status_code == 404
    late = stage.cast.member(stage.community)
    as_coordinator.post(f"/c/maths/activities/{poll}/publish")
    stage.deliver()
    assert stage.read(Poll, "electorate", activity_id=poll) == [(6,)]
    assert late.id in notices(stage, "polls.opened")
    with stage.app.app_context():
        assert db.session.get_one(Activity, poll).community == db.session.get_one(
            Community, stage.community.id
        )
