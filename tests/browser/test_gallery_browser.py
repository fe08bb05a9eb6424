"""What a gallery does in a browser: its weight, the large view, order by keys and by dragging."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.browsing import Visitor
from tests.browser.demo_site import DemoSite
from tests.core.installation import wait_until

pytestmark = pytest.mark.browser

Come = Callable[..., Visitor]
HOME = "/c/olekminsk/gallery/2/"
MOST = 500 * 1024
# An album's own page waits so long for what it fetches without being scrolled.
PAUSE = 2_500


@pytest.fixture(scope="module")
def large_album(demo: DemoSite) -> Iterator[str]:
    """The address of an album of two hundred photographs."""

    def beside(*arguments: str) -> str:
        command = [sys.executable, "-m", "tests.browser.large_album", *arguments]
        done = subprocess.run(
            command, env=demo.environ, capture_output=True, text=True, timeout=180, check=True
        )
        return done.stdout.strip()

    address = beside()
    yield address
    beside(address.rpartition("/")[2])


def weigh(page: Page) -> dict[str, int]:
    """Bytes of what comes over the wire from now on, by request."""
    weights: dict[str, int] = {}
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on(
        "Network.loadingFinished",
        lambda told: weights.__setitem__(told["requestId"], int(told["encodedDataLength"])),
    )
    return weights


def has_thumbnails(window: Visitor) -> bool:
    source = window.page.locator(".shot-picture").last.get_attribute("srcset") or ""
    first = source.split()[0]
    answer = window.page.request.get(window.site.address + first, headers={"Accept": "image/avif"})
    return answer.headers["content-type"] == "image/avif"


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_two_hundred_pictures_are_light_before_one_scrolls(
    visitor: Come, large_album: str, width: str
) -> None:
    window = visitor("coordinator", width=width)
    page = window.open(large_album)
    assert page.locator(".shot-link").count() == 200
    assert wait_until(lambda: has_thumbnails(window), 120)
    weights = weigh(page)
    window.open("/c/olekminsk/")
    weights.clear()
    window.open(large_album)
    page.wait_for_timeout(PAUSE)
    assert len(weights) > 20, "pictures came"
    assert sum(weights.values()) < MOST


def first_album(window: Visitor) -> Page:
    """The first album of the demo, opened."""
    page = window.open(HOME)
    page.locator("main a[href*='/albums/']").first.click()
    page.wait_for_url("**/albums/*")
    return page


def test_pictures_are_looked_at_large_with_keys_alone(visitor: Come) -> None:
    window = visitor("member")
    page = first_album(window)
    links = page.locator(".shot-link[data-large]")
    words = links.nth(1).get_attribute("data-words")
    links.first.focus()
    page.keyboard.press("Enter")
    large = page.locator(".pswp")
    expect(large).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(large.get_by_role("status")).to_contain_text(words or "")
    page.keyboard.press("Escape")
    expect(large).to_have_count(0)
    expect(links.nth(1)).to_be_focused()
    assert window.troubles == []


def test_back_closes_the_picture_and_not_the_album(visitor: Come) -> None:
    window = visitor("member", width="phone")
    page = first_album(window)
    address = page.url
    page.locator(".shot-link[data-large]").first.click()
    expect(page.locator(".pswp")).to_be_visible()
    page.go_back()
    expect(page.locator(".pswp")).to_have_count(0)
    assert page.url == address


def shown_order(page: Page) -> list[str]:
    return [str(each) for each in page.locator("[data-picture]").evaluate_all(IDS)]


IDS = "tiles => tiles.map(tile => tile.dataset.picture)"


def open_order(window: Visitor) -> Page:
    page = first_album(window)
    return window.open(page.url.removeprefix(window.site.address) + "/order")


def saved(page: Page, act: Callable[[], Any]) -> None:
    with page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        act()
    assert answer.value.ok


def test_pictures_are_put_into_order_by_keys_and_by_dragging(visitor: Come) -> None:
    window = visitor("moderator")
    page = open_order(window)
    first, second, third, *others = shown_order(page)
    page.locator(f"[data-picture='{first}']").focus()
    saved(page, lambda: page.keyboard.press("Alt+ArrowRight"))
    assert shown_order(page) == [second, first, third, *others]
    expect(page.locator(f"[data-picture='{first}']")).to_be_focused()
    moved, onto = (page.locator(f"[data-picture='{each}']") for each in (third, second))
    saved(page, lambda: moved.drag_to(onto, target_position={"x": 8, "y": 40}))
    assert shown_order(page) == [third, second, first, *others]
    page.reload()
    assert shown_order(page) == [third, second, first, *others]
    assert window.troubles == []
