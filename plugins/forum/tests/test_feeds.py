"""Feeds of a forum: what everybody may read, as another program reads it, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import feedparser
import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.api import Community, Content, User, approve, db, hide, operation
from core.testing.cast import Cast, Turned
from core.testing.count import QueryCount
from plugins.forum.tests.conftest import Forum, make_forum
from plugins.forum.tests.test_budget import fill

NEWS = "feed.xml"


def read(browser: FlaskClient, path: str) -> Any:
    """A feed that is there and well-formed."""
    answer = browser.get(path)
    assert answer.status_code == 200, path
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    found = feedparser.parse(answer.data)
    assert found.bozo == 0
    assert found.version == "atom10"
    return found


def titles(browser: FlaskClient, path: str) -> list[str]:
    return [entry.title for entry in read(browser, path).entries]


def moderate(forum: Forum, deed: Callable[[User, Content], None], number: int) -> None:
    with forum.app.app_context():
        deed(db.session.get_one(User, forum.moderator.id), db.session.get_one(Content, number))


def test_new_discussions_come_with_their_first_post(forum: Forum, client: FlaskClient) -> None:
    body = '<p>Как & <a href="/people/1">Анна</a> «так»? &lt;b&gt; href="/x" ]]&gt;</p>'
    first = forum.topic(title="Дроби & <доли>", body=body)
    second = forum.topic(title="Проценты", by=forum.moderator)
    found = read(client, forum.url + NEWS)
    assert [entry.title for entry in found.entries] == ["Проценты", "Дроби & <доли>"]
    entry = found.entries[1]
    assert entry.id == f"tag:localhost,2026:forum.topic.{first}"
    assert entry.link == f"http://localhost{forum.topic_url(first)}"
    assert entry.author == forum.member.name
    content = entry.content[0]
    assert content.type == "text/html"
    assert 'href="http://localhost/people/1"' in content.value
    assert "&lt;b&gt;" in content.value
    assert 'href="/x"' in content.value
    assert found.feed.link == f"http://localhost{forum.url}"
    own = next(link for link in found.feed.links if link.rel == "self")
    assert own.href == f"http://localhost{forum.url}{NEWS}"
    assert found.entries[0].id.endswith(f".{second}")


def test_posts_of_a_discussion_come_newest_first(
    forum: Forum, client: FlaskClient, clock: Turned
) -> None:
    topic = forum.topic()
    clock.turn(timedelta(hours=2))
    post = forum.reply(topic, body="<p>Ответ</p>")
    path = f"{forum.topic_url(topic)}/{NEWS}"
    found = read(client, path)
    assert [entry.content[0].value for entry in found.entries] == ["<p>Ответ</p>", "<p>Как?</p>"]
    newest = found.entries[0]
    assert newest.link == f"http://localhost{forum.url}posts/{post}"
    assert newest.updated == found.feed.updated
    assert newest.published > found.entries[1].published
    assert forum.moderator.name in newest.author


def test_what_is_hidden_held_merged_or_moved_away_is_not_in_feeds(
    forum: Forum, client: FlaskClient, as_moderator: FlaskClient
) -> None:
    topic, other = forum.topic(title="Видно"), forum.topic(title="Скрыто")
    post = forum.reply(topic, body="<p>Лишнее</p>")
    moderate(forum, lambda user, content: hide(user, content, "спам"), other)
    moderate(forum, lambda user, content: hide(user, content, "спам"), post)
    for browser in (client, as_moderator):
        assert titles(browser, forum.url + NEWS) == ["Видно"]
        assert "Лишнее" not in browser.get(f"{forum.topic_url(topic)}/{NEWS}").text
    assert as_moderator.get(f"{forum.topic_url(other)}/{NEWS}").status_code == 404
    assert client.get(f"{forum.topic_url(other)}/{NEWS}").status_code in (302, 303, 404)


def test_what_waits_for_approval_is_in_no_feed(careful_forum: Forum, client: FlaskClient) -> None:
    topic = careful_forum.topic(title="Новичок")
    assert titles(client, careful_forum.url + NEWS) == []
    moderate(careful_forum, approve, topic)
    with careful_forum.app.app_context():
        first = careful_forum.first_post(topic)
    moderate(careful_forum, approve, first)
    assert titles(client, careful_forum.url + NEWS) == ["Новичок"]


@pytest.mark.parametrize("visibility", ["listed", "private"])
def test_a_forum_for_members_has_no_feed(
    app: Flask, cast: Cast, visibility: str, client: FlaskClient
) -> None:
    forum = make_forum(app, cast, "closed")
    topic = forum.topic(title="Внутреннее")
    with app.app_context():
        _close(forum.member, forum.community.id, visibility)
    member, outsider = cast.browser(forum.member), cast.browser(cast.user())
    for path, page in (
        (forum.url + NEWS, forum.url),
        (f"{forum.topic_url(topic)}/{NEWS}", forum.topic_url(topic)),
    ):
        led = member.get(path)
        assert (led.status_code, led.location) == (302, page)
        assert "atom+xml" not in member.get(page).text
        for browser in (client, outsider):
            answer = browser.get(path)
            assert answer.status_code in (302, 303, 403, 404)
            assert "Внутреннее" not in answer.text


@operation
def _close(actor: Any, number: int, visibility: str) -> None:
    db.session.get_one(Community, number).visibility = visibility


def test_a_feed_is_found_from_its_page_and_not_sent_twice(
    forum: Forum, client: FlaskClient
) -> None:
    topic = forum.topic()
    for page, path in (
        (forum.url, forum.url + NEWS),
        (forum.topic_url(topic), f"{forum.topic_url(topic)}/{NEWS}"),
    ):
        link = 'type="application/atom+xml" title="'
        head = client.get(page).text.split("</head>")[0]
        assert link in head
        assert f'href="{path}"' in head
        etag = client.get(path).headers["ETag"]
        again = client.get(path, headers={"If-None-Match": etag})
        assert (again.status_code, again.data) == (304, b"")
        forum.reply(topic)
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 200


def test_a_feed_of_nothing_is_a_feed(forum: Forum, client: FlaskClient) -> None:
    found = read(client, forum.url + NEWS)
    assert found.entries == []
    assert found.feed.updated


def test_an_erased_author_is_named_no_more(forum: Forum, client: FlaskClient, cast: Cast) -> None:
    forum.topic()
    forget = {"current_password": forum.member.password, "sure": "y", "confirm": "y"}
    assert cast.browser(forum.member).post("/me/data", data=forget).status_code == 303
    assert forum.member.name not in client.get(forum.url + NEWS).text
    assert titles(client, forum.url + NEWS)


def test_feeds_cost_the_same_for_many(
    forum: Forum, client: FlaskClient, count_queries: Callable[[], QueryCount]
) -> None:
    topic = forum.topic()
    own = f"/c/{forum.community.slug}/{NEWS}"
    paths = [forum.url + NEWS, f"{forum.topic_url(topic)}/{NEWS}", own]
    few = [_cost(client, count_queries, path) for path in paths]
    assert max(few) <= 7
    fill(forum, topic, topics=10_000, posts=10_000)
    assert [_cost(client, count_queries, path) for path in paths] == few
    assert len(read(client, paths[1]).entries) == 25


def _cost(client: FlaskClient, count_queries: Callable[[], QueryCount], path: str) -> int:
    client.get(path)
    with count_queries() as counted:
        assert client.get(path).status_code == 200
    return counted.number


def test_new_discussions_stand_in_the_feed_of_the_community(
    forum: Forum, client: FlaskClient, clock: Turned
) -> None:
    clock.turn(timedelta(hours=1))
    first = forum.topic(title="Видно", body="<p>Слово</p>")
    clock.turn(timedelta(hours=1))
    hidden = forum.topic(title="Скрыто")
    moderate(forum, lambda user, content: hide(user, content, "спам"), hidden)
    found = read(client, f"/c/{forum.community.slug}/feed.xml")
    assert found.entries[0].title == "Видно"
    assert found.entries[0].link == f"http://localhost{forum.topic_url(first)}"
    assert found.entries[0].content[0].value == "<p>Слово</p>"
    assert "Скрыто" not in [entry.title for entry in found.entries]
