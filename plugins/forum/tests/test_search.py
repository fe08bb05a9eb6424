"""Discussions, posts and problems are found by their words, and by those who may see them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from core.api import SYSTEM, Activity, Content, File, User, add_comment, approve, db, hide
from core.testing.cast import Cast, _changed
from core.testing.switches import switch_plugin
from plugins.forum import moderation, operations, queries
from plugins.forum.models import Post, Topic, TopicKind
from plugins.forum.operations import Written
from plugins.forum.tests.conftest import Forum

Fill = Callable[[], None]


def found(browser: FlaskClient, words: str, **narrowed: Any) -> list[str]:
    """The addresses of what is found."""
    page = browser.get("/search", query_string={"q": words, **narrowed}).text
    return re.findall(r'class="hit-title"><a href="([^"]+)"', page)


def suggested(browser: FlaskClient, words: str, **narrowed: Any) -> list[str]:
    answer = browser.get("/search/suggest", query_string={"q": words, **narrowed})
    return [each["title"] for each in answer.json or []]


def post_url(forum: Forum, number: int) -> str:
    return f"{forum.url}posts/{number}"


def test_topics_by_their_titles_and_posts_by_their_words(
    app: Flask, forum: Forum, as_member: FlaskClient, fill_index: Fill
) -> None:
    topic = forum.topic("Олимпиада по физике", body="<p>Кто готовит команду?</p>")
    reply = forum.reply(topic, "<p>Команды соберём в марте</p>")
    fill_index()
    first = forum.first_post(topic)
    assert found(as_member, "олимпиады") == [forum.topic_url(topic)]
    assert set(found(as_member, "команда")) == {post_url(forum, first), post_url(forum, reply)}
    assert found(as_member, "олимпиада март") == [post_url(forum, reply)]
    assert found(app.test_client(), "олимпиада", form="forum") == [forum.topic_url(topic)]
    assert suggested(as_member, "олимп") == ["Олимпиада по физике"]


def test_the_forum_itself_and_what_was_decided(
    app: Flask, forum: Forum, as_member: FlaskClient, fill_index: Fill
) -> None:
    topic = forum.topic("Расписание")
    with app.app_context():
        moderator = db.session.get_one(User, forum.moderator.id)
        row = db.session.get_one(Topic, topic)
        moderation.reach_decision(moderator, row, "<p>Начинаем в девять</p>")
        _changed(SYSTEM, Activity, forum.activity.id, {"title": "Методическая гостиная"})
    fill_index()
    assert found(as_member, "девять") == [forum.topic_url(topic)]
    assert found(as_member, "гостиная") == [forum.url]


def test_hidden_and_held_posts_are_found_by_those_who_judge_them(
    app: Flask, careful_forum: Forum, login: Callable[..., FlaskClient], fill_index: Fill
) -> None:
    forum = careful_forum
    held = forum.topic("Жирафы", body="<p>жирафа видели</p>")
    shown = forum.topic("Зебры", by=forum.moderator, body="<p>зебра</p>")
    hidden = forum.reply(shown, "<p>бегемот</p>")
    with app.app_context():
        hide(SYSTEM, db.session.get_one(Content, hidden), "Правило 3")
    fill_index()
    author, moderator = login(forum.member), login(forum.moderator)
    others = (
        app.test_client(),
        login(forum.cast.member(forum.community)),
        login(forum.cast.user()),
    )
    for browser in others:
        assert found(browser, "жираф") == []
        assert suggested(browser, "жираф") == []
        assert found(browser, "бегемот") == []
        assert "бегемот" not in browser.get("/search?q=зебра").text
    assert len(found(author, "жираф")) == 2
    assert len(found(moderator, "жираф")) == 2
    assert found(author, "бегемот") == []
    assert found(moderator, "бегемот") == [post_url(forum, hidden)]
    with app.app_context():
        approve(SYSTEM, db.session.get_one(Content, held))
    assert len(found(app.test_client(), "жираф")) == 2


def test_nothing_of_a_hidden_topic_is_found(
    app: Flask, forum: Forum, as_member: FlaskClient, fill_index: Fill
) -> None:
    topic = forum.topic("Бегемоты", by=forum.moderator)
    forum.reply(topic, "<p>Ответ про носорога</p>")
    fill_index()
    assert len(found(as_member, "носорог")) == 1
    with app.app_context():
        hide(SYSTEM, db.session.get_one(Content, topic), "Правило 3")
    assert found(as_member, "носорог") == found(as_member, "бегемот") == []
    assert suggested(as_member, "бегем") == []


def test_a_renamed_topic_is_found_by_its_new_name_with_all_its_posts(
    app: Flask, forum: Forum, as_member: FlaskClient, fill_index: Fill
) -> None:
    topic = forum.topic("Прежнее имя")
    reply = forum.reply(topic, "<p>совещание</p>")
    fill_index()
    assert found(as_member, "прежнее совещание") == [post_url(forum, reply)]
    with app.app_context():
        post = db.session.get_one(Post, forum.first_post(topic))
        user = db.session.get_one(User, forum.moderator.id)
        operations.edit_post(
            user, post, Written(body="<p>Как?</p>"), seen_version=1, title="Свежее название"
        )
    fill_index()
    assert found(as_member, "прежнее") == []
    assert found(as_member, "свежее совещание") == [post_url(forum, reply)]


def test_what_is_merged_split_and_moved_is_found_where_it_stands(
    app: Flask, forum: Forum, as_member: FlaskClient, fill_index: Fill
) -> None:
    other = forum.cast.activity(forum.community, "forum", title="Второй форум")
    goes, stays = forum.topic("Муравьи"), forum.topic("Пчёлы")
    reply = forum.reply(goes, "<p>матка</p>")
    fill_index()
    with app.app_context():
        one, two = (db.session.get_one(Topic, number) for number in (goes, stays))
        moderation.merge(SYSTEM, one, two)
    fill_index()
    assert found(as_member, "муравьи") == []
    assert found(as_member, "пчела матка") == [post_url(forum, reply)]
    with app.app_context():
        topic = db.session.get_one(Topic, stays)
        section = queries.sections_of(db.session.get_one(Activity, forum.activity.id))[0]
        moderator = db.session.get_one(User, forum.moderator.id)
        made = moderation.split(moderator, topic, [reply], section, "Осы", TopicKind.DISCUSSION).id
    fill_index()
    assert found(as_member, "оса матка") == [post_url(forum, reply)]
    assert found(as_member, "пчела матка") == []
    with app.app_context():
        target = queries.sections_of(db.session.get_one(Activity, other.id))[0]
        moderation.move_topic(SYSTEM, db.session.get_one(Topic, made), target)
    there = f"/c/maths/forum/{other.id}/"
    assert found(as_member, "оса матка") == [f"{there}posts/{reply}"]


def test_a_draft_activity_and_a_plugin_that_is_off_show_nothing(
    app: Flask, forum: Forum, as_member: FlaskClient, login: Callable[..., FlaskClient],
    fill_index: Fill,
) -> None:  # fmt: skip
    topic = forum.topic("Бегемоты", body="<p>носорог</p>")
    fill_index()
    manager = login(forum.moderator)

    def sees(browser: FlaskClient) -> list[int]:
        return [len(found(browser, "бегемот носорог")), len(suggested(browser, "бегем"))]

    assert sees(as_member) == sees(manager) == [1, 1]
    with app.app_context():
        _changed(SYSTEM, Activity, forum.activity.id, {"state": "draft"})
    assert sees(as_member) == [0, 0]
    assert sees(manager) == [1, 1]
    with app.app_context():
        _changed(SYSTEM, Activity, forum.activity.id, {"state": "archived"})
    assert sees(as_member) == [1, 1]
    for community in (forum.community.id, None):
        switch_plugin(app, "forum", community, False)
        assert sees(manager) == sees(as_member) == [0, 0]
        assert found(manager, forum.activity.name) == []
        switch_plugin(app, "forum", community, True)
        assert sees(as_member) == [1, 1]
    assert found(as_member, "бегемот") == [forum.topic_url(topic)]


def test_names_of_files_find_the_post_they_belong_to(
    app: Flask, forum: Forum, as_member: FlaskClient, fill_index: Fill
) -> None:
    topic = forum.topic("Планы")
    sent: dict[str, Any] = {
        "files": (io.BytesIO(b"%PDF-1.4\n%%EOF\n"), "Поурочное_планирование.pdf")
    }
    sent |= {"body": "<p>Вот он</p>", "body-format": "html"}
    address = f"{forum.topic_url(topic)}/reply"
    answer = as_member.post(address, data=sent, content_type="multipart/form-data")
    assert answer.status_code in (302, 303), answer.status_code
    with app.app_context():
        assert db.session.query(File).count() == 1
    fill_index()
    urls = found(as_member, "планирование поурочное")
    assert len(urls) == 1
    assert "/posts/" in urls[0]


def test_comments_are_found_with_what_they_are_about(
    app: Flask, cast: Cast, forum: Forum, as_member: FlaskClient, fill_index: Fill
) -> None:
    topic = forum.topic("Чтение вслух", by=forum.moderator)
    with app.app_context():
        post = db.session.get_one(Content, forum.first_post(topic))
        author = db.session.get_one(User, forum.moderator.id)
        add_comment(author, post, "<p>по ролям</p>")
    fill_index()
    fill_index()
    assert len(found(as_member, "ролями чтение")) == 1
    with app.app_context():
        hide(SYSTEM, db.session.get_one(Content, topic), "Правило 3")
    assert found(as_member, "ролями") == []


def test_whoever_begins_a_discussion_sees_similar_ones(
    app: Flask, forum: Forum, as_member: FlaskClient, fill_index: Fill
) -> None:
    titles = ("Олимпиада по физике в марте", "Физика без формул", "Олимпиада: кто едет?")
    numbers = [forum.topic(title, by=forum.moderator) for title in titles]
    fill_index()

    def alike(words: str, place: str = "maths", kind: str = "forum.topic") -> list[str]:
        asked = {"q": words, "in": place, "kind": kind}
        answer = as_member.get("/search/similar", query_string=asked)
        return [each["title"] for each in answer.json or []]

    assert alike("олимпиады по физике") == [titles[0]]
    assert alike("олимпиады") == [titles[2], titles[0]]
    assert alike("по") == alike("олимпиады", place="") == alike("олимпиады", kind="x") == []
    assert alike("олимпиады", kind="forum.problem") == []
    with app.app_context():
        hide(SYSTEM, db.session.get_one(Content, numbers[0]), "Правило 3")
    assert alike("олимпиады по физике") == []
    assert 'data-similar-url="/search/similar' in as_member.get(f"{forum.url}new").text
