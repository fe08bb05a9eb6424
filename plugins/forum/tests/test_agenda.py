"""The agenda: problems are planned, seen, commented on, and opened once on their day."""

from __future__ import annotations

import threading
from datetime import timedelta

from flask.testing import FlaskClient

from core.api import SYSTEM, Activity, Content, User, db, utcnow
from core.testing.cast import Turned
from plugins.forum import agenda, queries
from plugins.forum.agenda import Plan
from plugins.forum.models import Problem, ProblemState, Topic
from plugins.forum.tests.conftest import Forum, csrf, text_of

EN = {"Accept-Language": "en"}


def planned(forum: Forum, days: float = 1, title: str = "Домашнее задание") -> int:
    with forum.app.app_context():
        activity = db.session.get_one(Activity, forum.activity.id)
        plan = Plan(
            title=title, body="<p>Сколько и зачем?</p>", section=queries.sections_of(activity)[0],
            opens_at=utcnow() + timedelta(days=days),
        )  # fmt: skip
        user = db.session.get_one(User, forum.moderator.id)
        return agenda.plan_problem(user, activity, plan).id


def run_job(forum: Forum) -> None:
    with forum.app.app_context():
        agenda.open_due_problems()


def topics(forum: Forum) -> list[str]:
    with forum.app.app_context():
        return [row.title for row in db.session.query(Topic.title)]


def test_a_moderator_plans_and_members_see_and_remark(
    forum: Forum, as_moderator: FlaskClient, as_member: FlaskClient
) -> None:
    page = forum.url + "agenda/new"
    with forum.app.app_context():
        activity = db.session.get_one(Activity, forum.activity.id)
        section = queries.sections_of(activity)[0].id
    fields = {
        "csrf_token": csrf(as_moderator, page), "title": "Наставники", "body": "Что сработало?",
        "section": str(section), "opens_at": "2030-01-15T15:00",
    }  # fmt: skip
    sent = as_moderator.post(page, data=fields)
    assert sent.status_code == 303
    assert "Наставники" in as_member.get(forum.url + "agenda").text
    shown = as_member.get(sent.location)
    assert "Что сработало?" in shown.text
    number = sent.location.rsplit("/", 1)[1]
    remark = {"csrf_token": csrf(as_member, sent.location), "body": "Принесу цифры"}
    assert as_member.post(f"/contents/{number}/comments", data=remark).status_code == 303
    assert "Принесу цифры" in as_moderator.get(sent.location).text


def test_members_plan_nothing(forum: Forum, as_member: FlaskClient) -> None:
    problem = planned(forum)
    assert as_member.get(forum.url + "agenda/new").status_code == 403
    token = {"csrf_token": csrf(as_member, forum.url)}
    for action in ("open", "cancel", "edit"):
        answer = as_member.post(f"{forum.url}agenda/{problem}/{action}", data=token)
        assert answer.status_code == 403


def test_the_job_opens_a_problem_on_its_day_and_once(forum: Forum, clock: Turned) -> None:
    problem = planned(forum)
    run_job(forum)
    assert topics(forum) == []
    clock.turn(timedelta(days=1, minutes=1))
    run_job(forum)
    run_job(forum)
    assert topics(forum) == ["Домашнее задание"]
    state, topic = forum.read(Problem, problem, "state", "topic_id")
    assert state == ProblemState.OPENED
    assert forum.read(Content, topic, "author_id") == forum.moderator.id


def test_two_workers_open_a_problem_once(forum: Forum) -> None:
    planned(forum, days=-1)
    threads = [threading.Thread(target=run_job, args=[forum]) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert topics(forum) == ["Домашнее задание"]


def test_a_problem_waits_until_its_forum_is_open(forum: Forum) -> None:
    planned(forum, days=-1)
    with forum.app.app_context():
        from core.api import operation

        @operation
        def archive(actor: object, state: str) -> None:
            db.session.get_one(Activity, forum.activity.id).state = state

        archive(SYSTEM, "archived")
        agenda.open_due_problems()
        assert topics(forum) == []
        archive(SYSTEM, "published")
    run_job(forum)
    assert topics(forum) == ["Домашнее задание"]


def test_a_moderator_opens_changes_and_cancels(forum: Forum, as_moderator: FlaskClient) -> None:
    now, never = planned(forum, title="Сейчас"), planned(forum, title="Никогда")
    token = {"csrf_token": csrf(as_moderator, forum.url)}
    opened = as_moderator.post(f"{forum.url}agenda/{now}/open", data=token)
    assert "Сколько и зачем?" in as_moderator.get(opened.location).text
    again = as_moderator.post(f"{forum.url}agenda/{now}/open", data=token, headers=EN)
    assert "no longer" in text_of(again)
    as_moderator.post(f"{forum.url}agenda/{never}/cancel", data=token)
    assert "Никогда" not in as_moderator.get(forum.url + "agenda").text
    run_job(forum)
    assert topics(forum) == ["Сейчас"]


def test_an_old_form_does_not_undo_a_newer_change(forum: Forum, as_moderator: FlaskClient) -> None:
    problem = planned(forum)
    page = f"{forum.url}agenda/{problem}/edit"
    with forum.app.app_context():
        section = str(forum.read(Problem, problem, "section_id"))
    fields = {
        "csrf_token": csrf(as_moderator, page), "title": "Иначе", "body": "Новый текст",
        "section": section, "opens_at": "2030-01-15T15:00", "version": "1",
    }  # fmt: skip
    assert as_moderator.post(page, data=fields).status_code == 303
    late = as_moderator.post(page, data=fields | {"body": "Опоздавший текст"})
    assert late.status_code == 409
    assert "Опоздавший текст" in late.text


def test_what_a_problem_said_before_is_read_in_its_history_until_it_is_cancelled(
    forum: Forum, as_moderator: FlaskClient, as_member: FlaskClient
) -> None:
    problem = planned(forum)
    page = f"{forum.url}agenda/{problem}/edit"
    with forum.app.app_context():
        section = str(forum.read(Problem, problem, "section_id"))
    fields = {
        "csrf_token": csrf(as_moderator, page), "title": "Иначе", "body": "Новый текст",
        "section": section, "opens_at": "2030-01-15T15:00", "version": "1",
    }  # fmt: skip
    assert as_moderator.post(page, data=fields).status_code == 303
    history = f"/contents/{problem}/history"
    assert "<ins>Новый" in as_member.get(history).text
    as_moderator.post(f"{forum.url}agenda/{problem}/cancel", data=fields)
    for address in (history, f"/contents/{problem}/comments", f"/contents/{problem}"):
        assert as_member.get(address).status_code == 404, address
