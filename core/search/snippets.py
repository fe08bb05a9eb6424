"""A few words around what was found, with marks; the same on both databases."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache

from markupsafe import Markup, escape

from core.search.stems import GOING_ON, MARKS, folded, stem

LENGTH = 240
# Beyond so many letters of a text nobody looks for the best place.
FAR = 30_000
BEFORE = 60
# Among so many places the best one is looked for.
CONSIDERED = 100
# Forms of a word begin alike, with so many letters at least: only such words are stemmed.
ALIKE = 2
# Letters that are written one for the other in forms of a word: "fly" and "flies", «ёлка», «елка».
EITHER = {"е": "[её]", "i": "[iy]"}

Place = tuple[int, int]


def snippet(text: str, stems: Collection[str], begun: str = "") -> Markup:
    """The part of a text with most of what was looked for; ``begun`` is a word that may go on."""
    places = list(_places(text, stems, begun))
    start, end = _window(text, [place[0] for place in places])
    words = marked(text[start:end], [(a - start, b - start) for a, b in places if a >= start])
    words = "… " + words if start else words
    return words + " …" if end < len(text) else words


def marked_title(title: str, stems: Collection[str], begun: str = "") -> Markup:
    """A title with marks, whole."""
    return marked(title, list(_places(title, stems, begun)))


def marked(text: str, places: list[Place]) -> Markup:
    """Text of people, escaped, with marks around some places of it."""
    pieces: list[str] = []
    end = 0
    for a, b in places:
        if end <= a and b <= len(text):
            pieces += [escape(text[end:a]), "<mark>", escape(text[a:b]), "</mark>"]
            end = b
    return Markup("".join([*pieces, escape(text[end:])]))  # noqa: S704  # each piece is escaped


def _places(text: str, stems: Collection[str], begun: str) -> Iterator[Place]:
    """Where words with these stems stand, and where one begins like the last."""
    for match in _alike(tuple(stems), begun).finditer(text, 0, FAR):
        word = match[0]
        if stem(word) in stems or (begun and folded(word).startswith(begun)):
            yield match.span()


@lru_cache(maxsize=500)
def _alike(stems: tuple[str, ...], begun: str) -> re.Pattern[str]:
    """Words that begin like one of the stems, whatever accents and capitals they are written in."""
    beginnings = {word[:ALIKE] for word in (*stems, *([begun] if begun else []))}
    letters = (f"{MARKS}*".join(map(_letter, word)) for word in sorted(beginnings))
    return re.compile(f"(?<![^\\W_])(?<!{MARKS})(?:{'|'.join(letters)}){GOING_ON}", re.IGNORECASE)


def _letter(letter: str) -> str:
    return EITHER.get(letter, re.escape(letter))


def _window(text: str, starts: list[int]) -> Place:
    """From where to where: the stretch with most marks, cut between words."""
    if len(text) <= LENGTH:
        return 0, len(text)
    near = starts[:CONSIDERED]
    reach = LENGTH - BEFORE
    best = max(near, key=lambda a: (sum(a <= b < a + reach for b in near), -a), default=0)
    start = max(0, best - BEFORE)
    if start:
        space = text.find(" ", start, best)
        start = space + 1 if space >= 0 else start
    end = min(len(text), start + LENGTH)
    if end < len(text):
        space = text.rfind(" ", start + LENGTH // 2, end)
        end = space if space >= 0 else end
    return start, end
