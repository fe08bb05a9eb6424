"""What people type in a chat: plain text with links and mentions, shown as clean HTML.

Cleaning HTML takes longer than storing a message does, so a message is kept as it was typed, and
turned into HTML when it is shown: by escaping alone, unless there may be an address in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from flask import has_request_context, url_for
from markupsafe import Markup, escape

from core.api import (
    Community,
    DomainError,
    Face,
    TooLarge,
    from_text,
    readers_matching,
)
from plugins.chat.words import _

LONGEST = 4_000
MOST_MENTIONS = 5
KEPT = 4_000

# Who is mentioned in a text, by the number in it.
Names = Mapping[str, str]

TOKEN = re.compile(r"<@([0-9]{1,9})>")
# Escaped by hand «>» becomes a reference, by the cleaner it stays.
_SHOWN_TOKEN = re.compile(r"&lt;@([0-9]{1,9})(?:&gt;|>)")
_MAY_LINK = re.compile(r"https?://|www\.|[\w.]@[\w.]", re.IGNORECASE)
_CALLED = re.compile(r"(?<![\w@.])@([^\W\d_][\w-]{1,39})")
_PARAGRAPHS = re.compile(r"\n[^\S\n]*\n\s*")
# NUL and what else nobody types; line breaks and tabs stay.
_CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\ufffe\uffff]"
)


def checked(text: str) -> str:
    """What is stored of something typed. Raises DomainError for nothing, TooLarge for too much."""
    text = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if len(text) > LONGEST:
        raise TooLarge(_("This is too long for one message: 4,000 characters fit."))
    # What looks like one of our marks is no mark.
    return text.replace("<@", "< @")


def needed(text: str) -> str:
    """A text that must not be empty. Raises DomainError."""
    if not text:
        raise DomainError(_("There is nothing in it yet. Write something first."))
    return text


@lru_cache(maxsize=KEPT)
def _html(text: str) -> str:
    if _MAY_LINK.search(text):
        return from_text(text)
    parts = (str(escape(part)).replace("\n", "<br>") for part in _PARAGRAPHS.split(text))
    return "".join(f'<p dir="auto">{part}</p>' for part in parts)


def as_html(text: str, names: Names) -> Markup:
    """Clean HTML of a text, with the names of whom it mentions."""
    html = _html(text) if text else ""
    if "&lt;@" in html:
        html = _SHOWN_TOKEN.sub(lambda found: _mention(found[1], names), html)
    return Markup(html)  # noqa: S704  # escaped, or cleaned by core


def _mention(number: str, names: Names) -> str:
    if number in names and not has_request_context():
        # For search and letters, which lead nowhere from here.
        return str(escape(f"@{names[number]}"))
    return _link(number, names)


def _link(number: str, names: Names) -> str:
    name = names.get(number)
    if name is None:
        return str(escape(_("a former participant")))
    url = url_for("people.show", person=int(number))
    link = Markup('<a class="mention" href="{}" data-person="{}">@{}</a>')
    return str(link.format(url, number, name))


def in_line(text: str, names: Names) -> Markup:
    """Clean HTML of a text that is kept as such, without paragraphs: each mention knows whose name
    it is, so that it is found when they are forgotten."""
    html = str(escape(text)).replace("\n", "<br>")
    html = _SHOWN_TOKEN.sub(lambda found: _link(found[1], names), html)
    return Markup(html)  # noqa: S704  # escaped


def in_words(text: str, names: Names) -> str:
    """The text as one would type it, on as many lines."""
    return TOKEN.sub(lambda found: "@" + names.get(found[1], _("a former participant")), text)


def in_brief(text: str, names: Names, length: int = 120) -> str:
    """The beginning of a text on one line."""
    words = " ".join(in_words(text, names).split())
    return words if len(words) <= length else words[: length - 1].rstrip() + "…"


def mentioned(text: str) -> list[int]:
    """The numbers of all whom a text mentions."""
    return sorted({int(number) for number in TOKEN.findall(text)})


@dataclass(frozen=True)
class Typed:
    """A text with marks in place of names, and the names."""

    text: str
    mentions: dict[str, str]


def with_mentions(text: str, community: Community) -> Typed:
    """The text with marks in place of the names of those who can read it here.

    Read before the operation. A name that two people bear, or nobody, stays as it was typed.
    """
    found: list[str] = []
    names: dict[str, str] = {}
    end, known = 0, _known_in(community)
    for called in list(_CALLED.finditer(text))[:MOST_MENTIONS] if "@" in text else ():
        whom = _whom(text[called.start() + 1 :], known(called[1]))
        if whom is not None and called.start() >= end:
            person, length = whom
            found += [text[end : called.start()], f"<@{person.id}>"]
            names[str(person.id)] = person.name
            end = called.start() + 1 + length
    return Typed("".join((*found, text[end:])), names)


def _known_in(community: Community) -> Callable[[str], Sequence[Face]]:
    return lambda surname: readers_matching(community, surname, limit=30)


def _whom(text: str, people: Sequence[Face]) -> tuple[Face, int] | None:
    """Whom the words behind an @ name, and how many characters do so: the longest name wins."""
    fits: dict[int, dict[int, Face]] = {}
    for person in people:
        for name in _names(person):
            if _begins(text, name):
                fits.setdefault(len(name), {})[person.id] = person
    longest = max(fits, default=0)
    called = list(fits.get(longest, {}).values())
    return (called[0], longest) if len(called) == 1 else None


def _names(person: Face) -> Iterator[str]:
    yield person.name
    yield f"{person.surname} {person.given_name}"
    yield person.short_name
    yield person.surname


def _begins(text: str, name: str) -> bool:
    plain = text[: len(name) + 1].replace("\u00a0", " ").casefold()
    wanted = name.replace("\u00a0", " ").casefold()
    return plain.startswith(wanted) and not plain[len(wanted) :].isalnum()
