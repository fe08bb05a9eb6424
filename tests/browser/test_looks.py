"""Every page of the demo: accessible, valid, quiet, within the width of a phone, and light.

Each role walks through the site once in each language; on every page all that can be looked at
there is looked at, so that nothing is loaded twice.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.browsing import WIDTHS, Visitor, visit
from tests.browser.demo_site import DemoSite
from tests.browser.walk import walk

pytestmark = [pytest.mark.browser, pytest.mark.looks]

HERE = Path(__file__).parent
AXE = HERE / "node_modules/axe-core/axe.min.js"
NU = HERE / "node_modules/vnu-jar/build/dist/vnu.jar"
ROLES = ["guest", "member", "coordinator", "administrator"]
KILOBYTE = 1024
# In the dark only colours are different.
OF_COLOURS = ["color-contrast", "link-in-text-block"]
# What is at the side of the page while nothing of a closed menu is.
TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll("body *")]
    .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1)
    .slice(-3).map((one) => one.outerHTML.slice(0, 120))"""


def violations(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe-core finds on the page, one line a finding.

    The window is made so tall that nothing lies under the bars that stick to its edges.
    """
    width = page.evaluate("innerWidth")
    page.set_viewport_size({"width": width, "height": 4000})
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": rules}
    run = "async (options) => (await axe.run(options)).violations"
    found: list[dict[str, Any]] = page.evaluate(run, options)
    return [
        f"{rule['id']}: {node['target']} {node['html'][:120]}"
        for rule in found
        for node in rule["nodes"][:3]
    ]


def in_light_and_dark(page: Page) -> list[str]:
    """The same for both schemes of colours."""
    page.emulate_media(color_scheme="light")
    found = violations(page)
    page.emulate_media(color_scheme="dark")
    return found + [f"dark {line}" for line in violations(page, OF_COLOURS)]


def too_wide(page: Page) -> list[str]:
    """What is wider than a phone, in the usual size and in the larger one."""
    page.set_viewport_size({"width": WIDTHS["phone"], "height": 800})
    usual: list[str] = page.evaluate(TOO_WIDE)
    page.evaluate("document.documentElement.setAttribute('data-large-text', '')")
    larger: list[str] = page.evaluate(TOO_WIDE)
    return usual + [f"larger text: {line}" for line in larger]


@dataclass
class Tour:
    """What one role met on all pages in one language: lines that begin with the address."""

    pages: int = 0
    barriers: list[str] = field(default_factory=list)
    wide: list[str] = field(default_factory=list)
    sources: dict[str, bytes] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)


def tour_of(window: Visitor) -> Tour:
    """Walk through the whole site."""
    tour = Tour(troubles=window.troubles)
    for path in walk(window):
        tour.pages += 1
        tour.barriers += [f"{path} {line}" for line in in_light_and_dark(window.page)]
        tour.wide += [f"{path} {line}" for line in too_wide(window.page)]
        answer = window.page.context.request.get(window.site.address + path)
        tour.sources[path] = answer.body()
        window.page.set_viewport_size({"width": WIDTHS["desktop"], "height": 900})
    return tour


@pytest.fixture(scope="class", params=ROLES)
def tour(request: pytest.FixtureRequest, browser: Browser, demo: DemoSite) -> Iterator[Tour]:
    role = None if request.param == "guest" else request.param
    window = visit(browser, demo, role, locale=request.cls.locale)
    yield tour_of(window)
    window.page.context.close()


class Looks:
    """What is asked of every page in each language."""

    locale: str

    def test_every_page_is_accessible(self, tour: Tour) -> None:
        assert tour.barriers == []
        assert tour.pages > 10

    def test_every_page_fits_a_phone(self, tour: Tour) -> None:
        assert tour.wide == []

    def test_no_script_fails_and_nothing_is_asked_of_other_sites(self, tour: Tour) -> None:
        assert tour.troubles == []


class TestInEnglish(Looks):
    locale = "en"


class TestInRussian(Looks):
    locale = "ru"

    def test_every_page_is_valid_html(self, tour: Tour, tmp_path: Path) -> None:
        names = {f"{number}.html": path for number, path in enumerate(tour.sources)}
        for name, path in names.items():
            (tmp_path / name).write_bytes(tour.sources[path])
        command = ["java", "-jar", str(NU), "--errors-only", "--format", "json", str(tmp_path)]
        told = subprocess.run(command, capture_output=True, text=True, check=False).stderr
        findings = [
            f"{names[Path(m['url']).name]}: {m['message']} {m.get('extract', '')[:150]}"
            for m in json.loads(told)["messages"]
        ]
        assert findings == []


def test_the_open_editor_is_accessible_and_fits_a_phone(visitor: Callable[..., Visitor]) -> None:
    page = visitor("member").open("/c/olekminsk/forum/1/topics/1")
    page.locator("textarea[data-rich-text]").focus()
    page.locator("trix-editor").wait_for()
    assert in_light_and_dark(page) == []
    assert too_wide(page) == []


@pytest.mark.parametrize("role", [None, "member"])
def test_a_dead_end_is_accessible_and_shows_the_way_on(
    role: str | None, visitor: Callable[..., Visitor]
) -> None:
    page = visitor(role).open("/c/olekminsk/nowhere")
    assert in_light_and_dark(page) == []
    assert too_wide(page) == []
    page.locator("main .next-steps a").first.click()
    expect(page).not_to_have_url(re.compile("nowhere"))
    expect(page.locator("main h1")).to_be_visible()


def weigh(window: Visitor, path: str) -> int:
    """Bytes over the wire, headers too, until a page is there."""
    session = window.page.context.new_cdp_session(window.page)
    session.send("Network.enable")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    window.page.goto(window.site.address + path, wait_until="networkidle")
    return round(sum(sizes))


@pytest.mark.parametrize("path", ["/c/olekminsk/", "/c/olekminsk/forum/1/topics/1"])
def test_the_first_visit_weighs_at_most_200_kb_and_the_next_30(
    path: str, visitor: Callable[..., Visitor]
) -> None:
    window = visitor()
    first = weigh(window, path)
    again = weigh(window, path)
    assert 20 * KILOBYTE < first <= 200 * KILOBYTE
    assert again <= 30 * KILOBYTE
    assert window.troubles == []


def test_a_sheet_is_a_table_on_paper_though_a_page_is_as_narrow_as_a_tablet(
    visitor: Callable[..., Visitor],
) -> None:
    page = visitor("coordinator").open("/c/olekminsk/announcements/")
    page.get_by_role("link", name="Порядок проверки олимпиадных работ").click()
    page.get_by_role("link", name="Лист ознакомления").click()
    page.locator("table.sheet").wait_for()
    page.emulate_media(media="print")
    page.set_viewport_size(
        {"width": 718, "height": 1000}
    )  # A4 at 96 dots an inch, less its margins
    assert (
        page.locator("table.sheet").evaluate("table => getComputedStyle(table).display") == "table"
    )
    assert page.locator("table.sheet thead th").last.is_visible()
