"""The one door to a meeting, on a desk and on a phone; and the check before it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from plugins.webinar.tests.bbb_server import StandIn, serving
from tests.browser.browsing import ARGUMENTS, Visitor, visit
from tests.browser.demo_site import DemoSite
from tests.browser.test_looks import violations

pytestmark = pytest.mark.browser

Come = Callable[..., Visitor]
ZONE = ZoneInfo("Asia/Yakutsk")
COMMUNITY = "/c/olekminsk/"
FAKE_DEVICES = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]


@pytest.fixture
def server() -> Iterator[StandIn]:
    with serving() as stand_in:
        yield stand_in


def set_up(administrator: Visitor, server: StandIn) -> None:
    """Tried first, with a mistake; then saved."""
    page = administrator.open("/admin/plugins/webinar/settings")
    trial = page.locator("#trial")
    page.fill("[name=bbb_address_1]", server.address)
    page.fill("[name=bbb_secret_1]", "mistyped")
    page.get_by_role("button", name="Проверить").click()
    expect(trial).to_contain_text("секретный ключ неверный")
    page.fill("[name=bbb_secret_1]", server.secret)
    page.get_by_role("button", name="Проверить").click()
    expect(trial).to_contain_text("Работает")
    page.get_by_role("button", name="Сохранить").click()
    page.wait_for_url(re.compile(r"/admin/plugins/webinar$"))


def begin(host: Visitor, title: str) -> str:
    """A webinar on that server in ten minutes; its path."""
    page = host.open(f"{COMMUNITY}activities/new/webinar/webinar")
    page.fill("[name=title]", title)
    moment = datetime.now(ZONE) + timedelta(minutes=10)
    page.fill("[name=begins_at]", moment.strftime("%Y-%m-%dT%H:%M"))
    page.select_option("[name=provider]", "bigbluebutton")
    page.locator("main form").first.evaluate("form => form.requestSubmit()")
    page.wait_for_url(re.compile(r"/webinar/\d+/$"))
    return page.url.removeprefix(host.site.address)


def entrance(page: Page, words: str) -> None:
    expect(page.locator("#webinar-entrance")).to_contain_text(words)


def ends_there(page: Page, server: StandIn) -> None:
    """The worker closes the room on the server, as soon as it comes to it."""
    for _ in range(600):
        if not server.meetings:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"still open: {sorted(server.meetings)}")


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_the_door_opens_before_ones_eyes_and_closes(
    visitor: Come, server: StandIn, width: str
) -> None:
    set_up(visitor("administrator"), server)
    host, guest = visitor("coordinator"), visitor("member", width=width)
    path = begin(host, f"Дробь на ладони, {width}")
    page = guest.open(path)
    page.get_by_role("button", name="Записаться").click()
    entrance(page, "Ждём ведущего")
    assert violations(page) == []
    host.page.get_by_role("link", name="Открыть и войти").click()
    host.page.wait_for_url(re.compile(r"/bigbluebutton/api/join"))
    come_in = page.get_by_role("link", name="Войти")
    expect(come_in).to_be_visible()
    assert violations(page) == []
    come_in.click()
    page.wait_for_url(re.compile(r"/bigbluebutton/api/join.*role=VIEWER"))
    page = guest.open(path)
    other = host.open(path)
    other.locator("#webinar-entrance summary", has_text="Завершить").click()
    other.locator("#webinar-entrance .menu-panel [type=submit]:visible").click()
    entrance(other, "Открыть снова")
    entrance(page, "Встреча завершилась")
    assert violations(page) == []
    ends_there(page, server)
    inside = [t for t in (*guest.troubles, *host.troubles) if server.address not in t]
    assert inside == []


def test_a_door_that_is_not_open_says_how_long_it_will_be(visitor: Come) -> None:
    guest = visitor("tutor", width="phone")
    page = guest.open(COMMUNITY)
    page.locator("main a", has_text="Школа классного руководителя").first.click()
    page.wait_for_url(re.compile(r"/webinar/\d+/"))
    door = page.locator("[data-opens-at]")
    opens = datetime.fromisoformat(door.get_attribute("data-opens-at") or "")
    page.clock.set_fixed_time(opens - timedelta(minutes=12))
    expect(door).to_have_text("Откроется через 12 минут")
    expect(page.locator("#webinar-entrance button[disabled]")).to_be_visible()
    assert guest.troubles == []


@contextmanager
def with_devices(
    browser: Browser, site: DemoSite, arguments: list[str], width: str = "desktop"
) -> Iterator[Visitor]:
    """A browser of its own, with devices that are made up or with none."""
    other = browser.browser_type.launch(
        executable_path="/usr/bin/chromium", args=[*ARGUMENTS, *arguments]
    )
    window = visit(other, site, "member", width=width)
    yield window
    other.close()


def check(window: Visitor) -> Page:
    """Everything that can be checked before the webinar with the link is."""
    page = window.open(COMMUNITY)
    page.locator("main a", has_text="Геометрия в GeoGebra").first.click()
    page.wait_for_url(re.compile(r"/webinar/\d+/"))
    page.get_by_role("link", name="Проверить звук и связь").click()
    page.route("https://meet.example/**", lambda route: route.fulfill(body="here"))
    page.locator("[data-check-begin]").click()
    expect(page.locator("[data-check-begin]")).to_be_enabled(timeout=40_000)
    return page


def says(page: Page, name: str) -> str:
    return page.locator(f"[data-check={name}] [data-say]:visible").inner_text()


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_all_is_well_where_all_is_well(browser: Browser, demo: DemoSite, width: str) -> None:
    with with_devices(browser, demo, FAKE_DEVICES, width=width) as window:
        page = check(window)
        expect(page.locator("[data-check-sum]")).to_contain_text("Всё в порядке")
        assert "Камера работает" in says(page, "camera")
        assert "Живая связь проходит" in says(page, "socket")
        assert "Хватит" in says(page, "speed")
        assert "meet.example" in says(page, "server")
        expect(page.locator("[data-mirror]")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert violations(page) == []
        assert [t for t in window.troubles if "meet.example" not in t] == []


def test_what_is_missing_is_said_with_what_to_do(browser: Browser, demo: DemoSite) -> None:
    with with_devices(browser, demo, []) as window:
        window.page.context.grant_permissions([])
        page = check(window)
        expect(page.locator("[data-check-sum]")).to_contain_text("нужно поправить")
        assert "микрофон" in says(page, "microphone").lower()
        assert "камер" in says(page, "camera").lower()
        assert page.locator("[data-check=socket]").get_attribute("data-result") == "good"
        assert violations(page) == []


def test_without_script_the_check_says_so(visitor: Come) -> None:
    window = visitor("member", script=False)
    page = window.open(COMMUNITY)
    page.locator("main a", has_text="Геометрия в GeoGebra").first.click()
    page.get_by_role("link", name="Проверить звук и связь").click()
    expect(page.locator("main")).to_contain_text("нужны скрипты")
    expect(page.locator("[data-check-begin]")).to_be_hidden()
