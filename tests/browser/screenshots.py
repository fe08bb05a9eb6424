"""``make screenshots``: pictures of the demo, pages × languages × widths × light and dark.

They go to ``build/screenshots``; the two that the README shows also to ``docs/images``.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.browsing import chromium, visit
from tests.browser.demo_site import DemoSite, demo_site

TARGET = Path("build/screenshots")
IMAGES = Path("docs/images")
PAGES = {
    None: {
        "front-guest": "/",
        "home-guest": "/c/olekminsk/",
        "sign-in": "/sign-in",
        "register": "/register",
    },
    "member": {
        "front": "/",
        "my-day": "/my",
        "home": "/c/olekminsk/",
        "calendar": "/calendar",
        "calendar-week": "/calendar?view=week",
        "calendar-phone": "/calendar/subscribe",
        "forum": "/c/olekminsk/forum/1/",
        "topic": "/c/olekminsk/forum/1/topics/1",
        "new-topic": "/c/olekminsk/forum/1/new",
        "people": "/c/olekminsk/people",
        "person": "/people/1",
        "profile": "/me/profile",
        "sessions": "/me/sessions",
        "catalogue": "/communities",
        "join": "/c/elbrus/join",
        "search": "/search?q=%D1%83%D1%80%D0%BE%D0%BA",
        "search-nothing": "/search?q=%D0%BC%D0%B0%D1%82%D0%B8%D0%BC%D0%B0%D1%82%D0%B8%D0%BA%D0%B0",
        "dead-end": "/c/olekminsk/nowhere",
    },
    "coordinator": {
        "my-day-coordinator": "/my",
        "home-coordinator": "/c/olekminsk/",
        "settings": "/c/olekminsk/settings",
        "roles": "/c/olekminsk/roles",
        "matrix": "/c/olekminsk/roles/matrix",
        "requests": "/c/olekminsk/requests",
    },
    "administrator": {
        "plugins": "/admin/",
        "accounts": "/admin/people",
        "log": "/admin/log",
        "health": "/admin/health",
    },
}


def main() -> None:
    """Take every page once a variant, as whoever sees it best."""
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True)
    scratch = tempfile.TemporaryDirectory(prefix="sreda-pictures-")
    with scratch as folder, demo_site(Path(folder)) as site, chromium() as browser:
        for locale, width, dark in itertools.product(
            ("ru", "en"), ("desktop", "phone"), (False, True)
        ):
            for role in PAGES:
                _take(browser, site, role, locale=locale, width=width, dark=dark)
    IMAGES.mkdir(parents=True, exist_ok=True)
    for width, name in (("desktop", "home.png"), ("phone", "home-phone.png")):
        shutil.copy(TARGET / f"home-{width}-ru-light.png", IMAGES / name)


def _take(
    browser: Browser, site: DemoSite, role: str | None, *, locale: str, width: str, dark: bool
) -> None:
    window = visit(browser, site, role, locale=locale, width=width, dark=dark)
    for name, path in PAGES[role].items():
        window.open(path)
        shade = "dark" if dark else "light"
        window.page.screenshot(path=TARGET / f"{name}-{width}-{locale}-{shade}.png")
    window.page.context.close()


if __name__ == "__main__":
    main()
