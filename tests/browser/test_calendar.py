"""The calendar in a browser: a sheet where there is room, dots and a list where there is none."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.browsing import Visitor
from tests.browser.demo_site import DemoSite
from tests.browser.test_looks import in_light_and_dark, too_wide

pytestmark = pytest.mark.browser

MONTH = "/c/olekminsk/calendar"


@pytest.mark.parametrize(
    ("zone", "offered"), [("Asia/Yakutsk", "Asia/Yakutsk"), ("Asia/Tokyo", "Europe/Moscow")]
)
def test_registration_offers_the_clock_of_the_browser(
    browser: Browser, demo: DemoSite, zone: str, offered: str
) -> None:
    with browser.new_context(timezone_id=zone) as context:
        page = context.new_page()
        page.goto(f"{demo.address}/register")
        expect(page.locator("select[name=zone_name]")).to_have_value(offered)


def month_with_dates(page: Page) -> Page:
    """The demo's dates lie ahead; at the end of a month they are in the next one."""
    if page.locator(".cal-entry").count() == 0:
        page.locator(".cal-steps a[rel=next]").click()
    return page


def test_a_month_is_a_sheet_on_a_wide_screen(visitor: Callable[..., Visitor]) -> None:
    page = month_with_dates(visitor("member").open(MONTH))
    expect(page.get_by_role("table")).to_be_visible()
    entry = page.locator(".cal-entry").first
    expect(entry).to_be_visible()
    expect(page.locator(".cal-list-below .cal-days")).to_be_hidden()
    entry.click()
    expect(page.locator("main h1")).to_be_visible()


def test_on_a_phone_dots_lead_to_the_list_below(visitor: Callable[..., Visitor]) -> None:
    page = month_with_dates(visitor("member", width="phone").open(MONTH))
    expect(page.locator(".cal-entry").first).to_be_hidden()
    dots = page.locator(".cal-dots").first
    dots.click()
    day = page.locator(":target")
    expect(day).to_be_in_viewport()
    assert day.locator(".cal-line").count() > 0


def test_everything_is_reached_without_script(visitor: Callable[..., Visitor]) -> None:
    page = visitor(script=False).open(MONTH)
    title = page.locator(".cal-title").inner_text()
    page.locator(".cal-steps a[rel=next]").click()
    expect(page.locator(".cal-title")).not_to_have_text(title)
    page.locator(".cal-steps a", has_text="Сегодня").click()
    expect(page.locator(".cal-title")).to_have_text(title)
    page.locator("nav.chips a", has_text="Неделя").click()
    expect(page.locator(".cal tbody tr")).to_have_count(1)
    page.fill("input[name=on]", "2030-05-09")
    page.get_by_role("button", name="Показать").click()
    expect(page.locator(".cal-title")).to_contain_text("2030")
    expect(page.locator(".cal tbody tr")).to_have_count(1)


def test_a_sheet_is_printed_as_a_sheet(visitor: Callable[..., Visitor]) -> None:
    page = month_with_dates(visitor("member").open(MONTH))
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1000})
    expect(page.locator(".cal-entry").first).to_be_visible()
    expect(page.locator(".cal-list-below")).to_be_hidden()
    expect(page.locator(".cal-narrow")).to_be_hidden()


def test_an_address_is_made_copied_and_taken_back(visitor: Callable[..., Visitor]) -> None:
    window = visitor("tutor")
    window.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = window.open("/calendar/subscribe")
    page.get_by_role("button", name="Создать адрес").click()
    address = page.locator("#own-address").input_value()
    path = urlsplit(address).path
    assert path.startswith("/calendar/feed/")
    feed = window.site.address + path
    page.get_by_role("button", name="Скопировать адрес").click()
    expect(page.get_by_role("button", name="Скопировано")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == address
    assert page.context.request.get(feed).headers["content-type"].startswith("text/calendar")
    assert in_light_and_dark(page) == []
    assert too_wide(page) == []
    page.get_by_role("button", name="Отозвать адрес").click()
    expect(page.locator("#own-address")).to_have_count(0)
    assert page.context.request.get(feed).status == 404
    assert window.troubles == []
