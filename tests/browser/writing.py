"""Writing in the editor of a forum as a person does."""

from __future__ import annotations

import re
from urllib.parse import unquote_plus

from playwright.sync_api import Locator, Page, Response, expect

from tests.browser.browsing import Visitor

# Letters come one by one, as the editor is used to.
PAUSE = 8
FORUM = "/c/olekminsk/forum/1"


def editor(page: Page) -> Locator:
    """The editor of the page, opened by going into its text area."""
    page.locator("textarea[data-rich-text]").last.focus()
    opened = page.locator("trix-editor")
    opened.wait_for()
    opened.click()
    return opened


def write(page: Page, words: str) -> None:
    """Type into the editor, which is opened unless it is there already."""
    if not page.locator("trix-editor").count():
        editor(page)
    page.keyboard.type(words, delay=PAUSE)


def write_until_kept(page: Page, words: str) -> None:
    """Type, and wait until the site keeps all of it as a draft."""

    def kept(answer: Response) -> bool:
        return (
            answer.url.endswith("/drafts")
            and answer.ok
            and words in unquote_plus(answer.request.post_data or "")
        )

    with page.expect_response(kept):
        write(page, words)


def send(page: Page) -> None:
    """Press the button below the text."""
    page.locator("form[data-composer] [type=submit]").click()


def said(page: Page, words: str) -> Locator:
    """The post that says this."""
    return page.locator("article[data-post]", has_text=words)


def reply(window: Visitor, topic: str, words: str) -> Locator:
    """Answer in a topic; the new post."""
    page = window.open(topic)
    write(page, words)
    send(page)
    expect(said(page, words)).to_be_visible()
    return said(page, words)


def new_topic(window: Visitor, title: str) -> str:
    """Begin a discussion without script getting in the way; its address."""
    page = window.open(f"{FORUM}/new")
    page.fill("input[name=title]", title)
    write(page, f"{title}: с чего начнём?")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/topics/\d+"))
    found = re.search(r"/c/[^?#]*/topics/\d+", page.url)
    assert found
    return found[0]
