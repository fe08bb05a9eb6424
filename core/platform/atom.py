"""News for feed readers and other sites, as an Atom document (RFC 4287).

Written with the standard library: a feed is a dozen elements, and escaping them is all there is to
it. What a reader keeps is known by a tag of the site's name and a key that never changes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from core.config import current
from core.platform.addresses import absolute
from core.platform.html import scrub
from core.platform.i18n import LazyString

ATOM = "http://www.w3.org/2005/Atom"
MEDIA_TYPE = "application/atom+xml; charset=utf-8"
register_namespace("", ATOM)

_TAG = re.compile(r"<[^<>]+>")
_LINK = re.compile(r'(?<= )(href|cite|src)="([^"]*)"')


Text = LazyString | str
# Clean, as it is stored.
Html = str


@dataclass(frozen=True, kw_only=True)
class FeedEntry:
    """One piece of news. ``key`` names it for ever and begins with its owner's name
    ("forum.topic.17"); ``html`` is clean HTML; ``author`` a name, as pages show it."""

    key: str
    title: Text
    url: str
    published: datetime
    updated: datetime | None = None
    author: str = ""
    html: Html = ""

    @property
    def changed(self) -> datetime:
        return max(self.updated or self.published, self.published)


def document(
    key: str, title: str, page: str, own: str, entries: Sequence[FeedEntry], begun: datetime
) -> bytes:
    """A feed about a ``page``, to be found at the address ``own``; ``begun`` is when it was last
    changed as long as there is nothing in it."""
    feed = Element(_name("feed"))
    _add(feed, "id", _tag(key))
    _add(feed, "title", title)
    _add(feed, "updated", _moment(max((e.changed for e in entries), default=begun)))
    SubElement(feed, _name("link"), rel="alternate", type="text/html", href=absolute(page))
    SubElement(feed, _name("link"), rel="self", type="application/atom+xml", href=absolute(own))
    _add(SubElement(feed, _name("author")), "name", current().site_name)
    for entry in entries:
        _add_entry(feed, entry)
    return bytes(tostring(feed, encoding="utf-8", xml_declaration=True))


def _add_entry(feed: Element, entry: FeedEntry) -> None:
    element = SubElement(feed, _name("entry"))
    url = absolute(entry.url)
    _add(element, "id", _tag(entry.key))
    _add(element, "title", str(entry.title))
    _add(element, "published", _moment(entry.published))
    _add(element, "updated", _moment(entry.changed))
    SubElement(element, _name("link"), rel="alternate", type="text/html", href=url)
    if entry.author:
        _add(SubElement(element, _name("author")), "name", entry.author)
    if entry.html:
        _add(element, "content", with_whole_links(entry.html, url)).set("type", "html")


def with_whole_links(html: str, page: str) -> str:
    """Clean HTML of a page whose links work elsewhere, too. In clean HTML a ``<`` begins a tag."""

    def whole(link: re.Match[str]) -> str:
        return f'{link[1]}="{urljoin(page, link[2])}"'

    return _TAG.sub(lambda tag: _LINK.sub(whole, tag[0]), html)


def _name(tag: str) -> str:
    return f"{{{ATOM}}}{tag}"


def _add(parent: Element, tag: str, text: str) -> Element:
    element = SubElement(parent, _name(tag))
    element.text = scrub(text)
    return element


def _tag(key: str) -> str:
    """A name by RFC 4151; the year is one in which the site's name was the site's."""
    return f"tag:{urlsplit(current().base_url).hostname},2026:{key}"


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
