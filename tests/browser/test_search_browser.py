"""Searching in a browser: keys, suggestions, the phone, and a page without any script."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.browsing import Visitor

pytestmark = pytest.mark.browser

Come = Callable[..., Visitor]
HOME = "/c/olekminsk/"
NEW_TOPIC = "/c/olekminsk/forum/1/new"


def test_a_slash_leads_to_the_box_and_arrows_to_a_title(visitor: Come) -> None:
    window = visitor("member")
    page = window.open(HOME)
    page.keyboard.press("/")
    box = page.locator("#top-search")
    expect(box).to_be_focused()
    page.keyboard.type("урок пропал", delay=20)
    options = page.get_by_role("option")
    expect(options.first).to_contain_text("Урок, когда пропал интернет")
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_label("Только в этом сообществе")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", "top-search-suggestions-0")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/topics/\d+"))
    assert window.troubles == []


def test_escape_closes_what_is_suggested_and_keeps_what_was_typed(visitor: Come) -> None:
    window = visitor("member")
    page = window.open(HOME)
    page.locator("#top-search").press_sequentially("урок", delay=20)
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("option").first).to_be_hidden()
    expect(page.locator("#top-search")).to_have_value("урок")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/search"))
    expect(page.locator("#q")).to_have_value("урок")
    expect(page.locator("mark").first).to_have_text(re.compile("урок", re.IGNORECASE))
    assert window.troubles == []


def test_on_a_phone_the_box_opens_in_the_top_bar(visitor: Come) -> None:
    window = visitor("member", width="phone")
    page = window.open(HOME)
    box = page.locator("#top-search")
    expect(box).to_be_hidden()
    page.locator("[data-search-open]").click()
    expect(box).to_be_focused()
    box.press_sequentially("урок", delay=20)
    expect(page.get_by_role("option").first).to_be_visible()
    box.evaluate("box => box.blur()")
    expect(box).to_be_hidden()
    assert window.troubles == []


def test_whoever_begins_a_discussion_sees_similar_ones(visitor: Come) -> None:
    window = visitor("member")
    page = window.open(NEW_TOPIC)
    page.locator("#title").press_sequentially("Урок, когда пропадает интернет", delay=10)
    similar = page.locator(".similar a")
    expect(similar.first).to_contain_text("Урок, когда пропал интернет")
    page.locator("#title").fill("Бегемоты")
    expect(similar).to_have_count(0)
    assert window.troubles == []
