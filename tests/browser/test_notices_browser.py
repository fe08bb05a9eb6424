"""Being told: a mention rings the bell of the other, by a letter too, which can be stopped."""

from __future__ import annotations

import email
import email.policy
import re
import time
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.browsing import Visitor
from tests.browser.writing import said, send, write

pytestmark = pytest.mark.browser

Come = Callable[..., Visitor]
TOPIC = "/c/olekminsk/forum/1/topics/1"
# The worker looks every second; a busy machine takes its time.
PATIENCE = 30.0


def mention(window: Visitor, name: str, words: str) -> None:
    """Write a post that names somebody, chosen from what the editor offers."""
    page = window.open(TOPIC)
    write(page, f"Спросим @{name}")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    page.keyboard.type(words, delay=8)
    send(page)
    expect(said(page, words)).to_be_visible()


def bell(page: Page) -> int:
    """The number at the bell of the page."""
    badge = page.locator("#bell .badge")
    return int(re.sub(r"\D", "", badge.inner_text())) if badge.count() else 0


def rings(window: Visitor, more_than: int) -> bool:
    """Whether the bell says more on one of the next pages."""
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        if bell(window.open("/my")) > more_than:
            return True
        time.sleep(0.5)
    return False


def letters_to(folder: Path, address: str, words: str) -> list[EmailMessage]:
    """Letters to somebody that say this, once there are any."""
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        letters = [
            email.message_from_bytes(
                path.read_bytes(), _class=EmailMessage, policy=email.policy.default
            )
            for path in sorted(folder.glob("*.eml"))
        ]
        found = [one for one in letters if one["To"] == address and words in _text(one)]
        if found:
            return found
        time.sleep(0.5)
    return []


def _text(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    return str(body.get_content()) if body is not None else ""


def test_a_mention_rings_the_bell_of_the_other(visitor: Come) -> None:
    there, here = visitor("member"), visitor("tutor")
    everything = there.open("/me/notices").locator("form[action$='/me/notices/read'] [type=submit]")
    if everything.count():
        everything.click()
        expect(everything).to_have_count(0)
    assert bell(there.open("/my")) == 0
    mention(here, "Афанасьев", "о плане на четверть")
    assert rings(there, more_than=0)
    page = there.open("/me/notices")
    line = page.locator(".thing", has_text="упоминает вас").first
    expect(line.locator(".fresh")).to_be_visible()
    line.locator(".thing-title a").click()
    page.wait_for_url(re.compile("/topics/1"))
    expect(said(page, "о плане на четверть")).to_be_visible()
    assert bell(there.open("/my")) == 0
    assert there.troubles == here.troubles == []


def test_how_one_follows_is_settled_on_the_topic(visitor: Come) -> None:
    window = visitor("coordinator")
    page = window.open(TOPIC)
    menu = page.locator("main details:has([id^=follow-content])")
    menu.locator("summary").click()
    menu.get_by_role("button", name=re.compile("^Отслеживать")).click()
    expect(page.locator("#messages")).to_contain_text("Отслеживать")
    menu.locator("summary").click()
    chosen = menu.get_by_role("button", name=re.compile("^Отслеживать"))
    expect(chosen).to_have_attribute("aria-pressed", "true")
    assert window.troubles == []


def test_letters_are_stopped_by_one_click_without_signing_in(visitor: Come) -> None:
    reader = visitor("moderator", script=False)
    page = reader.open("/me/notices/settings")
    page.select_option("select[name=quiet_from]", "0")
    page.select_option("select[name=quiet_until]", "0")
    page.locator("main form[action$='/settings'] [type=submit]").click()
    expect(page.locator("#messages")).to_contain_text("сохранены")
    name = page.locator(".menu-name").first.text_content() or ""
    mention(visitor("coordinator"), name.split()[0][:-1], "о решении, которое ждёт")
    address = reader.site.people["moderator"][0]
    letter = letters_to(reader.site.mail, address, "о решении, которое ждёт")[0]
    link = urlsplit(letter["List-Unsubscribe"].strip("<>")).path
    stranger = visitor(script=False)
    page = stranger.open(link)
    expect(page.locator("main")).to_contain_text("Упоминания обо мне")
    page.locator("main [type=submit]").click()
    expect(page.locator("main")).to_contain_text("Готово")
    kept = reader.open("/me/notices/settings").locator("input[name=forum-mention][value=page]")
    expect(kept).to_be_checked()
