"""A teacher of a demo community takes part in a discussion, as a stranger would try it first."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.browsing import Visitor
from tests.browser.writing import write, write_until_kept

pytestmark = pytest.mark.browser


def open_a_topic(page: Page) -> None:
    """From one's community to the first discussion of its first forum."""
    page.goto(re.sub(r"(https?://[^/]+).*", r"\1/c/olekminsk/", page.url))
    page.locator("main a[href*='/forum/']").first.click()
    if "/topics/" not in page.url:
        page.locator("main a[href*='/topics/']").first.click()
    page.wait_for_url(re.compile("/topics/"))


@pytest.mark.parametrize("width", ["desktop", "phone"])
@pytest.mark.parametrize("locale", ["ru", "en"])
def test_a_member_replies_with_the_editor(
    locale: str, width: str, visitor: Callable[..., Visitor]
) -> None:
    window = visitor("member", locale=locale, width=width)
    page = window.page
    open_a_topic(page)
    words = f"Попробовала на своём уроке: сработало ({locale}, {width})."
    write(page, words)
    page.keyboard.press("Control+Enter")
    expect(page.locator("article", has_text=words)).to_be_visible()
    assert window.troubles == []


def test_whoever_wants_to_answer_can_type_at_once(visitor: Callable[..., Visitor]) -> None:
    page = visitor("member").page
    open_a_topic(page)
    editor = page.locator("trix-editor")
    page.locator(".page-actions a[href='#body']").click()
    expect(editor).to_be_focused()
    page.locator("a[data-reply]").nth(1).click()
    page.wait_for_url(re.compile("reply="))
    expect(editor).to_be_focused()
    page.keyboard.type("Сразу")
    expect(editor).to_have_text("Сразу")
    page.locator("a[data-reply]").nth(1).click()
    expect(editor).to_be_focused()
    expect(editor).to_have_text("Сразу")


def test_an_answer_that_is_refused_takes_one_to_the_reason(visitor: Callable[..., Visitor]) -> None:
    page = visitor("moderator").page
    open_a_topic(page)
    page.locator("form[data-composer] [type=submit]").last.click()
    expect(page.locator("[role=alert]")).to_be_focused()


def test_what_was_taken_back_can_be_undone_where_one_is(visitor: Callable[..., Visitor]) -> None:
    page = visitor("coordinator").page
    open_a_topic(page)
    write(page, "Это я написала зря.")
    page.keyboard.press("Control+Enter")
    post = page.locator("article", has_text="Это я написала зря.")
    post.locator("summary").last.click()
    post.get_by_text("Отозвать").click()
    undo = page.locator(".messages form button")
    expect(undo).to_be_in_viewport()
    undo.click()
    expect(post.locator("[role=alert], .alert")).to_have_count(0)


def test_a_member_replies_without_any_script(visitor: Callable[..., Visitor]) -> None:
    page = visitor("member", script=False).page
    open_a_topic(page)
    page.locator("textarea[data-rich-text]").last.fill("Пишу без скриптов.\n\nВторой абзац.")
    page.locator("form:has(textarea[data-rich-text]) [type=submit]").last.click()
    expect(page.locator("article", has_text="Пишу без скриптов.")).to_be_visible()


def test_what_was_typed_is_there_again_after_coming_back(visitor: Callable[..., Visitor]) -> None:
    window = visitor("member")
    page = window.page
    open_a_topic(page)
    topic = page.url
    write_until_kept(page, "Неоконченная мысль о дробях")
    page.goto(topic)
    expect(page.locator("textarea[data-rich-text]").last).to_have_value(
        re.compile("Неоконченная мысль о дробях")
    )


def test_a_session_that_ends_while_one_writes_loses_nothing(
    visitor: Callable[..., Visitor],
) -> None:
    window = visitor("tutor", script=False)
    page = window.page
    open_a_topic(page)
    page.locator("textarea[data-rich-text]").last.fill("Долгий и продуманный ответ.")
    page.context.clear_cookies()
    page.locator("form:has(textarea[data-rich-text]) [type=submit]").last.click()
    expect(page.locator("body")).to_contain_text("Долгий и продуманный ответ.")
    email, password = window.site.people["tutor"]
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", password)
    page.locator("main form [type=submit]").first.click()
    expect(page.locator("body")).to_contain_text("Долгий и продуманный ответ.")
    page.locator("main form [type=submit]").first.click()
    expect(page.locator("article", has_text="Долгий и продуманный ответ.")).to_be_visible()
