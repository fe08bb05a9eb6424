"""Walking through the whole site as somebody: every page that a link leads to, one of each kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from tests.browser.browsing import Visitor

# Where everybody begins; all else is found by following links.
# The first topic of the demo has everything a topic can have.
STARTS = [
    "/",
    "/my",
    "/communities",
    "/search?q=%D1%83%D1%80%D0%BE%D0%BA",
    "/c/olekminsk/",
    "/c/olekminsk/forum/1/",
    "/c/olekminsk/forum/1/topics/1",
]
# Doors lead out of the site.
LEAVE_ALONE = re.compile(
    r"/files/|/static/|\.(json|ics|txt|xml|csv|xlsx)$|/export|/download|/door$"
)
MOST = 250


def kind_of(path: str) -> str:
    """Pages of one kind differ in numbers and names of places alone."""
    pattern = re.sub(r"/c/[^/]+", "/c/*", urlsplit(path).path)
    pattern = re.sub(r"/roles/(?!matrix)[^/]+", "/roles/*", pattern)
    return re.sub(r"/\d+", "/*", pattern)


def walk(visitor: Visitor) -> Iterator[str]:
    """Addresses of one page of each kind, each yielded while the visitor stands on it."""
    waiting, seen = list(STARTS), {kind_of(path) for path in STARTS}
    for _ in range(MOST):
        if not waiting:
            return
        path = waiting.pop(0)
        answer = visitor.page.goto(visitor.site.address + path, wait_until="load")
        assert answer is not None, path
        assert answer.status < 400, f"a link leads to {path}, which answers {answer.status}"
        yield path
        for found in _links(visitor):
            if kind_of(found) not in seen:
                seen.add(kind_of(found))
                waiting.append(found)
    raise AssertionError(f"more than {MOST} kinds of pages: {sorted(seen)}")


def _links(visitor: Visitor) -> Iterator[str]:
    links = visitor.page.locator("a[href]:not([download])")
    hrefs = links.evaluate_all("links => links.map((link) => link.href)")
    for href in hrefs:
        address = urlsplit(urljoin(visitor.site.address, href))
        inside = f"{address.scheme}://{address.netloc}" == visitor.site.address
        if inside and not LEAVE_ALONE.search(address.path):
            yield address.path + (f"?{address.query}" if address.query else "")
