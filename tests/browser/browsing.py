"""Browsers of different people: signed in or not, wide or narrow, in either language."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.demo_site import DemoSite

# Chromium's own services would only knock at doors that are closed on a test machine.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
WIDTHS = {"desktop": 1320, "phone": 360}


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Visitor:
    """A browser window; ``troubles`` collects console errors and requests to other origins."""

    site: DemoSite
    page: Page
    troubles: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        self.page.on("request", self._asked)

    def _heard(self, message: Any) -> None:
        if message.type == "error":
            self.troubles.append(f"{self.page.url}: {message.text}")

    def _asked(self, request: Any) -> None:
        address = urlsplit(request.url)
        if (
            address.scheme in ("http", "https")
            and address.netloc != urlsplit(self.site.address).netloc
        ):
            self.troubles.append(f"outside request: {request.url}")

    def open(self, path: str) -> Page:
        """Go to an address of the site."""
        self.page.goto(self.site.address + path, wait_until="load")
        return self.page

    def sign_in(self, role: str) -> Page:
        """Sign in as one of the five people of the demo, as a person does."""
        email, password = self.site.people[role]
        self.open("/sign-in")
        self.page.fill("input[name=email]", email)
        self.page.fill("input[name=password]", password)
        self.page.click("main form [type=submit]")
        self.page.wait_for_url(lambda url: "/sign-in" not in url)
        return self.page

    def arrive(self, role: str, locale: str) -> None:
        """Be there as somebody who speaks that language, signed in already if that can be."""
        kept = self.site.cookies.get(role)
        if kept:
            self.page.context.add_cookies(kept)
            self.open("/drafts")
        else:
            self.sign_in(role)
            self.site.cookies[role] = list(self.page.context.cookies())
        self.speak(locale)

    def speak(self, locale: str) -> None:
        """Change the language, which an account keeps, unless it is that one already."""
        switch = self.page.locator(f".foot button[name=locale][value={locale}]")
        if switch.count():
            switch.click()
            self.page.wait_for_selector(f"html[lang={locale}]")


def visit(
    browser: Browser,
    site: DemoSite,
    role: str | None = None,
    *,
    locale: str = "ru",
    width: str = "desktop",
    dark: bool = False,
    script: bool = True,
) -> Visitor:
    """A new window, in which somebody has signed in unless ``role`` is None."""
    context: BrowserContext = browser.new_context(
        viewport={"width": WIDTHS[width], "height": 900},
        locale=locale,
        color_scheme="dark" if dark else "light",
        java_script_enabled=script,
        reduced_motion="reduce",
    )
    context.add_cookies([{"name": "locale", "value": locale, "url": site.address}])
    visitor = Visitor(site, context.new_page())
    if role is not None:
        visitor.arrive(role, locale)
    return visitor
