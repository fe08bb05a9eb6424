"""The texts of the demo's forums, read from a file beside this one when the demo is built."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Line:
    """One post: by whom, how many days ago, at what hour; ``to`` is the post it answers, and it
    ``names`` somebody, who is told so.

    Where first posts are held it is approved, unless it is to be ``waiting`` still. ``files`` are
    names of what is attached.
    """

    by: str
    days: float
    text: str
    hour: str = ""
    to: int = 0
    quote: str = ""
    names: str = ""
    waiting: bool = False
    files: Sequence[str] = ()


@dataclass(frozen=True)
class Talk:
    """One discussion. Posts are counted from 1; ``unread`` of the last ones nobody has read yet."""

    title: str
    lines: Sequence[Line]
    section: int = 0
    unread: int = 0
    answer: int = 0
    decision: str = ""
    pinned: bool = False
    locked: bool = False
    special: bool = False
    signs: Sequence[tuple[int, str, str]] = field(default_factory=tuple)


@dataclass(frozen=True)
class Plan:
    """A problem on the agenda; ``days`` is negative for a day to come."""

    title: str
    text: str
    by: str
    days: float


@dataclass(frozen=True)
class Book:
    """The forum of one community."""

    title: str
    sections: Sequence[tuple[str, str, str]]
    talks: Sequence[Talk]
    problems: Sequence[Plan]


def book_for(slug: str) -> Book:
    """What is talked about in a community; those that the demo does not know talk of fractions."""
    return books().get(slug) or next(iter(books().values()))


@cache
def books() -> Mapping[str, Book]:
    """The forums by the address of their community."""
    text = Path(__file__).with_name("demo.toml").read_text(encoding="utf-8")
    return {facts["slug"]: _book(facts) for facts in tomllib.loads(text).values()}


def _book(facts: Mapping[str, Any]) -> Book:
    talks = [
        Talk(**{**talk, "lines": [Line(**line) for line in talk["lines"]]})
        for talk in facts["talks"]
    ]
    problems = [Plan(**problem) for problem in facts["problems"]]
    return Book(facts["title"], facts["sections"], talks, problems)
