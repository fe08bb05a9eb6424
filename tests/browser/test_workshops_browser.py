"""Workshops in a browser: nothing that is written into a review is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.browsing import Visitor

pytestmark = pytest.mark.browser

Come = Callable[..., Visitor]


def a_review(window: Visitor) -> Page:
    """The first review of the member that waits, in the workshop of the demo."""
    page = window.open("/c/olekminsk/")
    page.get_by_role("link", name="Мастерская формирующего оценивания").first.click()
    page.locator("a[href*='/reviews/']").first.click()
    page.wait_for_url("**/reviews/*")
    return page


def test_a_review_is_kept_while_it_is_typed(visitor: Come) -> None:
    page = a_review(visitor("member"))
    with page.expect_response(lambda answer: answer.url.endswith("/drafts") and answer.ok):
        page.locator("textarea").first.fill("Ученики сами назвали критерий")
        page.locator("input[type=radio]").nth(1).check()
    other = a_review(visitor("member"))
    expect(other.locator("textarea").first).to_have_value("Ученики сами назвали критерий")
    expect(other.locator("input[type=radio]").nth(1)).to_be_checked()
    expect(other.locator("[data-draft-state]")).to_have_text("Ваш черновик восстановлен")
    with other.expect_response(lambda answer: answer.url.endswith("/drafts") and answer.ok):
        other.locator("textarea").first.fill("Критерий назвали ученики")
    page.locator("textarea").first.fill("Я бы дала больше времени")
    page.locator("[data-draft-state] button").last.click()
    expect(page.locator("textarea").first).to_have_value("Критерий назвали ученики")
    expect(page.locator("input[type=radio]").nth(1)).to_be_checked()
