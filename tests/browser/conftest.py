"""One demo and one browser for all browser tests of a process."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.browsing import Visitor, chromium, visit
from tests.browser.demo_site import DemoSite, demo_site

# Milliseconds that something may take to appear: a busy machine is slow, and speed is not what
# these tests are about.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def demo(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DemoSite]:
    """The demo on the database under test."""
    embedded = os.environ.get("SREDA_TEST_DATABASE", "sqlite") == "sqlite"
    database: Any = nullcontext("") if embedded else request.getfixturevalue("postgres").database()
    with database as url, demo_site(tmp_path_factory.mktemp("demo"), url) as site:
        yield site


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def visitor(browser: Browser, demo: DemoSite) -> Iterator[Callable[..., Visitor]]:
    """``visitor("member", locale="en", width="phone")`` gives a window in which to look around."""
    windows: list[Visitor] = []

    def come(role: str | None = None, **wishes: Any) -> Visitor:
        windows.append(visit(browser, demo, role, **wishes))
        return windows[-1]

    yield come
    for window in windows:
        window.page.context.close()
