"""How letters look: words that are said once become plain text and a page that looks like ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import current_app

from core.config import current
from core.platform.i18n import current_locale
from core.platform.mail import Letter


@dataclass(frozen=True)
class Way:
    """Words that lead somewhere; a full address."""

    words: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One of several things that a letter tells of: where it leads, and what was written there."""

    text: str
    url: str
    quiet: str = ""
    passages: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What a letter says, from top to bottom.

    ``preheader`` is what mail programs show behind the subject; ``passages`` are who wrote what;
    ``why`` says why it came, ``change`` and ``stop`` how to have it otherwise.
    """

    subject: str
    heading: str
    preheader: str = ""
    greeting: str = ""
    paragraphs: Sequence[str] = ()
    passages: Sequence[tuple[str, str]] = ()
    entries: Sequence[Entry] = ()
    button: Way | None = None
    after: Sequence[str | Way] = ()
    why: str = ""
    change: Way | None = None
    stop: Way | None = None


def letter_of(sheet: Sheet, to: str, headers: Mapping[str, str] | None = None) -> Letter:
    """The sheet as a letter, in the language that is spoken now."""
    facts = {"sheet": sheet, "site": site(), "locale": current_locale()}
    return Letter(
        to, sheet.subject, _written("letters/letter.txt", facts),
        _written("letters/letter.html", facts), headers or {},
    )  # fmt: skip


def _written(template: str, facts: dict[str, Any]) -> str:
    """Pages' context is not wanted here: a letter is written while nobody looks."""
    return current_app.jinja_env.get_template(template).render(facts).strip() + "\n"


def site() -> Way:
    """The site itself, by the name and the address that people know."""
    return Way(current().site_name, f"{current().base_url}/")


def full_address(path: str) -> str:
    """A path of this site as somebody can open it from a letter."""
    return urljoin(current().base_url, path)


def link(endpoint: str, **values: Any) -> str:
    """The full address of a page, by the settings: the worker serves no request it could ask."""
    base = urlsplit(current().base_url)
    adapter = current_app.url_map.bind(base.netloc, base.path or "/", url_scheme=base.scheme)
    return adapter.build(endpoint, values, force_external=True)
