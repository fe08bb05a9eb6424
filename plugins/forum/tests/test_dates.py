"""The agenda in calendars: on its day, for those who may see it, and no longer than it is true."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask.testing import FlaskClient

from core.api import SYSTEM, Content, User, db, operation, utcnow
from core.testing.count import QueryCount
from plugins.forum import agenda
from plugins.forum.models import Problem
from plugins.forum.tests.conftest import Forum
from plugins.forum.tests.test_agenda import planned

EN = {"Accept-Language": "en"}


def calendar(browser: FlaskClient, forum: Forum, days: float = 1) -> str:
    on = f"{utcnow() + timedelta(days=days):%Y-%m-%d}"
    page = f"/c/{forum.community.slug}/calendar?view=agenda&on={on}"
    answer = browser.get(page, headers=EN)
    assert answer.status_code == 200
    return answer.text


def test_a_planned_problem_stands_in_the_calendar_until_it_is_called_off(
    forum: Forum, as_member: FlaskClient
) -> None:
    number = planned(forum, days=2)
    html = calendar(as_member, forum)
    assert f"{forum.url}agenda/{number}" in html
    assert "discussion of a problem" in html
    with forum.app.app_context():
        user = db.session.get_one(User, forum.moderator.id)
        agenda.cancel_problem(user, db.session.get_one(Problem, number))
    html = calendar(as_member, forum)
    assert "called off" in html
    assert as_member.get(f"{forum.url}agenda").status_code == 200
    assert f"{forum.url}agenda/{number}" not in html


def test_a_problem_that_was_opened_early_moves_to_that_day(
    forum: Forum, as_member: FlaskClient
) -> None:
    number = planned(forum, days=5)
    with forum.app.app_context():
        user = db.session.get_one(User, forum.moderator.id)
        agenda.open_problem(user, db.session.get_one(Problem, number))
    assert "Домашнее задание" not in calendar(as_member, forum, days=2)
    assert "Домашнее задание" in calendar(as_member, forum, days=0)


def test_a_hidden_problem_is_in_no_calendar(forum: Forum, as_member: FlaskClient) -> None:
    number = planned(forum, days=2)
    with forum.app.app_context():
        _hide(SYSTEM, number)
    assert "Домашнее задание" not in calendar(as_member, forum)


@operation
def _hide(actor: object, number: int) -> None:
    db.session.get_one(Content, number).hidden_at = utcnow()


def test_the_calendar_and_what_is_unread_are_one_question(
    forum: Forum, as_member: FlaskClient, count_queries: Callable[[], QueryCount]
) -> None:
    """And the answer counts right, whatever is planned where."""
    planned(forum, days=2)
    planned(forum, days=3, title="Наставники")
    forum.topic(by=forum.moderator)
    for page in (f"/c/{forum.community.slug}/", "/my", f"/c/{forum.community.slug}/calendar"):
        as_member.get(page)
        with count_queries() as counted:
            html = as_member.get(page, headers=EN).text
        assert "Наставники" in html, page
        assert 'badge-accent">1<' in html, page
        assert len([s for s in counted.statements if "forum_" in s]) <= 2, page


def test_the_day_of_a_problem_is_noted_from_its_page(forum: Forum, as_member: FlaskClient) -> None:
    number = planned(forum, days=2)
    page = f"{forum.url}agenda/{number}"
    assert f"{page}/date.ics" in as_member.get(page).text
    answer = as_member.get(f"{page}/date.ics")
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert f"UID:forum.problem.{number}@localhost" in answer.text
    with forum.app.app_context():
        _hide(SYSTEM, number)
    assert as_member.get(f"{page}/date.ics").status_code == 404
