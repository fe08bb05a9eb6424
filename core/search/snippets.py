"""A few words around what was found, with marks; the same on both databases."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice

from markupsafe import Markup, escape

from core.search.stems import WORD, folded, stem

LENGTH = 240
# Beyond so many words of a text nobody looks for the best place.
MOST_WORDS = 4_000
BEFORE = 60
# Among so many places the best one is looked for.
CONSIDERED = 100
MARK = Markup("<mark>{}</mark>")

Place = tuple[int, int]


def snippet(text: str, stems: Collection[str], begun: str = "") -> Markup:
    """The part of a text with most of what was looked for; ``begun`` is a word that may go on."""
    places = list(_places(text, stems, begun))
    start, end = _window(text, [place[0] for place in places])
    words = marked(text[start:end], [(a - start, b - start) for a, b in places if a >= start])
    before, after = "… " if start else "", " …" if end < len(text) else ""
    return Markup("{}{}{}").format(before, words, after)


def marked_title(title: str, stems: Collection[str], begun: str = "") -> Markup:
    """A title with marks, whole."""
    return marked(title, list(_places(title, stems, begun)))


def marked(text: str, places: list[Place]) -> Markup:
    """Text of people, escaped, with marks around some places of it."""
    pieces: list[Markup] = []
    end = 0
    for a, b in places:
        if end <= a and b <= len(text):
            pieces += [escape(text[end:a]), MARK.format(text[a:b])]
            end = b
    return Markup("").join([*pieces, escape(text[end:])])


def _places(text: str, stems: Collection[str], begun: str) -> Iterator[Place]:
    for match in islice(WORD.finditer(text), MOST_WORDS):
        word = match[0]
        if stem(word) in stems or (begun and folded(word).startswith(begun)):
            yield match.span()


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
