"""Asking the page of results, and reading what it answers."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient


@dataclass(frozen=True)
class Answer:
    """What a page of results says: titles, addresses and snippets in their order, and the count."""

    titles: list[str]
    urls: list[str]
    snippets: list[str]
    said: str
    text: str

    def has(self, url: str) -> bool:
        return url in self.urls


def ask(browser: FlaskClient, words: str, **narrowed: Any) -> Answer:
    """The results for some words."""
    where = narrowed.pop("place", "")
    asked = {"q": words, **({"in": where} if where else {}), **narrowed}
    response = browser.get("/search", query_string=asked)
    assert response.status_code == 200, response.status_code
    page = response.text
    links = re.findall(r'<h2 class="hit-title"><a href="([^"]*)">(.*?)</a></h2>', page, re.DOTALL)
    return Answer(
        [bare(title) for _url, title in links],
        [html.unescape(url) for url, _title in links],
        re.findall(r'<p class="hit-snippet" dir="auto">(.*?)</p>', page, re.DOTALL),
        bare("".join(re.findall(r'role="status">(.*?)</p>', page, re.DOTALL))),
        page,
    )


def suggested(browser: FlaskClient, words: str, **narrowed: Any) -> list[str]:
    """The titles that are suggested for what is being typed."""
    where = narrowed.pop("place", "")
    asked = {"q": words, **({"in": where} if where else {}), **narrowed}
    response = browser.get("/search/suggest", query_string=asked)
    assert response.status_code == 200, response.status_code
    return [each["title"] for each in response.json or []]


def bare(piece: str) -> str:
    """A piece of a page without its markup."""
    return html.unescape(" ".join(re.sub(r"<[^>]+>", "", piece).split()))


def alike(browser: FlaskClient, words: str, **narrowed: Any) -> list[str]:
    """The titles that are shown beside a title that is being written."""
    asked = {"q": words, "in": narrowed.pop("place", ""), **narrowed}
    response = browser.get("/search/similar", query_string=asked)
    assert response.status_code == 200, response.status_code
    return [each["title"] for each in response.json or []]
