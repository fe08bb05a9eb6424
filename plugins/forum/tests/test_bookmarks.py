"""A stranger's plugin puts a button under every post; neither knows the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.testing.cast import Cast
from core.testing.count import QueryCount
from core.testing.stranger import lay_out, tables_of
from core.testing.switches import switch_plugin
from plugins.forum.tests.conftest import Forum, make_forum, text_of
from plugins.forum.tests.test_budget import MOST, fill

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "sreda-bookmarks" / "sreda_bookmarks"


@pytest.fixture
def shared(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, make_app: Callable[..., Flask]
) -> Iterator[Forum]:
    """A forum on a site where bookmarks are installed and on."""
    lay_out(tmp_path, EXAMPLE, "bookmarks", "sreda_bookmarks.plugin")
    monkeypatch.syspath_prepend(str(tmp_path))
    app = make_app()
    with tables_of(app, "bookmarks"):
        forum = make_forum(app, Cast(app))
        switch_plugin(app, "bookmarks", forum.community.id, True)
        yield forum


def press(browser: FlaskClient, content: int) -> str:
    answer = browser.post(f"/bookmarks/{content}", follow_redirects=True)
    assert answer.status_code == 200
    return text_of(answer)


def test_a_post_is_saved_for_later_and_let_go(shared: Forum) -> None:
    topic = shared.topic()
    reply = shared.reply(topic, "<p>Дроби удобно сравнивать на числовой прямой.</p>")
    browser = shared.cast.browser(shared.member)
    page = browser.get(shared.topic_url(topic)).text
    assert page.count('class="content-action"') == 2
    assert f'action="/bookmarks/{reply}"' in page
    assert "В закладки" in page
    assert "Добавлено в закладки." in press(browser, reply)
    assert 'aria-pressed="true"' in browser.get(shared.topic_url(topic)).text
    saved = text_of(browser.get("/bookmarks/"))
    assert "числовой прямой" in saved or "Дроби в 6 классе" in saved
    assert "Закладка убрана." in press(browser, reply)
    assert "Закладок пока нет" in text_of(browser.get("/bookmarks/"))


def test_guests_get_no_button_and_strangers_save_nothing(shared: Forum) -> None:
    topic = shared.topic()
    guest = shared.app.test_client()
    assert "content-action" not in guest.get(shared.topic_url(topic)).text
    assert guest.post(f"/bookmarks/{topic}").status_code == 401
    browser = shared.cast.browser(shared.member)
    assert browser.post("/bookmarks/2147483647").status_code == 404


def test_what_is_not_to_be_seen_any_more_leaves_the_list(shared: Forum) -> None:
    hidden = shared.cast.community("secret", visibility="private")
    member = shared.cast.member(hidden)
    outsider = shared.cast.browser(shared.member)
    switch_plugin(shared.app, "bookmarks", hidden.id, True)
    place = Forum(
        shared.app, shared.cast, hidden, shared.cast.activity(hidden, "forum"), member, member
    )
    post = place.first_post(place.topic())
    assert outsider.post(f"/bookmarks/{post}").status_code in (403, 404)
    inside = shared.cast.browser(member)
    assert "Добавлено в закладки." in press(inside, post)
    switch_plugin(shared.app, "forum", hidden.id, False)
    assert "Закладок пока нет" in text_of(inside.get("/bookmarks/"))


def test_a_school_sets_how_much_one_may_save(shared: Forum) -> None:
    administrator = shared.cast.browser(shared.cast.user(administrator=True))
    assert administrator.get("/admin/plugins/bookmarks/settings").status_code == 200
    refused = administrator.post("/admin/plugins/bookmarks/settings", data={"most": "0"})
    assert refused.status_code == 400
    done = administrator.post("/admin/plugins/bookmarks/settings", data={"most": "1"})
    assert done.status_code == 303
    browser = shared.cast.browser(shared.member)
    topic = shared.topic()
    first, second = shared.first_post(topic), shared.reply(topic)
    press(browser, first)
    answer = browser.post(f"/bookmarks/{second}")
    assert answer.status_code == 400
    assert "У вас уже 1 закладка" in text_of(answer)


def test_a_page_of_fifty_posts_asks_once_for_all_buttons(shared: Forum) -> None:
    topic = shared.topic()
    fill(shared, topic, posts=60)
    browser = shared.cast.browser(shared.member)
    page = browser.get(shared.topic_url(topic)).text
    assert page.count('class="content-action"') == 50
    with QueryCount(shared.app) as count:
        browser.get(shared.topic_url(topic))
    theirs = [statement for statement in count.statements if "bookmarks_" in statement]
    assert len(theirs) == 1
    assert count.number - len(theirs) <= MOST, (
        "a plugin that adds something asks on its own account"
    )


def test_without_the_button_the_page_is_as_it_was(shared: Forum) -> None:
    topic = shared.topic()
    browser = shared.cast.browser(shared.member)
    switch_plugin(shared.app, "bookmarks", shared.community.id, False)
    page = browser.get(shared.topic_url(topic)).text
    assert "content-action" not in page
    assert "%ACTIONS%" not in page
