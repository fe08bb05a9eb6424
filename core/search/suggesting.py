"""Titles that fit what is being typed: discussions, activities, communities and people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.access.actors import Viewer
from core.search.asking import Asked
from core.search.engines import Narrowed, engine
from core.search.finding import Hits, titled
from core.search.results import named, shown
from core.search.scope import Scope, scope_of
from core.search.stems import folded, stem, words_of

SHOWN = 8
# From so many letters on there is something to suggest.
SHORTEST = 2
LONGEST = 200
MOST_WORDS = 8
# Of so many newest titles that fit the best are shown.
LOOKED_AT = 60

# Shorter words say little of what a title is about.
TELLING = 4
SIMILAR_SHOWN = 5

CONTENTS = ("content",)
NOT_CONTENTS = ("kactivity", "kcommunity", "kperson")


@dataclass(frozen=True)
class Suggestion:
    """A title to go to at once."""

    title: str
    url: str
    kind: str
    place: str


def suggestions(typed: str, viewer: Viewer, *, place: str = "") -> list[Suggestion]:
    """The best few titles that the viewer may see, everywhere or in one community."""
    words = [folded(word) for word in words_of(typed[:LONGEST])][:MOST_WORDS]
    scope = scope_of(viewer)
    here = _here(place, scope)
    if len("".join(words)) < SHORTEST or here is None:
        return []
    groups: list[Narrowed] = [[*here, NOT_CONTENTS], [*here, CONTENTS]]
    return _shown([row for group in groups for row in _best(words, scope, group)][:SHOWN])


def _here(place: str, scope: Scope) -> list[Sequence[str]] | None:
    """How to narrow to a community; None for one that the viewer may not know of."""
    if not place:
        return []
    community = named(place, scope)
    return [[f"c{community.id}"]] if community is not None else None


def _best(words: Sequence[str], scope: Scope, narrowed: Narrowed) -> Hits:
    """The newest that fit, but first those that begin with what was typed."""
    rows = titled(engine().match_titles(words, narrowed), scope, LOOKED_AT)
    typed = " ".join(words)
    return sorted(rows, key=lambda row: (not row.heading.startswith(typed), -row.id))[:SHOWN]


def _shown(rows: Hits) -> list[Suggestion]:
    hits = shown([row.id for row in rows], Asked())
    return [
        Suggestion(hit.title.unescape(), hit.url, hit.kind, " · ".join(hit.place)) for hit in hits
    ]


def similar(typed: str, viewer: Viewer, *, place: str, kind: str) -> list[Suggestion]:
    """Contents of a kind in a community whose titles share words with one that is being written."""
    words = (word for word in words_of(typed[:LONGEST]) if len(word) >= TELLING)
    stems = tuple(dict.fromkeys(map(stem, words)))[:MOST_WORDS]
    scope = scope_of(viewer)
    here = _here(place, scope)
    if not stems or not here:
        return []
    match = engine().match_any(stems, [*here, [f"t{kind.replace('.', '_')}"]])
    rows = titled(match, scope, LOOKED_AT)
    shared = {row.id: len({*stems} & {*row.title_stems.split()}) for row in rows}
    alike = [row for row in rows if shared[row.id] >= min(2, len(stems))]
    return _shown(sorted(alike, key=lambda row: (-shared[row.id], -row.id))[:SIMILAR_SHOWN])
