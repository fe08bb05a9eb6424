"""What pages may ask of the database: few questions, and not more of them for long lists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient

from core.api import SYSTEM, Content, db, operation, utcnow
from core.testing.count import QueryCount
from plugins.forum.models import Post, Topic
from plugins.forum.tests.conftest import Forum

Counter = Callable[[], QueryCount]
MOST = 10


def count(client: FlaskClient, count_queries: Counter, url: str) -> int:
    """Statements of a page that was opened before, so that there is nothing left to mark."""
    assert client.get(url).status_code == 200
    with count_queries() as counted:
        assert client.get(url).status_code == 200
    return counted.number


def fill(forum: Forum, topic: int, topics: int = 0, posts: int = 0) -> None:
    """Rows in bulk: the forum is as large as somebody made it over years."""
    with forum.app.app_context():
        _fill(SYSTEM, forum, topic, topics, posts)


@operation
def _fill(actor: object, forum: Forum, topic: int, topics: int, posts: int) -> None:
    place = db.session.get_one(Topic, topic)
    first = 1_000_000
    contents: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    fixed = {"community_id": forum.community.id, "activity_id": forum.activity.id}
    for number in range(topics + posts):
        moment = utcnow() - timedelta(hours=number)
        kind = "forum.topic" if number < topics else "forum.post"
        contents.append(
            fixed | {"id": first + number, "kind": kind, "author_id": forum.moderator.id}
            | {"created_at": moment}
        )  # fmt: skip
        if number < topics:
            rows.append(
                {"id": first + number, "activity_id": forum.activity.id, "title": f"Тема {number}",
                 "section_id": place.section_id, "last_number": 1, "post_count": 1,
                 "last_post_at": moment, "last_author_id": forum.moderator.id}
            )  # fmt: skip
    db.session.execute(Content.__table__.insert(), contents)  # type: ignore[attr-defined]
    if rows:
        defaults = {"kind": "discussion", "visible": True, "pinned": False, "locked": False}
        defaults |= {"answered": False, "decision": "", "held_count": 0}
        db.session.execute(Topic.__table__.insert(), [defaults | r for r in rows])  # type: ignore[attr-defined]
    if posts:
        made = [
            {"id": first + topics + n, "activity_id": forum.activity.id, "topic_id": topic,
             "number": place.last_number + 1 + n, "thread": f"{place.last_number + 1 + n:06x}",
             "body": "<p>слово</p>", "is_answer": False, "has_files": False}
            for n in range(posts)
        ]  # fmt: skip
        db.session.execute(Post.__table__.insert(), made)  # type: ignore[attr-defined]
        place.last_number += posts
        place.post_count += posts


def test_the_list_of_topics(forum: Forum, as_member: FlaskClient, count_queries: Counter) -> None:
    topic = forum.topic(by=forum.moderator)
    pages = [forum.url, forum.url + "?show=unread", "/forum/unread"]
    few = [count(as_member, count_queries, page) for page in pages]
    assert max(few) <= MOST
    fill(forum, topic, topics=10_000)
    pages.append(forum.url + "?page=300")
    many = [count(as_member, count_queries, page) for page in pages]
    assert many[:3] == few
    assert max(many) <= MOST


def test_a_topic(forum: Forum, as_member: FlaskClient, count_queries: Counter) -> None:
    topic = forum.topic()
    page = forum.topic_url(topic)
    few = count(as_member, count_queries, page)
    assert few <= MOST
    fill(forum, topic, posts=10_000)
    assert count(as_member, count_queries, page) == few
    assert count(as_member, count_queries, page + "?page=150") == few
    assert count(as_member, count_queries, page + "?view=threaded&page=150") == few


def test_the_home_of_a_community_asks_the_forum_twice(
    forum: Forum, as_member: FlaskClient, count_queries: Counter
) -> None:
    forum.topic()
    url = f"/c/{forum.community.slug}/"
    as_member.get(url)
    with count_queries() as counted:
        as_member.get(url)
    asked = [s for s in counted.statements if "forum_" in s]
    assert len(asked) <= 2


def test_a_member_of_staff_asks_no_more_than_others(
    forum: Forum, as_moderator: FlaskClient, count_queries: Counter
) -> None:
    topic = forum.topic()
    forum.reply(topic)
    assert count(as_moderator, count_queries, forum.topic_url(topic)) <= MOST
    assert count(as_moderator, count_queries, forum.url) <= MOST
