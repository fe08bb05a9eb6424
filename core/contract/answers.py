"""What plugins answer, looked at before a page uses it: the right kind, not too much, and settled.

A generator may raise when it is read, a lazy phrase when it is shown. By then the page is half
made, so everything is read and said here, where a failure only leaves the plugin's part out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import fields, replace
from datetime import datetime
from functools import cache
from itertools import islice
from typing import Any

from markupsafe import Markup

from core.contract.manifest import (
    CalendarItem,
    ContentAction,
    ContentView,
    DataRecord,
    NavItem,
    Summary,
)
from core.platform.atom import FeedEntry
from core.platform.i18n import LazyString

# So many things, and so many characters of a phrase or a piece of a page.
MOST_ITEMS = 200
MOST_DATES = 5_000
LONGEST_PHRASE = 2_000
LONGEST_PIECE = 300_000

NO_LISTS = (str, bytes, Mapping)
ADDRESSES = ("/", "?", "#", "https://", "http://", "mailto:")


def phrase(answer: Any) -> str:
    """A phrase, said in the language of the page."""
    if type(answer) is str and len(answer) <= LONGEST_PHRASE:  # nearly all are; a page has hundreds
        return answer
    if not isinstance(answer, str | LazyString):
        raise TypeError(f"{type(answer).__name__} instead of words")
    words = answer if type(answer) is Markup else str(answer)
    if len(words) > LONGEST_PHRASE:
        raise ValueError(f"a phrase of {len(words)} characters")
    return words


def piece(answer: Any) -> Markup | None:
    """A piece of a page: markup, since plain text in its place was never escaped."""
    if answer is None:
        return None
    if not isinstance(answer, Markup):
        raise TypeError(f"{type(answer).__name__} instead of Markup")
    if len(answer) > LONGEST_PIECE:
        raise ValueError(f"a piece of {len(answer)} characters")
    return Markup(str(answer))  # noqa: S704  # it says of itself that it is markup


def reason(answer: Any) -> str | None:
    return None if answer is None else phrase(answer)


def listed(kind: Any, most: int = MOST_ITEMS) -> Callable[[Any], list[Any]]:
    """A list of these, each settled; a longer one than any page has place for is refused."""

    def settle(answer: Iterable[Any] | None) -> list[Any]:
        if type(answer) is not list and isinstance(answer, NO_LISTS):
            raise TypeError(f"{type(answer).__name__} instead of a list")
        items = list(islice(answer or (), most + 1))
        if len(items) > most:
            raise ValueError(f"more than {most} answers")
        return [settled(kind, item) for item in items]

    return settle


def settled(kind: Any, item: Any) -> Any:
    """One fact of this kind (a dataclass of the manifest), with plain values in its fields."""
    if not isinstance(item, kind):
        raise TypeError(f"{type(item).__name__} instead of {kind.__name__}")
    said = {}
    for name, check in _checks(kind):
        value = getattr(item, name)
        plain = check(value)
        if plain is not value:
            said[name] = plain
    return replace(item, **said) if said else item


def mapping_of(kind: type) -> Callable[[Any], dict[int, Any]]:
    """Answers for many rows by their ids."""

    def settle(answer: Any) -> dict[int, Any]:
        if not isinstance(answer, Mapping):
            raise TypeError(f"{type(answer).__name__} instead of answers by id")
        return {_number(key): _value(kind, value) for key, value in answer.items()}

    return settle


def numbers(answer: Any) -> set[int]:
    """Some of many rows, by their ids."""
    if isinstance(answer, NO_LISTS) or not isinstance(answer, Collection):
        raise TypeError(f"{type(answer).__name__} instead of numbers")
    return {_number(each) for each in answer}


def lists_of(kind: Any) -> Callable[[Any], dict[int, list[Any]]]:
    """A few facts for each of many rows."""
    some = listed(kind)

    def settle(answer: Any) -> dict[int, list[Any]]:
        if not isinstance(answer, Mapping):
            raise TypeError(f"{type(answer).__name__} instead of answers by id")
        return {_number(key): some(value) for key, value in answer.items()}

    return settle


def anything(answer: Any) -> Any:
    """An answer to a hook of some plugin's own: nothing is promised, but it is read here."""
    return list(islice(answer, MOST_ITEMS)) if isinstance(answer, Iterator) else answer


def texts(answer: Any) -> dict[int, str]:
    """A text, as long as people write them, for each of many rows."""
    if not isinstance(answer, Mapping):
        raise TypeError(f"{type(answer).__name__} instead of answers by id")
    found = {_number(key): str(value) for key, value in answer.items()}
    if any(len(text) > LONGEST_PIECE for text in found.values()):
        raise ValueError("a text that nobody can have written")
    return found


def _value(kind: type, value: Any) -> Any:
    return _number(value) if kind is int else settled(kind, value)


def _number(value: Any) -> int:
    if not isinstance(value, int):
        raise TypeError(f"{type(value).__name__} instead of a number")
    return int(value)


def _yes_or_no(value: Any) -> bool:
    return bool(value)


def _moment(value: Any) -> datetime | None:
    if value is not None and (not isinstance(value, datetime) or value.tzinfo is None):
        raise TypeError(f"{value!r} instead of a moment with its zone")
    return value


def _moment_given(value: Any) -> datetime:
    moment = _moment(value)
    if moment is None:
        raise TypeError("no moment")
    return moment


def _html(value: Any) -> str:
    """Clean HTML of what somebody wrote, as long as people write."""
    if not isinstance(value, str):
        raise TypeError(f"{type(value).__name__} instead of HTML")
    if len(value) > LONGEST_PIECE:
        raise ValueError("a text that nobody can have written")
    return str(value)


def _address(value: Any) -> str:
    url = phrase(value)
    if url and not url.startswith(ADDRESSES):
        raise ValueError(f"{url[:60]!r} is not an address")
    return url


# By the types of fields as they are written down.
CHECKS: dict[str, Callable[[Any], Any]] = {
    "Text": phrase, "str": phrase, "int": _number, "bool": _yes_or_no, "datetime | None": _moment,
    "datetime": _moment_given, "Html": _html,
}  # fmt: skip


@cache
def _checks(kind: Any) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    """How each field of a kind is looked at; addresses are known by their name."""
    return tuple(
        (each.name, _address if each.name == "url" else CHECKS[str(each.type)])
        for each in fields(kind)
        if each.name == "url" or each.type in CHECKS
    )


# How the answers of each hook are looked at; of a hook that is not named here nothing is promised.
BY_HOOK: dict[str, Callable[[Any], Any]] = {
    "nav_items": listed(NavItem),
    "top_items": listed(NavItem),
    "calendar_items": listed(CalendarItem, most=MOST_DATES),
    "feed_entries": listed(FeedEntry),
    "export_user_data": listed(DataRecord, most=MOST_DATES),
    "page_fragment": piece,
    "content_actions": lists_of(ContentAction),
    "person_actions": lists_of(ContentAction),
    "veto": reason,
}

SUMMARIES, COUNTS, VIEWS = mapping_of(Summary), mapping_of(int), mapping_of(ContentView)
