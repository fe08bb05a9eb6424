"""What other pages get from the forum, whose data it holds, and that kept HTML is never wrong."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient

from core.api import SYSTEM, User, current_viewer, db, operation
from core.testing.cast import Cast, Made
from plugins.forum import hooks, personal
from plugins.forum.models import POSTS_A_PAGE, Post, Read, Reader, Topic
from plugins.forum.tests.conftest import Forum, csrf, text_of

EN = {"Accept-Language": "en"}


def change(forum: Forum, person: Made, **values: Any) -> None:
    with forum.app.app_context():
        _change(SYSTEM, person.id, values)


@operation
def _change(actor: object, number: int, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(db.session.get_one(User, number), name, value)


def test_a_new_name_stands_in_posts_at_once(forum: Forum, as_member: FlaskClient) -> None:
    topic = forum.topic(by=forum.moderator)
    url = forum.topic_url(topic)
    assert "Новикова" not in as_member.get(url).text
    change(forum, forum.moderator, surname="Новикова")
    assert "Новикова Анна Петровна" in as_member.get(url).text


def test_both_lists_of_pages_can_be_told_apart(forum: Forum, as_member: FlaskClient) -> None:
    topic = forum.topic()
    for _turn in range(POSTS_A_PAGE):
        forum.reply(topic)
    second = as_member.get(forum.topic_url(topic) + "?page=2", headers=EN).text
    names = re.findall(r'<nav class="pages" aria-label="([^"]+)"', second)
    assert names == ["Pages, above the posts", "Pages"]


def test_everybody_reads_the_time_of_their_own_zone(
    forum: Forum, login: Callable[..., FlaskClient]
) -> None:
    topic = forum.topic()
    near = login(forum.cast.member(forum.community, zone_name="Europe/Moscow"))
    far = login(forum.cast.member(forum.community, zone_name="Asia/Kamchatka"))

    def times(client: FlaskClient) -> str:
        page = client.get(forum.topic_url(topic)).text
        return page.split('<a class="post-time"')[1].split("</time>")[0].rsplit(">", 1)[1]

    assert times(near) != times(far)
    assert times(near) == times(near)


def test_a_sign_is_ones_own_and_counted(
    forum: Forum, as_member: FlaskClient, as_moderator: FlaskClient
) -> None:
    topic = forum.topic()
    post = forum.first_post(topic)
    fields = {"csrf_token": csrf(as_member, forum.topic_url(topic)), "sign": "thanks"}
    assert as_member.post(f"/contents/{post}/react", data=fields).status_code == 303
    sign = f'form="signs" formaction="/contents/{post}/react" name="sign" value="thanks"'
    page = as_member.get(forum.topic_url(topic)).text
    assert f'{sign} aria-pressed="true">' in page
    assert '<form id="signs" method="post"' in page
    theirs = as_moderator.get(forum.topic_url(topic))
    assert f'{sign} aria-pressed="false">' in theirs.text
    assert "Спасибо 1" in text_of(theirs)


def test_the_menu_of_a_post_offers_what_one_may(
    forum: Forum, as_member: FlaskClient, as_moderator: FlaskClient
) -> None:
    theirs = forum.reply(forum.topic())
    menu = f"{forum.url}posts/{theirs}/menu"
    assert "Move out" not in as_member.get(menu, headers=EN).text
    offered = as_moderator.get(menu, headers=EN | {"HX-Request": "true"}).text
    assert "Move out" in offered
    assert "<html" not in offered


def test_a_file_is_attached_shown_and_taken_off(forum: Forum, as_member: FlaskClient) -> None:
    topic = forum.topic()
    url = forum.topic_url(topic)
    fields = {
        "csrf_token": csrf(as_member, url), "body": "План урока",
        "files": (io.BytesIO(b"1. \xd0\x94\xd1\x80\xd0\xbe\xd0\xb1\xd0\xb8"), "plan.txt"),
    }  # fmt: skip
    sent = as_member.post(url + "/reply", data=fields, content_type="multipart/form-data")
    assert sent.status_code == 303
    assert "plan.txt" in as_member.get(url).text
    post = int(sent.location.rsplit("/", 1)[1])
    page = f"{forum.url}posts/{post}/edit"
    edit = {"csrf_token": csrf(as_member, page), "body": "Без плана", "version": "1"}
    assert as_member.post(page, data=edit).status_code == 303
    assert "plan.txt" not in as_member.get(url).text


def test_the_home_of_a_community_shows_the_latest_discussions(
    forum: Forum, as_member: FlaskClient, client: FlaskClient
) -> None:
    forum.topic("Свежая тема")
    assert "Свежая тема" in as_member.get(f"/c/{forum.community.slug}/").text
    assert "Свежая тема" in client.get(f"/c/{forum.community.slug}/").text


def test_outsiders_see_nothing_of_a_forum_for_members(
    cast: Cast, forum: Forum, login: Callable[..., FlaskClient]
) -> None:
    listed = cast.community("listed", visibility="listed")
    inner = Forum(
        forum.app, cast, listed, cast.activity(listed, "forum"), cast.staff(listed),
        cast.member(listed),
    )  # fmt: skip
    inner.topic("Только для своих")
    assert "Только для своих" in login(inner.member).get("/c/listed/").text
    assert "Только для своих" not in login(cast.user()).get("/c/listed/").text
    with forum.app.test_request_context():
        assert list(hooks.unread_item(None, current_viewer())) == []


def test_a_person_gets_what_they_wrote_and_is_forgotten(forum: Forum) -> None:
    topic = forum.topic("Мой вопрос", body="<p>Мои слова</p>")
    name = forum.member.name
    quote = f'<blockquote data-author="{name}"><p>Мои слова</p></blockquote><p>Да</p>'
    mention = f'<p><a class="mention" data-person="{forum.member.id}" href="/p">{name}</a></p>'
    answer = forum.reply(topic, quote + mention)
    with forum.app.app_context():
        _decide(SYSTEM, topic, f"{quote}<p>Решили</p>")
        user = db.session.get_one(User, forum.member.id)
        records = list(personal.exported(user))
        assert {"topic": "Мой вопрос", "text": "Мои слова"}.items() <= records[0].fields.items()
        _forget(SYSTEM, user)
        assert db.session.query(Read).filter_by(user_id=user.id).count() == 0
        assert db.session.query(Reader).filter_by(user_id=user.id).count() == 0
        decided = db.session.get_one(Topic, topic).decision
    assert name not in decided
    assert "Решили" in decided
    words = forum.read(Post, answer, "body")
    assert name not in words
    assert f'data-person="{forum.member.id}"' not in words
    assert "Да" in words


@operation
def _decide(actor: object, topic: int, words: str) -> None:
    db.session.get_one(Topic, topic).decision = words


@operation
def _forget(actor: object, user: User) -> None:
    personal.erased(user)


def test_kept_html_forgets_with_the_person(forum: Forum, as_moderator: FlaskClient) -> None:
    topic = forum.topic()
    name = forum.member.name
    forum.reply(topic, f'<blockquote data-author="{name}"><p>Слова</p></blockquote><p>Да</p>')
    url = forum.topic_url(topic)
    assert f'blockquote data-author="{name}"' in as_moderator.get(url).text
    with forum.app.app_context():
        _forget(SYSTEM, db.session.get_one(User, forum.member.id))
    assert f'blockquote data-author="{name}"' not in as_moderator.get(url).text


def test_an_open_page_is_offered_new_posts_and_given_them(
    forum: Forum, as_member: FlaskClient
) -> None:
    topic = forum.topic(by=forum.moderator)
    piece = f"{forum.topic_url(topic)}/newer?after=1&joins=1"
    assert "1 new reply" not in as_member.get(piece, headers=EN).text
    post = forum.reply(topic, "<p>Свежее</p>", by=forum.moderator)
    offered = as_member.get(piece, headers=EN).text
    assert "1 new reply" in offered
    assert f'id="post-{post}"' not in offered
    given = as_member.get(f"{piece}&show=1", headers=EN).text
    assert f'id="post-{post}"' in given
    assert "1 new reply" not in given
