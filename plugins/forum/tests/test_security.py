"""What others must not read, whatever address they try."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask.testing import FlaskClient

from core.api import SYSTEM, Content, User, db, hide, utcnow
from plugins.forum import agenda, moderation, operations, queries
from plugins.forum.models import Problem, ProblemState, Topic
from plugins.forum.operations import Written
from plugins.forum.tests.conftest import Forum

SECRET = "Это читать нельзя"


def hidden(forum: Forum, content: int) -> None:
    with forum.app.app_context():
        hide(SYSTEM, db.session.get_one(Content, content), "Оскорбление")


def test_a_hidden_post_is_not_read_through_its_menu(
    forum: Forum, login: Callable[..., FlaskClient]
) -> None:
    topic = forum.topic()
    post = forum.reply(topic, f"<p>{SECRET}</p>")
    hidden(forum, post)
    outsider = forum.cast.user()
    for person in (forum.member, outsider):
        browser = login(person)
        for address in (
            f"{forum.url}posts/{post}/menu", forum.topic_url(topic), f"/contents/{post}/history",
            f"/contents/{post}/comments", f"{forum.url}posts/{post}/edit",
            f"{forum.topic_url(topic)}?reply={post}",
        ):  # fmt: skip
            assert SECRET not in browser.get(address, follow_redirects=True).text, address
    assert SECRET in login(forum.moderator).get(f"{forum.url}posts/{post}/menu").text


def planned(forum: Forum, wait: timedelta) -> int:
    with forum.app.app_context():
        from core.api import Activity, User

        activity = db.session.get_one(Activity, forum.activity.id)
        moderator = db.session.get_one(User, forum.moderator.id)
        plan = agenda.Plan(
            title=SECRET, body=f"<p>{SECRET}</p>", opens_at=utcnow() + wait,
            section=queries.sections_of(activity)[0],
        )  # fmt: skip
        return agenda.plan_problem(moderator, activity, plan).id


def test_a_hidden_problem_is_for_the_staff_alone(
    forum: Forum, as_member: FlaskClient, as_moderator: FlaskClient
) -> None:
    problem = planned(forum, timedelta(days=1))
    addresses = (f"{forum.url}agenda", f"{forum.url}agenda/{problem}")
    assert all(SECRET in as_member.get(address).text for address in addresses)
    hidden(forum, problem)
    assert not any(SECRET in as_member.get(address).text for address in addresses)
    assert all(SECRET in as_moderator.get(address).text for address in addresses)


def test_a_hidden_problem_does_not_open_by_itself(forum: Forum) -> None:
    problem = planned(forum, timedelta(minutes=-1))
    hidden(forum, problem)
    with forum.app.app_context():
        agenda.open_due_problems()
    assert forum.read(Problem, problem, "state") == ProblemState.PLANNED


def test_an_edit_from_a_version_that_never_was_is_a_conflict(
    forum: Forum, as_member: FlaskClient
) -> None:
    post = forum.first_post(forum.topic())
    form = {"title": "Дроби", "body": "Иначе", "version": "99"}
    answer = as_member.post(f"{forum.url}posts/{post}/edit", data=form)
    assert answer.status_code == 409
    assert "Иначе" in answer.text


def test_numbers_that_no_post_has_are_no_posts(forum: Forum, as_member: FlaskClient) -> None:
    topic = forum.topic()
    form = {"body": "Ответ", "parent": "99999999999"}
    assert as_member.post(f"{forum.topic_url(topic)}/reply", data=form).status_code == 303


def test_what_led_to_a_decision_is_changed_by_moderators_alone(
    forum: Forum, as_member: FlaskClient, as_moderator: FlaskClient
) -> None:
    topic = forum.topic()
    with forum.app.app_context():
        member = db.session.get_one(User, forum.member.id)
        written = Written(body="<p>За пятое декабря.</p>")
        post = operations.reply(member, db.session.get_one(Topic, topic), written).id
    address = f"{forum.url}posts/{post}"
    assert as_member.get(f"{address}/edit").status_code == 200
    with forum.app.app_context():
        moderation.reach_decision(
            SYSTEM, db.session.get_one(Topic, topic), "<p>Пятого декабря.</p>"
        )
    assert as_member.get(f"{address}/edit").status_code == 403
    assert as_member.post(f"{address}/withdraw").status_code == 403
    assert as_moderator.get(f"{address}/edit").status_code == 200
