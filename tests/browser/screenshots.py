"""``make screenshots``: pictures of the demo, pages × languages × widths × light and dark.

They go to ``build/screenshots``; the two that the README shows also to ``docs/images``.
"""

from __future__ import annotations

import itertools
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.browsing import chromium, visit
from tests.browser.demo_site import DemoSite, demo_site
from tests.browser.walk import kind_of, walk

TARGET = Path("build/screenshots")
IMAGES = Path("docs/images")


def main(roles: list[str]) -> None:
    """Walk through the site as each role and take every kind of page once a variant."""
    shutil.rmtree(TARGET, ignore_errors=True)
    scratch = tempfile.TemporaryDirectory(prefix="sreda-pictures-")
    variants = list(itertools.product(("ru", "en"), ("desktop", "phone"), (False, True)))
    with scratch as folder, demo_site(Path(folder)) as site, chromium() as browser:
        for role in roles:
            paths = list(walk(visit(browser, site, None if role == "guest" else role)))
            for locale, width, dark in variants:
                _take(browser, site, role, paths, locale, width, dark)
    IMAGES.mkdir(parents=True, exist_ok=True)
    for width, name in (("desktop", "home.png"), ("phone", "home-phone.png")):
        shutil.copy(TARGET / f"member-c-place-{width}-ru-light.png", IMAGES / name)


def _take(
    browser: Browser,
    site: DemoSite,
    role: str,
    paths: list[str],
    locale: str,
    width: str,
    dark: bool,
) -> None:
    who = None if role == "guest" else role
    window = visit(browser, site, who, locale=locale, width=width, dark=dark)
    TARGET.mkdir(parents=True, exist_ok=True)
    for path in paths:
        window.open(path)
        name = kind_of(path).strip("/").replace("/", "-").replace("c-*", "c-place")
        name = name.replace("*", "n") or "front"
        shade = "dark" if dark else "light"
        window.page.screenshot(path=TARGET / f"{role}-{name}-{width}-{locale}-{shade}.png")
    window.page.context.close()


if __name__ == "__main__":
    main(sys.argv[1:] or ["member", "coordinator", "administrator", "guest"])
