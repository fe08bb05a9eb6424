"""Two colleagues in a room of a chat: at once, over a broken link, slowly, and out of the door."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.browsing import Visitor

pytestmark = pytest.mark.browser

COMMUNITY = "/c/olekminsk-maths/"


def room(visitor: Visitor) -> Page:
    """The standing room of the first chat of a community."""
    page = visitor.open(COMMUNITY)
    page.locator("main a[href*='/chat/']").first.click()
    page.wait_for_url(re.compile(r"/chat/\d+/"))
    page.goto(re.sub(r"(/chat/\d+/).*", r"\1", page.url))
    expect(page.locator("[data-chat-state]")).to_be_hidden()
    return page


def session(visitor: Visitor) -> Page:
    """The session that is on."""
    page = room(visitor)
    page.locator(".chat-live a.btn").click()
    page.wait_for_url(re.compile(r"/sessions/\d+"))
    return page


def say(page: Page, words: str) -> None:
    page.locator(".chat-input").fill(words)
    page.keyboard.press("Enter")


def line(page: Page, words: str) -> Locator:
    """What was said, as far as the site has it."""
    return page.locator(".chat-message:not(.chat-waiting)", has_text=words)


def test_each_sees_what_the_other_says(visitor: Callable[..., Visitor]) -> None:
    one, other = visitor("member"), visitor("tutor", width="phone")
    here, there = room(one), room(other)
    say(here, "Кто принёс карточки?")
    expect(line(there, "Кто принёс карточки?")).to_have_count(1)
    there.locator(".chat-input").fill("Я, двенадцать штук")
    there.locator(".chat-send").click()
    expect(line(here, "Я, двенадцать штук")).to_have_count(1)
    expect(line(there, "Я, двенадцать штук")).to_have_count(1)
    assert one.troubles == []
    assert other.troubles == []


def test_one_sees_who_is_there_and_who_is_writing(visitor: Callable[..., Visitor]) -> None:
    here, there = room(visitor("member")), room(visitor("tutor", width="phone"))
    company = there.locator("[data-chat-company]")
    expect(company).to_contain_text("Сейчас здесь: 2")
    company.locator("summary").click()
    expect(company.locator("a")).to_have_count(2)
    here.locator(".chat-input").press_sequentially("Думаю над ответом")
    expect(company).to_contain_text(re.compile(r"^.*Афанасьева.* пишет…", re.DOTALL))
    here.keyboard.press("Enter")
    expect(line(there, "Думаю над ответом")).to_have_count(1)
    expect(company).not_to_contain_text("пишет…")
    here.goto("about:blank")
    expect(company).to_contain_text("Сейчас здесь: 1")


def test_over_a_broken_link_nothing_is_missed_nor_said_twice(
    visitor: Callable[..., Visitor],
) -> None:
    here, there = room(visitor("member")), room(visitor("tutor"))
    there.context.set_offline(True)
    say(there, "Говорю из тоннеля")
    expect(there.locator(".chat-waiting", has_text="Говорю из тоннеля")).to_have_count(1)
    for number in range(3):
        say(here, f"Пока вас нет, {number}")
        expect(line(here, f"Пока вас нет, {number}")).to_have_count(1)
    there.context.set_offline(False)
    for number in range(3):
        expect(line(there, f"Пока вас нет, {number}")).to_have_count(1, timeout=40_000)
    expect(line(here, "Говорю из тоннеля")).to_have_count(1, timeout=40_000)
    expect(there.locator(".chat-message", has_text="Говорю из тоннеля")).to_have_count(1)


def test_without_script_one_reads_and_writes(visitor: Callable[..., Visitor]) -> None:
    window = visitor("member", script=False)
    page = window.open(COMMUNITY)
    page.locator("main a[href*='/chat/']").first.click()
    page.locator(".chat-input").fill("Пишу без скриптов")
    page.locator(".chat-send").click()
    expect(page.locator(".chat-message", has_text="Пишу без скриптов")).to_have_count(1)


def test_a_message_is_signed_changed_and_taken_back_before_everybodys_eyes(
    visitor: Callable[..., Visitor],
) -> None:
    here, there = room(visitor("member")), room(visitor("tutor"))
    say(here, "Соберёмся в четверг")
    own = line(here, "Соберёмся в четверг")
    expect(own).to_have_count(1)
    theirs = line(there, "Соберёмся в четверг")
    theirs.hover()
    theirs.locator("summary").click()
    theirs.get_by_role("button", name="Спасибо").click()
    expect(own.locator(".reaction", has_text="1")).to_have_count(1)
    own.hover()
    own.locator("summary").click()
    own.get_by_role("button", name="Отозвать").click()
    expect(there.locator(".chat-trace:visible", has_text="Автор отозвал")).to_have_count(1)
    expect(line(there, "Соберёмся в четверг")).to_have_count(0)


def test_slow_mode_counts_down_and_lets_one_go_on_typing(visitor: Callable[..., Visitor]) -> None:
    leader, page = session(visitor("tutor")), session(visitor("member"))
    leader.locator(".page-actions summary").first.click()
    leader.get_by_role("button", name="раз в 30 секунд").click()
    expect(page.locator(".chat-order")).to_be_visible()
    page.reload()
    say(page, "Первая реплика")
    waiting = page.locator("[data-chat-wait]")
    expect(waiting).to_have_text(re.compile(r"через 0:(30|2\d)"))
    expect(page.locator(".chat-send")).to_be_disabled()
    page.locator(".chat-input").fill("Вторая, пока жду")
    expect(waiting).to_have_text(re.compile(r"через 0:2\d"))
    expect(page.locator(".chat-input")).to_have_value("Вторая, пока жду")


def test_whoever_is_shown_the_door_is_out_at_once_and_reads_why(
    visitor: Callable[..., Visitor],
) -> None:
    leader, page = session(visitor("coordinator")), session(visitor("member"))
    own = leader.locator(
        f".chat-message[data-author='{page.evaluate('document.body.dataset.viewer')}']"
    )
    own.last.hover()
    own.last.locator("summary").click()
    own.last.locator("a", has_text="Лишить слова").click()
    leader.get_by_label("Удалить").check()
    leader.get_by_label("Причина").fill("Проверка двери")
    leader.get_by_role("button", name="Применить").click()
    expect(page.locator(".chat-composer")).to_be_hidden()
    expect(page.locator("[data-chat-state]")).to_be_visible()
    page.reload()
    expect(page.locator("main")).to_contain_text("Проверка двери")


def test_a_press_in_the_panel_keeps_a_question_that_is_being_written(
    visitor: Callable[..., Visitor],
) -> None:
    page = session(visitor("tutor"))
    question = page.locator(".chat-ask textarea")
    question.fill("А если учебника нет?")
    vote = page.locator("button.chat-vote").last
    before = vote.get_attribute("aria-pressed")
    vote.focus()
    page.keyboard.press("Enter")
    expect(vote).to_have_attribute("aria-pressed", "false" if before == "true" else "true")
    expect(question).to_have_value("А если учебника нет?")
    expect(vote).to_be_focused()
