"""The client of streams in real browsers, with a server that is killed in between."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.browsing import Visitor, visit
from tests.browser.demo_site import DemoSite
from tests.cluster.service import Service, site_with_room
from tests.core.installation import wait_until

pytestmark = pytest.mark.browser


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    site = site_with_room(tmp_path, {"SREDA_ENV": "development"})
    built = site.run("demo", "--if-empty")
    assert built.returncode == 0, built.stderr
    (tmp_path / "people").write_text(built.stdout, encoding="utf-8")
    running = Service(site)
    assert wait_until(running.is_up, 60)
    yield running
    running.close()


@pytest.fixture
def windows(browser: Browser, service: Service) -> Iterator[list[Visitor]]:
    told = (service.site.folder / "people").read_text(encoding="utf-8")
    people = {
        line.split()[0]: tuple(line.split()[1:3]) for line in told.splitlines() if "@" in line
    }
    demo = DemoSite(service.url, people)  # type: ignore[arg-type]
    with ExitStack() as stack:
        opened = [visit(browser, demo, role) for role in ("member", "tutor")]
        for window in opened:
            stack.callback(window.page.context.close)
        yield opened


def room_of(window: Visitor) -> Page:
    """The room of the demo's first community."""
    page = window.open("/c/olekminsk/")
    address = page.locator("#side a[href*='/talk/']").get_attribute("href")
    assert address is not None
    page = window.open(address)
    expect(page.locator("[data-talk]")).to_have_attribute("data-state", "connected")
    return page


def say(page: Page, text: str) -> None:
    page.fill("[data-say] input[name=text]", text)
    page.press("[data-say] input[name=text]", "Enter")


def lines(page: Page) -> list[str]:
    texts = page.locator("[data-lines] li[data-number]").all_inner_texts()
    return [text.split()[-1] for text in texts]


def test_what_is_said_while_the_site_is_gone_goes_out_once_and_in_order(
    service: Service, windows: list[Visitor]
) -> None:
    one, other = (room_of(window) for window in windows)
    say(one, "первая")
    expect(other.locator("[data-lines]")).to_contain_text("первая")
    service.kill()
    expect(one.locator("[data-talk]")).not_to_have_attribute("data-state", "connected")
    say(one, "вторая")
    say(one, "третья")
    expect(one.locator("[data-connection]")).to_contain_text("2")
    service.start()
    assert wait_until(service.is_up, 60)
    expect(other.locator("[data-lines]")).to_contain_text("третья")
    say(other, "четвёртая")
    expect(one.locator("[data-lines]")).to_contain_text("четвёртая")
    expect(one.locator("[data-connection]")).to_have_text("")
    assert lines(one)[-4:] == lines(other)[-4:] == ["первая", "вторая", "третья", "четвёртая"]


def test_whoever_signs_out_elsewhere_is_told_so(service: Service, windows: list[Visitor]) -> None:
    page = room_of(windows[0])
    second = windows[0].page.context.new_page()
    second.goto(f"{service.url}/my")
    second.evaluate("document.querySelector('form[action$=\"/sign-out\"]').submit()")
    second.wait_for_load_state()
    expect(page.locator("[data-talk]")).to_have_attribute("data-state", "out")
