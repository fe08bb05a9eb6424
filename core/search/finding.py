"""Finding: which documents fit a question and may be seen, in which order.

What is found is looked at from the newest on, a stretch at a time, so that no question, however
common its words, holds up everybody: the newest few hundred the viewer may see are put into order
and counted, and of more it is only said that there are more.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, Select, String, and_, bindparam, exists, func, select

from core.contents.models import Content
from core.contract.registry import registry
from core.platform.db import Moment, db
from core.search.asking import Asked
from core.search.engines import ENGINES, Narrowed, engine
from core.search.models import SearchDocument, SearchWaiting
from core.search.rights import joined, seen
from core.search.scope import Scope
from core.search.stems import folded, plainly, stem, words_of

# So many of what is found are put into order and counted.
MOST = 300
# So many stretches are looked through when much of what fits is not for the viewer.
STRETCHES = 24
STRETCH = MOST + 1
BEYOND = 2_147_483_647
BEGINNING = datetime.fromisoformat("0001-01-02T00:00:00+00:00")
END = datetime.fromisoformat("9999-12-30T00:00:00+00:00")
# How many levels contents stand in one another, as far as anybody looks.
DEPTH = 3

Hits = list[Row[Any]]


@dataclass(frozen=True)
class Candidates:
    """Documents that fit and may be seen, the best first; ``more``: there may be others."""

    ids: Sequence[int]
    more: bool


def find(
    asked: Asked,
    scope: Scope,
    narrowed: Narrowed,
    *,
    visible: Sequence[str] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    newest: bool = False,
) -> Candidates:
    """What fits the question, the best (or the newest) first, at most :data:`MOST`.

    ``visible`` are marks of which whatever the viewer may see has one. To look for them costs more
    than to look at what fits, unless most of that turns out to be for others.
    """
    stems = asked.stems
    facts: dict[str, Any] = scope.facts()
    facts |= {"since": since or BEGINNING, "until": until or END}
    facts |= {f"stem{place}": f" {word} " for place, word in enumerate(stems)}
    matches = [engine().match(asked, narrowed)]
    if visible:
        matches.append(engine().match(asked, [*narrowed, visible]))
    query = statement(db.engine.dialect.name, len(stems))
    found, more = _collected(query, matches, facts, scope)
    if asked.phrases:
        found = _with_phrases(found, asked.phrases)
    if newest:
        found.sort(key=lambda row: (row.created_at, row.id), reverse=True)
    else:
        last = stem(asked.words[-1]) if asked.open_end else ""
        found.sort(key=lambda row: (_score(row, stems, last), row.id), reverse=True)
    return Candidates([row.id for row in found[:MOST]], more or len(found) > MOST)


def titled(match: str, scope: Scope, most: int) -> Hits:
    """The newest documents whose titles fit a question, as far as they may be seen."""
    facts = scope.facts() | {"match": match, "most": most}
    facts |= {"since": BEGINNING, "until": END, "below": BEYOND}
    rows = db.session.execute(statement(db.engine.dialect.name, 0), facts).all()
    return _without_unseen([row for row in rows if row.seen], scope)


@lru_cache(maxsize=64)
def statement(dialect: str, stems: int) -> Select[*tuple[Any, ...]]:
    """A stretch of what fits, and of each whether the viewer may see it; put together once."""
    hits = ENGINES[dialect].hits()
    text = " " + SearchDocument.text_stems + " "
    counts = [
        (func.length(text) - func.length(func.replace(text, _word(n), ""))).label(f"chars{n}")
        for n in range(stems)
    ]
    stale = exists().where(
        SearchWaiting.what == "content",
        SearchWaiting.subject_id == SearchDocument.content_id,
        SearchWaiting.edited,
    )
    in_time = and_(
        SearchDocument.created_at >= bindparam("since", type_=Moment),
        SearchDocument.created_at < bindparam("until", type_=Moment),
    )
    return select(
        SearchDocument.id, SearchDocument.content_id, SearchDocument.created_at,
        SearchDocument.title_stems, SearchDocument.heading,
        func.length(SearchDocument.text_stems).label("length"),
        (seen() & in_time).label("seen"), stale.correlate(SearchDocument).label("stale"), *counts,
    ).select_from(joined(hits))  # fmt: skip


def _word(place: int) -> Any:
    return bindparam(f"stem{place}", type_=String)


def _collected(
    query: Select[*tuple[Any, ...]], matches: Sequence[str], facts: Mapping[str, Any], scope: Scope
) -> tuple[Hits, bool]:
    """What may be seen of the newest that fits, and whether there may be more. Where the first
    stretch does not do, the last and narrowest of the questions is asked from the beginning."""
    found: Hits = []
    match, below = matches[0], BEYOND
    for stretch in range(STRETCHES):
        asked = {**facts, "match": match, "below": below, "most": STRETCH}
        rows = db.session.execute(query, asked).all()
        found += _without_unseen([row for row in rows if row.seen], scope)
        if len(rows) < STRETCH:
            return found, False
        if len(found) > MOST:
            break
        below = min(row.id for row in rows)
        if stretch == 0 and match != matches[-1]:
            found, match, below = [], matches[-1], BEYOND
        time.sleep(0)  # others are served in between
    return found, True


def _without_unseen(rows: Hits, scope: Scope) -> Hits:
    """Without those that were changed a moment ago and now stand where the viewer may not look.

    What a content stands in is read from the index, unless the index is behind.
    """
    stale = [row.content_id for row in rows if row.stale]
    if not stale:
        return rows
    gone = _unseen(stale, scope)
    return [row for row in rows if row.content_id not in gone]


def _unseen(ids: Sequence[int], scope: Scope) -> set[int]:
    """Contents that stand in something hidden now, asked of their plugins; all at once."""
    types = registry().content_types()
    gone: set[int] = set()
    standing = {number: number for number in ids}
    for _level in range(DEPTH):
        query = select(Content).where(Content.id.in_(set(standing.values())))
        rows = {row.id: row for row in db.session.scalars(query)}
        hidden = {number for number, row in rows.items() if not _may_see(row, scope)}
        gone |= {number for number, at in standing.items() if at in hidden}
        above: dict[int, int] = {}
        for kind in {row.kind for row in rows.values()} & types.keys():
            within = types[kind].within
            if within is not None:
                above |= within([row.id for row in rows.values() if row.kind == kind])
        standing = {number: above[at] for number, at in standing.items() if at in above}
        if not standing:
            break
    return gone


def _may_see(content: Content, scope: Scope) -> bool:
    if content.is_visible or content.author_id == scope.viewer_id:
        return True
    return scope.moderates or content.community_id in scope.moderated


def _with_phrases(rows: Hits, phrases: Iterable[Sequence[str]]) -> Hits:
    """Those in which the phrases stand as they were typed: stems alone find other forms too."""
    query = select(SearchDocument.id, SearchDocument.title, SearchDocument.text).where(
        SearchDocument.id.in_([row.id for row in rows])
    )
    fitting = {
        row.id
        for row in db.session.execute(query)
        if all(_has(row.title, phrase) or _has(row.text, phrase) for phrase in phrases)
    }
    return [row for row in rows if row.id in fitting]


def _has(text: str, phrase: Sequence[str]) -> bool:
    """Whether the words of a phrase follow one another in a text, whatever stands between them."""
    beginning = plainly(text)
    if not all(word in beginning for word in phrase):
        return False
    words = f" {' '.join(map(folded, words_of(text)))} "
    return f" {' '.join(phrase)} " in words


def _score(row: Row[Any], stems: Sequence[str], last: str) -> float:
    """How well a document fits: words in its title count most, then how much of the text they
    are. The same on both databases."""
    title = row.title_stems.split()
    score = 0.0
    for place, word in enumerate(stems):
        if word in title or (word == last and any(t.startswith(word) for t in title)):
            score += 3
        often = row[-len(stems) + place] / (len(word) + 2)
        score += often / (often + 0.5 + row.length / 600)
    return score + (2 if title and score >= 3 * len(stems) else 0)
