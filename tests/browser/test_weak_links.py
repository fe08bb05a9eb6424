"""A lost connection loses no text: what was sent waits on the device, and goes out exactly once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import FilePayload, Locator, Page, Route, expect

from tests.browser.browsing import Visitor
from tests.browser.writing import editor, new_topic, said, send, write

pytestmark = pytest.mark.browser

Come = Callable[..., Visitor]
REPLY = re.compile(r"/topics/\d+/reply")


def waiting(page: Page) -> Locator:
    """What the page says of texts that are not sent."""
    return page.locator(".outbox")


@contextmanager
def offline(page: Page) -> Iterator[None]:
    page.context.set_offline(True)
    yield
    page.context.set_offline(False)


def ready(page: Page) -> Page:
    """The page, once the script that keeps what cannot be sent is at work."""
    page.locator("form[data-outbox=ready]").wait_for()
    return page


def try_to_reply(page: Page, words: str) -> None:
    """Write and send while the link is gone."""
    write(page, words)
    with offline(page):
        send(page)
        expect(waiting(page)).to_contain_text(words)


def test_a_reply_waits_for_the_link_and_goes_out_by_itself(visitor: Come) -> None:
    window = visitor("member")
    topic = new_topic(window, "Связь пропала")
    page = ready(window.open(topic))
    write(page, "Пишу из глубинки.")
    with offline(page):
        send(page)
        expect(waiting(page)).to_contain_text("Не отправлено, ждёт связи: 1")
        expect(waiting(page)).to_contain_text("Пишу из глубинки.")
        expect(page.locator("trix-editor")).to_have_text("")
    expect(waiting(page)).to_have_count(0)
    expect(page.locator("#messages a")).to_be_visible()
    page.locator("#messages a").click()
    expect(said(page, "Пишу из глубинки.")).to_have_count(1)
    expect(page.locator("textarea[name=body]")).to_have_value("")


def test_an_answer_that_is_cut_makes_no_second_post(visitor: Come) -> None:
    """The site has stored the post, and nobody hears of it."""
    window = visitor("tutor")
    topic = new_topic(window, "Ответ потерян")
    page = ready(window.open(topic))
    stored: list[int] = []

    def cut(route: Route) -> None:
        stored.append(route.fetch(max_redirects=0).status)
        route.abort() if len(stored) == 1 else route.continue_()

    page.route(REPLY, cut)
    write(page, "Одно и то же.")
    send(page)
    expect(waiting(page)).to_contain_text("Одно и то же.")
    page.get_by_role("button", name="Попробовать сейчас").click()
    expect(waiting(page)).to_have_count(0)
    window.open(topic)
    assert stored[0] == 204
    assert len(stored) == 2
    expect(said(page, "Одно и то же.")).to_have_count(1)


def test_two_windows_send_what_waits_once(visitor: Come) -> None:
    window = visitor("member")
    topic = new_topic(window, "Два окна")
    first = ready(window.open(topic))
    second = first.context.new_page()
    ready_second = second.goto(window.site.address + topic)
    assert ready_second
    ready(second)
    write(first, "Из двух окон.")
    with offline(first):
        send(first)
        expect(waiting(first)).to_contain_text("Из двух окон.")
        expect(waiting(second)).to_contain_text("Из двух окон.")
    expect(waiting(first)).to_have_count(0)
    expect(waiting(second)).to_have_count(0)
    window.open(topic)
    expect(said(first, "Из двух окон.")).to_have_count(1)


def test_what_waits_is_sent_from_another_page_after_the_browser_was_closed(visitor: Come) -> None:
    window = visitor("tutor")
    topic = new_topic(window, "Закрыли вкладку")
    page = ready(window.open(topic))
    try_page = page.context.new_page()
    write(page, "Отправится потом.")
    page.context.set_offline(True)
    send(page)
    expect(waiting(page)).to_contain_text("Отправится потом.")
    page.close()
    page.context.set_offline(False)
    try_page.goto(window.site.address + "/drafts")
    expect(try_page.locator("#messages")).to_contain_text("отправлено")
    try_page.goto(window.site.address + topic)
    expect(said(try_page, "Отправится потом.")).to_have_count(1)


def test_what_the_site_refuses_stays_with_the_reason_and_can_be_changed(visitor: Come) -> None:
    window, moderator = visitor("member"), visitor("moderator")
    topic = new_topic(window, "Закрыли тем временем")
    page = ready(window.open(topic))
    write(page, "Опоздавшие слова.")
    with offline(page):
        send(page)
        expect(waiting(page)).to_contain_text("Опоздавшие слова.")
        lock(moderator, topic)
    expect(waiting(page)).to_contain_text("Модераторы закрыли это обсуждение")
    expect(waiting(page)).to_contain_text("Опоздавшие слова.")
    waiting(page).get_by_role("button", name="Изменить").click()
    expect(editor(page)).to_contain_text("Опоздавшие слова.")
    expect(waiting(page)).to_have_count(0)


def lock(moderator: Visitor, topic: str) -> None:
    page = moderator.open(topic)
    menu = page.locator("details[data-menu]:has(button[name=locked])")
    menu.locator("summary").click()
    menu.locator("button[name=locked]").click()
    page.wait_for_load_state()


def test_what_waits_can_be_thrown_away(visitor: Come) -> None:
    window = visitor("tutor")
    page = ready(window.open(new_topic(window, "Передумала")))
    write(page, "Лишнее.")
    page.context.set_offline(True)
    send(page)
    waiting(page).get_by_role("button", name="Удалить").click()
    page.get_by_role("dialog").get_by_role("button", name="Удалить").click()
    expect(waiting(page)).to_have_count(0)
    page.context.set_offline(False)
    page.reload()
    expect(said(page, "Лишнее.")).to_have_count(0)


def test_a_session_that_ended_keeps_the_text_until_one_signs_in(visitor: Come) -> None:
    window = visitor("member")
    topic = new_topic(window, "Вход устарел")
    page = ready(window.open(topic))
    write(page, "Дождётся входа.")
    cookies = page.context.cookies()
    with offline(page):
        send(page)
        expect(waiting(page)).to_contain_text("Дождётся входа.")
        page.context.clear_cookies(name="sreda")
    expect(waiting(page)).to_contain_text("Войдите снова")
    page.context.add_cookies([cookie for cookie in cookies if cookie["name"] == "sreda"])  # type: ignore[misc]
    window.open(topic)
    expect(page.locator("#messages")).to_contain_text("отправлено")
    page.reload()
    expect(said(page, "Дождётся входа.")).to_have_count(1)


def test_another_person_on_the_device_neither_sees_nor_sends_it(visitor: Come) -> None:
    window = visitor("coordinator")
    topic = new_topic(window, "Общий компьютер")
    page = ready(window.open(topic))
    other = page.context.new_page()
    write(page, "Только от своего имени.")
    page.context.set_offline(True)
    send(page)
    expect(waiting(page)).to_contain_text("Только от своего имени.")
    page.context.clear_cookies(name="sreda")
    page.context.add_cookies(visitor("tutor").page.context.cookies())  # type: ignore[arg-type]
    page.context.set_offline(False)
    expect(waiting(page)).to_contain_text("Войдите снова")
    other.goto(window.site.address + topic)
    other.wait_for_load_state("networkidle")
    expect(waiting(other)).to_have_count(0)
    expect(said(other, "Только от своего имени.")).to_have_count(0)


def test_a_form_with_a_mistake_comes_back_with_the_sites_own_words(visitor: Come) -> None:
    window = visitor("tutor")
    page = ready(window.open("/c/olekminsk/forum/1/new"))
    write(page, "Текст без заголовка.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("main [role=alert]")).to_be_visible()
    expect(editor(page)).to_contain_text("Текст без заголовка.")
    expect(waiting(page)).to_have_count(0)


def test_a_new_discussion_waits_too(visitor: Come) -> None:
    window = visitor("coordinator")
    page = ready(window.open("/c/olekminsk/forum/1/new"))
    page.fill("input[name=title]", "Тема без связи")
    write(page, "Начало без связи.")
    with offline(page):
        page.keyboard.press("Control+Enter")
        expect(waiting(page)).to_contain_text("Тема без связи: Начало без связи.")
    page.locator("#messages a").click()
    page.wait_for_url(re.compile(r"/topics/\d+"))
    expect(page.locator("h1")).to_have_text("Тема без связи")


def test_files_wait_with_their_text(visitor: Come) -> None:
    window = visitor("tutor")
    topic = new_topic(window, "Файл без связи")
    page = ready(window.open(topic))
    plan = FilePayload(name="план.txt", mimeType="text/plain", buffer="Урок 1".encode())
    page.locator("input[type=file]").set_input_files(plan)
    write(page, "С файлом.")
    with offline(page):
        send(page)
        expect(waiting(page)).to_contain_text("С файлом.")
    expect(waiting(page)).to_have_count(0)
    window.open(topic)
    expect(said(page, "С файлом.").locator(".attachment")).to_contain_text("план.txt")


def test_a_comment_waits_too(visitor: Come) -> None:
    window = visitor("moderator")
    page = ready(window.open("/contents/1/comments"))
    write(page, "Замечание без связи.")
    with offline(page):
        page.locator("main form[data-outbox] [type=submit]").click()
        expect(waiting(page)).to_contain_text("Замечание без связи.")
    expect(waiting(page)).to_have_count(0)
    window.open("/contents/1/comments")
    expect(page.locator(".comment", has_text="Замечание без связи.")).to_have_count(1)
