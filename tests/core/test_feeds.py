"""The service behind all feeds, and the news of a community."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser
import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.communities.models import CommunityState
from core.platform.atom import FeedEntry, document, with_whole_links
from core.testing.cast import Turned
from core.testing.switches import switch_plugin
from tests.core.calendar_kit import DATES, NOW, Scene

BEGUN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def entry(**facts: Any) -> FeedEntry:
    known: dict[str, Any] = {
        "key": "diary.1",
        "title": "Запись",
        "url": "/c/maths/",
        "published": NOW,
    }
    return FeedEntry(**known | facts)


def read(app: Flask, *entries: FeedEntry) -> Any:
    with app.test_request_context():
        body = document("diary", "Дневник", "/c/maths/", "/c/maths/feed.xml", entries, BEGUN)
    found = feedparser.parse(body)
    assert found.bozo == 0, found.bozo_exception
    return found


def test_a_feed_says_what_changed_last(app: Flask) -> None:
    assert read(app).feed.updated == "2026-01-02T03:04:05+00:00"
    later = NOW + timedelta(days=1)
    found = read(app, entry(), entry(key="diary.2", updated=later))
    assert found.feed.updated == later.isoformat(timespec="seconds")
    assert found.entries[0].updated == NOW.isoformat(timespec="seconds")


@pytest.mark.parametrize(
    "words",
    [
        "\x00\x01\x0b\x1f", "\ud800", "\ufffe\uffff", "]]>", "<![CDATA[x]]>", "&amp; &#0; &bogus;",
        "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>&y;", "😀 \u202e", "a" * 100_000,
    ],
)  # fmt: skip
def test_no_words_of_a_person_break_a_feed(app: Flask, words: str) -> None:
    found = read(app, entry(title=f"«{words}»", author=f"«{words}»", html=f"<p>{words}</p>"))
    assert len(found.entries) == 1
    assert found.entries[0].id == "tag:localhost,2026:diary.1"


def test_links_lead_to_the_site_from_wherever_they_are_read() -> None:
    page = "https://среда.example/sreda/c/maths/forum/1/"
    html = (
        '<p>href="/a" <a href="/people/1" class="mention">Анна</a> <a href="#post-3">выше</a> '
        '<a href="https://example.org/?a=1&amp;b=2" rel="nofollow">там</a></p>'
        '<blockquote cite="/c/x" data-author="О. П.">«да»</blockquote>'
    )
    whole = with_whole_links(html, page)
    assert '<p>href="/a" ' in whole
    assert 'href="https://среда.example/people/1" class="mention"' in whole
    assert f'href="{page}#post-3"' in whole
    assert 'href="https://example.org/?a=1&amp;b=2"' in whole
    assert '<blockquote cite="https://среда.example/c/x" data-author="О. П.">' in whole


def titles(browser: FlaskClient, path: str = "/c/maths/feed.xml") -> list[str]:
    found = feedparser.parse(browser.get(path).data)
    assert found.bozo == 0
    return [one.title for one in found.entries]


def test_news_of_a_community_are_its_new_activities(dated: Scene) -> None:
    maths = dated.cast.community("maths", visibility="public")
    dated.quiz(maths)
    dated.quiz(maths, "Набросок", state="draft")
    dated.archive(dated.quiz(maths, "Прошлое"))
    guest = dated.app.test_client()
    assert titles(guest) == ["Quiz: Опрос"]
    head = guest.get("/c/maths/").text.split("</head>")[0]
    assert 'type="application/atom+xml"' in head
    assert 'href="/c/maths/feed.xml"' in head
    switch_plugin(dated.app, "diary", maths.id, False)
    assert titles(guest) == []


@pytest.mark.parametrize("visibility", ["listed", "private"])
def test_news_of_members_stay_with_them(dated: Scene, visibility: str) -> None:
    maths = dated.cast.community("maths", visibility=visibility)
    dated.quiz(maths)
    member = dated.cast.browser(dated.cast.member(maths))
    assert member.get("/c/maths/feed.xml").location == "/c/maths/"
    answer = dated.app.test_client().get("/c/maths/feed.xml")
    assert answer.status_code in (302, 303)
    assert "atom+xml" not in member.get("/c/maths/").text


def test_a_draft_of_a_community_has_no_feed(dated: Scene) -> None:
    coordinator = dated.cast.user()
    dated.cast.community(
        "maths", visibility="public", coordinator=coordinator, state=CommunityState.DRAFT
    )
    assert dated.cast.browser(coordinator).get("/c/maths/feed.xml").status_code == 302


NEWS = """
from core.api import FeedEntry, utcnow

TOLD = []


@hookimpl
def feed_entries(community, newest):
    for facts in TOLD:
        yield FeedEntry(**{"url": f"/c/{community.slug}/", "published": utcnow()} | facts)
"""


@pytest.fixture
def told(
    install_plugin: Callable[..., None], make_app: Callable[..., Flask], clock: Turned
) -> Scene:
    """A site with the diary, which tells the news that a test puts into TOLD."""
    clock.set(NOW)
    install_plugin("diary", f"{DATES}\n{NEWS}")
    return Scene(make_app())


def test_feed_entries_of_plugins_stand_among_the_news_of_a_community(
    told: Scene, clock: Turned
) -> None:
    maths = told.cast.community("maths", visibility="public")
    told.quiz(maths)
    told.diary.TOLD += [
        {"key": "diary.1", "title": "Старое", "published": NOW - timedelta(days=1)},
        {"key": "diary.2", "title": "Новое", "published": NOW + timedelta(days=1), "html": "<p>x"},
        {"key": "forum.1", "title": "Чужое имя"},
    ]
    guest = told.app.test_client()
    assert titles(guest) == ["Новое", "Quiz: Опрос", "Старое"]
    told.diary.TOLD[:] = [{"key": f"diary.{n}", "title": f"{n}"} for n in range(100)]
    assert len(titles(guest)) == 25
    switch_plugin(told.app, "diary", maths.id, False)
    assert titles(guest) == []


@pytest.mark.parametrize(
    "rubbish",
    [
        {"key": "diary.1", "title": 7},
        {"key": "diary.1", "title": "x", "url": "javascript:alert(1)"},
        {"key": "diary.1", "title": "x", "published": "today"},
        {"key": "diary.1", "title": "x", "published": None},
        {"key": "diary.1", "title": "x", "html": 5},
        {"key": "diary.1", "title": "x", "html": "y" * 400_000},
        {"key": "diary.1", "title": "x", "nonsense": 1},
    ],
)
def test_feed_entries_that_are_rubbish_leave_the_rest(told: Scene, rubbish: Any) -> None:
    maths = told.cast.community("maths", visibility="public")
    told.quiz(maths)
    told.diary.TOLD.append(rubbish)
    assert titles(told.app.test_client()) == ["Quiz: Опрос"]


def test_feed_entries_are_for_what_is_open_to_all(told: Scene) -> None:
    listed = told.cast.community("maths", visibility="listed")
    told.diary.TOLD.append({"key": "diary.1", "title": "Тайна"})
    member = told.cast.browser(told.cast.member(listed))
    assert "Тайна" not in member.get("/c/maths/feed.xml").text
