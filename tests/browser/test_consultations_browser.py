"""Live hours in two browsers: the queue moves by itself, and a private room loses nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.browsing import Visitor

pytestmark = pytest.mark.browser

Come = Callable[..., Visitor]


def live_hours(window: Visitor) -> Page:
    """Live hours of the first line of the demo, where somebody waits before the member."""
    page = window.open("/c/olekminsk/")
    address = page.locator("#side a[href*='/consultations/']:not([href$='/tutors'])").first
    href = address.get_attribute("href")
    assert href is not None
    return window.open(f"{href}live")


def say(page: Page, text: str) -> None:
    page.fill("[data-say] textarea", text)
    page.press("[data-say] textarea", "Control+Enter")


def test_the_queue_moves_and_two_talk_in_private(visitor: Come) -> None:
    asks, answers = visitor("member"), visitor("tutor")
    mine = live_hours(asks)
    expect(mine.locator(".consultations-place strong")).to_have_text("2")
    theirs = live_hours(answers)
    theirs.get_by_role("button", name="Пригласить следующего").click()
    expect(mine.locator(".consultations-place strong")).to_have_text("1")
    theirs = live_hours(answers)
    theirs.get_by_role("button", name="Пригласить следующего").click()
    theirs.wait_for_url("**/rooms/*")
    mine.locator("#queue a.btn-live").click()
    mine.wait_for_url("**/rooms/*")
    for page in (mine, theirs):
        expect(page.locator("[data-consultation]")).to_have_attribute("data-state", "connected")
    say(mine, "Здравствуйте! Слышно?")
    expect(theirs.locator("[data-lines] li").last).to_contain_text("Слышно?")
    mine.context.set_offline(True)
    say(mine, "Пишу без связи")
    expect(mine.locator("[data-connection]")).to_contain_text("ждёт связи: 1")
    mine.context.set_offline(False)
    expect(theirs.locator("[data-lines] li")).to_have_count(2)
    expect(theirs.locator("[data-lines] li").last).to_contain_text("Пишу без связи")
    expect(mine.locator("[data-lines] li")).to_have_count(2)
    theirs.get_by_role("link", name="Закрыть с итогом").click()
    theirs.locator("textarea[name=summary], trix-editor").first.click()
    theirs.keyboard.type("Договорились о плане")
    theirs.get_by_role("button", name="Закрыть беседу").click()
    expect(mine.locator("main")).to_contain_text("Договорились о плане")
    expect(mine.locator("[data-say]")).to_have_count(0)


def test_a_question_at_the_edge_stays_within_the_page(visitor: Come) -> None:
    page = visitor("coordinator").open("/c/olekminsk/")
    page.get_by_role("link", name="Трудные задания ОГЭ и ЕГЭ").first.click()
    page.get_by_role("link", name="Команда").click()
    asks = page.locator(".consultations-member details").first
    asks.locator("summary").click()
    expect(asks.get_by_role("button", name="Убрать")).to_be_in_viewport(ratio=1)
    beyond = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(beyond) == 0
