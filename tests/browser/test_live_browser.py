"""An open page is up to date by itself, and nothing moves under whoever reads it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.browsing import Visitor
from tests.browser.writing import said, send, write

pytestmark = pytest.mark.browser

Come = Callable[..., Visitor]
TOPIC = "/c/olekminsk/forum/1/topics/1"


def test_a_reply_is_offered_in_the_open_topic_and_shown_when_asked(visitor: Come) -> None:
    reader, writer = visitor("member", width="phone"), visitor("tutor")
    page = reader.open(TOPIC)
    page.evaluate("window.scrollTo(0, 120)")
    answer = writer.open(TOPIC)
    write(answer, "Ответ, пока кто-то читает")
    send(answer)
    expect(said(answer, "Ответ, пока кто-то читает")).to_be_visible()
    offer = page.locator("#newer a")
    expect(offer).to_have_text("1 новый ответ")
    assert page.evaluate("window.scrollY") == 120
    expect(said(page, "Ответ, пока кто-то читает")).to_have_count(0)
    offer.click()
    expect(said(page, "Ответ, пока кто-то читает")).to_be_visible()
    expect(offer).to_have_count(0)
    assert [*reader.troubles, *writer.troubles] == []


def test_the_bell_of_an_open_page_rings(visitor: Come) -> None:
    owner, other = visitor("coordinator"), visitor("moderator")
    page = owner.open("/c/olekminsk/forum/1/new")
    page.fill("input[name=title]", "Тема для звонка")
    write(page, "Кто ответит?")
    send_topic = page.locator("main form [type=submit]").last
    send_topic.click()
    page.wait_for_url("**/topics/*")
    topic = page.url.partition("/c/")[2]
    page = owner.open("/my")
    bell = page.locator("#bell .badge")
    before = bell.inner_text() if bell.count() else ""
    answer = other.open(f"/c/{topic}")
    write(answer, "Я отвечу")
    send(answer)
    expect(said(answer, "Я отвечу")).to_be_visible()
    expect(bell).not_to_have_text(before or "0")
    assert [*owner.troubles, *other.troubles] == []
