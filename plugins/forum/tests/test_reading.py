"""Unread marks: what is new to somebody, and that it stops being so only when it was shown."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient

from core.api import db
from plugins.forum.models import Read, Reader, Topic
from plugins.forum.tests.conftest import Forum, csrf, text_of

EN = {"Accept-Language": "en"}


def number_read(forum: Forum, topic: int, user: int) -> int:
    with forum.app.app_context():
        row = db.session.get(Read, {"user_id": user, "topic_id": topic})
        return row.number if row else 0


def test_new_posts_are_counted_from_topic_to_menu(forum: Forum, as_member: FlaskClient) -> None:
    topic = forum.topic(by=forum.moderator)
    forum.reply(topic)
    page = text_of(as_member.get(forum.url, headers=EN))
    assert "2 new ones" in page
    assert "unread" in text_of(as_member.get(f"/c/{forum.community.slug}/", headers=EN))
    assert "2 new ones" in text_of(as_member.get("/forum/unread", headers=EN))
    as_member.get(forum.topic_url(topic))
    assert "2 new ones" not in text_of(as_member.get(forum.url, headers=EN))
    assert "You have read everything" in text_of(as_member.get("/forum/unread", headers=EN))


def test_what_was_written_before_one_joined_is_not_new(
    forum: Forum, login: Callable[..., FlaskClient]
) -> None:
    forum.topic()
    late = forum.cast.member(forum.community)
    forum.deliver()
    assert "1 new" not in text_of(login(late).get(forum.url, headers=EN))


def test_the_unread_line_stands_above_the_first_new_post(
    forum: Forum, as_member: FlaskClient
) -> None:
    topic = forum.topic()
    as_member.get(forum.topic_url(topic))
    new = forum.reply(topic)
    shown = as_member.get(forum.topic_url(topic)).text
    assert shown.index('id="new"') < shown.index(f'id="post-{new}"')
    assert 'id="new"' not in as_member.get(forum.topic_url(topic)).text


def test_only_what_was_shown_without_a_gap_becomes_read(
    forum: Forum, as_member: FlaskClient
) -> None:
    topic = forum.topic(by=forum.moderator)
    for _ in range(119):
        forum.reply(topic)
    as_member.get(forum.topic_url(topic) + "?page=3")
    assert number_read(forum, topic, forum.member.id) == 0
    as_member.get(forum.topic_url(topic))
    assert number_read(forum, topic, forum.member.id) == 50
    leads = as_member.get(forum.topic_url(topic) + "/unread")
    assert "page=2" in as_member.get(leads.location).location
    as_member.get(forum.topic_url(topic) + "?page=2")
    as_member.get(forum.topic_url(topic) + "?page=3")
    as_member.get(forum.topic_url(topic))
    assert number_read(forum, topic, forum.member.id) == 120


def test_a_prefetch_or_a_look_at_the_headers_reads_nothing(
    forum: Forum, as_member: FlaskClient
) -> None:
    topic = forum.topic(by=forum.moderator)
    as_member.head(forum.topic_url(topic))
    as_member.get(forum.topic_url(topic), headers={"Sec-Purpose": "prefetch"})
    assert number_read(forum, topic, forum.member.id) == 0


def test_ones_own_post_is_read_unless_others_came_between(forum: Forum) -> None:
    topic = forum.topic()
    assert number_read(forum, topic, forum.member.id) == 1
    forum.reply(topic)
    forum.reply(topic, by=forum.member)
    assert number_read(forum, topic, forum.member.id) == 1


def test_everything_is_marked_as_read_at_once(forum: Forum, as_member: FlaskClient) -> None:
    seen = forum.topic(by=forum.moderator)
    as_member.get(forum.topic_url(seen))
    forum.reply(seen)
    forum.topic("Ещё одна", by=forum.moderator)
    as_member.post(forum.url + "read", data={"csrf_token": csrf(as_member, forum.url)})
    assert "You have read everything" in text_of(as_member.get("/forum/unread", headers=EN))
    forum.reply(seen)
    assert "1 new" in text_of(as_member.get(forum.url, headers=EN))


def test_a_discussion_is_kept_for_later(forum: Forum, as_member: FlaskClient) -> None:
    topic = forum.topic(by=forum.moderator)
    forum.reply(topic)
    url = forum.topic_url(topic)
    as_member.get(url)
    fields = {"csrf_token": csrf(as_member, url), "number": "2"}
    as_member.post(url + "/unread", data=fields)
    assert "1 new" in text_of(as_member.get(forum.url, headers=EN))


def test_marks_are_forgotten_with_the_membership(forum: Forum, as_member: FlaskClient) -> None:
    topic = forum.topic(by=forum.moderator)
    as_member.get(forum.topic_url(topic))
    leave = f"/c/{forum.community.slug}/leave"
    as_member.post(leave, data={"csrf_token": csrf(as_member, forum.url + "new")})
    forum.deliver()
    with forum.app.app_context():
        assert db.session.query(Read).filter_by(user_id=forum.member.id).count() == 0
        assert db.session.query(Reader).filter_by(user_id=forum.member.id).count() == 0


def test_lists_narrow_to_what_one_looks_for(forum: Forum, as_member: FlaskClient) -> None:
    forum.topic("Моя тема")
    answered = forum.topic("Чужая с ответом", by=forum.moderator)
    forum.reply(answered)
    informal = forum.topic("За чаем", by=forum.moderator, section=1)
    assert informal
    shown = as_member.get(forum.url + "?show=mine").text
    assert "Моя тема" in shown
    assert "Чужая" not in shown
    shown = as_member.get(forum.url + "?show=unanswered").text
    assert "Чужая" not in shown
    assert "За чаем" in shown
    shown = as_member.get(forum.url + "?show=unread").text
    assert "Моя тема" not in shown
    section = forum.read(Topic, informal, "section_id")
    shown = as_member.get(f"{forum.url}?section={section}").text
    assert "За чаем" in shown
    assert "Моя тема" not in shown
