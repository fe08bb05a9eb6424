"""What tests of notices share: a kind of their own, people who are told, and what they read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from core.communities.models import Community
from core.contents.models import Content
from core.contract.manifest import CalendarItem
from core.contract.notices import Channel, News, NoticeKind
from core.contract.registry import registry_of
from core.notices.telling import notify
from core.platform.db import db, operation
from core.testing.cast import Made

EN = {"Accept-Language": "en"}
PING = "core.ping"
GOSSIP = "core.gossip"
URGENT = "core.urgent"
# Dates belong to plugins: this kind stands in for one of the forum's.
DATED = "forum.dated"


def _says(news: News) -> str:
    return f"{news.who or 'Nobody'} pings {news.count} about {news.title or 'a place'}"


def _dates(news: News) -> list[CalendarItem]:
    assert news.community is not None
    start = datetime(2026, 12, 3, 6, 0, tzinfo=UTC)
    return [
        CalendarItem(
            key="forum.dated.1", title="Дроби", community=news.community, url="/c/maths/",
            start=start, end=start + timedelta(hours=1), sequence=news.facts["sequence"],
            cancelled=news.facts.get("off", False), updated=start,
        )
    ]  # fmt: skip


KINDS = (
    NoticeKind(name=PING, title="Pings", says=_says, why="because of a ping"),
    NoticeKind(name=GOSSIP, title="Gossip", says=_says, why="because of gossip",
               channel=Channel.DAILY),
    NoticeKind(name=URGENT, title="Urgent", says=_says, why="because it is urgent",
               channel=Channel.MAIL),
    NoticeKind(name=DATED, title="Dates", says=_says, why="because of a date", dates=_dates,
               channel=Channel.MAIL),
)  # fmt: skip


def install(app: Flask) -> None:
    """Declare the kinds beside core's own."""
    registry = registry_of(app)
    assert registry.core is not None
    registry.core = replace(registry.core, notices=(*registry.core.notices, *KINDS))


@dataclass(frozen=True)
class Teller:
    """Tells people of contents and places, as plugins do."""

    app: Flask

    def of_content(
        self, kind: str, people: Iterable[Made] | None, content: int, **more: Any
    ) -> None:  # fmt: skip
        with self.app.app_context():
            _tell_of_content(more.pop("by", None), kind, _ids(people), content, more)

    def of_place(
        self, kind: str, people: Iterable[Made] | None, community: Made, **more: Any
    ) -> None:  # fmt: skip
        with self.app.app_context():
            _tell_of_place(more.pop("by", None), kind, _ids(people), community.id, more)


def _ids(people: Iterable[Made] | None) -> list[int] | None:
    return None if people is None else [person.id for person in people]


@operation
def _tell_of_content(
    by: Made | None, kind: str, people: list[int] | None, content: int, more: dict[str, Any]
) -> None:
    row = db.session.get_one(Content, content)
    once = more.pop("once", f"test:{content}")
    notify(kind, people, content=row, by=by.id if by else None, once=once, **more)


@operation
def _tell_of_place(
    by: Made | None, kind: str, people: list[int] | None, community: int, more: dict[str, Any]
) -> None:
    row = db.session.get_one(Community, community)
    once = more.pop("once", f"test:{community}")
    notify(kind, people, about=row, by=by.id if by else None, once=once, **more)


def bell(browser: FlaskClient) -> int:
    """The number at the bell, on any page."""
    found = re.search(r'href="/me/notices".*?</a>', browser.get("/my").text, re.DOTALL)
    assert found is not None
    number = re.search(r"badge-accent..([0-9]+\+?)<", found[0])
    return int(number[1].rstrip("+")) if number else 0


def lines(browser: FlaskClient, query: str = "") -> list[str]:
    """What the list says, line by line, with where each leads."""
    page = browser.get(f"/me/notices{query}", headers=EN)
    assert page.status_code == 200, page.text
    return [
        " ".join(text.split())
        for text in re.findall(r'href="/me/notices/[0-9]+">(.*?)</a>', page.text, re.DOTALL)
    ]


def links(browser: FlaskClient) -> list[str]:
    """The addresses of the lines."""
    return re.findall(r'href="(/me/notices/[0-9]+)"', browser.get("/me/notices").text)
