"""Finding: which documents fit a question and may be seen, in which order.

What is found is looked at from the newest on, a stretch at a time, so that no question, however
common its words, holds up everybody: the newest few hundred the viewer may see, and those whose
titles have all the words, are put into order and counted, and of more it is only said that there
are more.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, and_, bindparam, exists, func, select

from core.contents.models import Content
from core.contents.queries import kept_among
from core.contract.registry import registry
from core.platform.conditions import among
from core.platform.db import Moment, db, rows
from core.search.asking import Asked
from core.search.engines import ENGINES, Narrowed, engine
from core.search.models import SearchDocument, SearchWaiting
from core.search.prepared import Prepared
from core.search.rights import Outer, Outermost, joined, seen
from core.search.scope import Scope
from core.search.stems import LONGEST_WORD, plainly, stem
from core.search.subjects import marks_between

# So many of what is found are put into order and counted, beside so many with the words in their
# titles, however old.
MOST = 100
MOST_TITLED = 50
# So many stretches are looked through when much of what fits is not for the viewer.
STRETCHES = 48
STRETCH = MOST
# The last word of a question goes on only where fewer than so many have it as it stands.
ENOUGH = 20
# How often words stand in a text is counted in its beginning, so many letters of it.
COUNTED = 2_000
BEYOND = 2_147_483_647
BEGINNING = datetime.fromisoformat("0001-01-02T00:00:00+00:00")
END = datetime.fromisoformat("9999-12-30T00:00:00+00:00")
# How many levels contents stand in one another, as far as anybody looks.
DEPTH = 3
IN_WORD = re.compile(r"[^\W_]")

Hits = list[Row[Any]]


@dataclass(frozen=True)
class Candidates:
    """Documents that fit and may be seen, the best first. There may be others, older than the
    document ``rest``, if that is not 0."""

    ids: Sequence[int]
    rest: int = 0


@dataclass(frozen=True)
class Matches:
    """A question as the engine is asked it: for documents, and for titles with all the words."""

    documents: str
    titles: str


def find(
    asked: Asked,
    scope: Scope,
    narrowed: Narrowed,
    *,
    visible: Sequence[str] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    newest: bool = False,
    before: int = BEYOND,
) -> Candidates:
    """What fits the question, the best (or the newest) first; only documents ``before`` one.

    ``visible`` are marks of which whatever the viewer may see has one. To look for them costs more
    than to look at what fits, unless most of that turns out to be for others.
    """
    if since or until:
        narrowed = [*narrowed, marks_between(since or BEGINNING, until or END)]
    facts: dict[str, Any] = scope.facts()
    facts |= {"since": since or BEGINNING, "until": until or END, "below": before}
    # A title is put before what is newer only where nothing but its words decides.
    by_words = not (newest or asked.phrases or asked.without)
    facts["titled"] = MOST_TITLED if by_words else 0
    query = statement(db.engine.dialect.name, ranked=not newest)
    groups = [narrowed, [*narrowed, visible]] if visible else [narrowed]
    found, rest = _collected(query, _matches(asked, groups), facts, scope)
    if asked.open_end and len(found) < ENOUGH and not rest:
        going_on = _matches(asked, groups[-1:], going_on=True)
        found, rest = _collected(query, going_on, facts, scope)
    if asked.phrases:
        found = _with_phrases(found, asked.phrases)
    if newest:
        found.sort(key=lambda row: (row.created_at, row.id), reverse=True)
        return Candidates([row.id for row in found], rest)
    return Candidates([row.id for row in _ranked(found, asked)[:MOST]], rest)


def _matches(asked: Asked, groups: Sequence[Narrowed], *, going_on: bool = False) -> list[Matches]:
    put = engine()
    return [
        Matches(put.match(asked, group, going_on=going_on), put.match_whole_titles(asked, group))
        for group in groups
    ]


def titled(match: str, scope: Scope, most: int) -> Hits:
    """The newest documents whose titles fit a question, as far as they may be seen."""
    facts = scope.facts() | {"match": match, "most": most, "since": BEGINNING, "until": END}
    found = titles_statement(db.engine.dialect.name).rows(facts).all()
    return _without_unseen([row for row in found if row.seen], scope)


@lru_cache(maxsize=2)
def titles_statement(dialect: str) -> Prepared:
    return _looked_at(ENGINES[dialect].titles(), SearchDocument.title_stems, SearchDocument.heading)


@lru_cache(maxsize=4)
def statement(dialect: str, *, ranked: bool) -> Prepared:
    """A stretch of what fits, and of each whether the viewer may see it; put together once.
    ``ranked``: with what puts it into order."""
    words = (
        SearchDocument.title_stems,
        func.length(SearchDocument.text_stems).label("length"),
        func.substr(SearchDocument.text_stems, 1, COUNTED).label("beginning"),
    )
    columns = words if ranked else (SearchDocument.created_at,)
    return _looked_at(ENGINES[dialect].hits(), *columns)


def _looked_at(hits: Any, *columns: Any) -> Prepared:
    stale = exists().where(
        SearchWaiting.what == "content",
        SearchWaiting.subject_id == SearchDocument.content_id,
        SearchWaiting.edited,
    )
    in_time = and_(
        SearchDocument.created_at >= bindparam("since", type_=Moment),
        SearchDocument.created_at < bindparam("until", type_=Moment),
    )
    query = select(
        SearchDocument.id, SearchDocument.content_id, hits.c.in_turn, Content.kind,
        Outer.id.label("outer_id"), Outer.kind.label("outer_kind"),
        Outermost.id.label("outermost_id"), Outermost.kind.label("outermost_kind"),
        (seen() & in_time).label("seen"), stale.correlate(SearchDocument).label("stale"), *columns,
    )  # fmt: skip
    return Prepared(query.select_from(joined(hits)))


def _collected(
    query: Prepared,
    matches: Sequence[Matches],
    facts: Mapping[str, Any],
    scope: Scope,
) -> tuple[Hits, int]:
    """What may be seen of the newest that fits, and below which document there may be more. Where
    the first stretch does not do, the last and narrowest of the questions is asked from the
    beginning."""
    found: Hits = []
    match, below = matches[0], facts["below"]
    for stretch in range(STRETCHES):
        asked = {**facts, "match": match.documents, "titles": match.titles, "below": below}
        looked_at = query.rows({**asked, "most": STRETCH + 1}).all()
        in_turn = sorted((row.id for row in looked_at if row.in_turn), reverse=True)
        below = in_turn[STRETCH - 1] if len(in_turn) > STRETCH else 0
        seen_now = [row for row in looked_at if row.seen and (row.id >= below or not row.in_turn)]
        found += _without_unseen(seen_now, scope)
        if not below or len(found) >= MOST:
            break
        if stretch == 0 and match != matches[-1]:
            found, match, below = [], matches[-1], facts["below"]
        time.sleep(0)  # others are served in between
    return _each_once(found), below


def _each_once(found: Hits) -> Hits:
    """Without the repeated, for a later stretch comes to what was found by its title before."""
    return list({row.id: row for row in found}.values())


def _without_unseen(rows: Hits, scope: Scope) -> Hits:
    """Without what plugins keep from the viewer, and without those that were changed a moment ago
    and now stand where the viewer may not look.

    What a content stands in is read from the index, unless the index is behind.
    """
    kept = kept_among(scope.viewer, {n: kind for row in rows for n, kind in _storeys(row)})
    rows = [row for row in rows if not any(number in kept for number, _kind in _storeys(row))]
    stale = [row.content_id for row in rows if row.stale]
    if not stale:
        return rows
    gone = _unseen(stale, scope)
    return [row for row in rows if row.content_id not in gone]


def _storeys(row: Row[Any]) -> Iterator[tuple[int, str]]:
    """The content of a document and what it stands in, each with its kind."""
    storeys = (
        (row.content_id, row.kind), (row.outer_id, row.outer_kind),
        (row.outermost_id, row.outermost_kind),
    )  # fmt: skip
    return ((number, kind) for number, kind in storeys if number is not None)


def _unseen(ids: Sequence[int], scope: Scope) -> set[int]:
    """Contents that stand in something hidden now, asked of their plugins; all at once."""
    types = registry().content_types()
    gone: set[int] = set()
    standing = {number: number for number in ids}
    for _level in range(DEPTH):
        query = select(Content).where(Content.id.in_(set(standing.values())))
        rows = {row.id: row for row in db.session.scalars(query)}
        hidden = {number for number, row in rows.items() if not _may_see(row, scope)}
        hidden |= kept_among(scope.viewer, {number: row.kind for number, row in rows.items()})
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


def _with_phrases(found: Hits, phrases: Iterable[Sequence[str]]) -> Hits:
    """Those in which the phrases stand as they were typed: stems alone find other forms too."""
    patterns = [_phrase(*phrase) for phrase in phrases]
    fitting = {
        row.id
        for row in rows(TEXTS, {"documents": [row.id for row in found]})
        if all(_stands(p, plainly(row.text)) or _stands(p, plainly(row.title)) for p in patterns)
    }
    return [row for row in found if row.id in fitting]


def _stands(phrase: re.Pattern[str], text: str) -> bool:
    """Whether a phrase begins anywhere in a text with a word of its own. That is looked at here,
    not in the pattern: one that begins with letters is found several times faster."""
    found = phrase.search(text)
    while found is not None:
        if found.start() == 0 or not IN_WORD.match(text, found.start() - 1):
            return True
        found = phrase.search(text, found.start() + 1)
    return False


TEXTS = select(SearchDocument.id, SearchDocument.title, SearchDocument.text).where(
    among(SearchDocument.id, "documents")
)


def _phrase(*words: str) -> re.Pattern[str]:
    """The words of a phrase one after the other, whatever stands between them. Of a word that is
    longer than any real one only the beginning was asked for."""
    asked = (word + r"[^\W_]*" if len(word) == LONGEST_WORD else word for word in words)
    return re.compile(r"[\W_]+".join(asked) + r"(?![^\W_])")


def _ranked(found: Hits, asked: Asked) -> Hits:
    """The best first, of those that are alike the newest. The same on both databases."""
    stems = asked.stems
    last = stem(asked.words[-1]) if asked.open_end else ""
    scored = [(_score(row, stems, last), row.id, row) for row in found]
    scored.sort(key=lambda each: each[:2], reverse=True)
    return [row for _score, _id, row in scored]


def _score(row: Row[Any], stems: Sequence[str], last: str) -> float:
    """How well a document fits: words in its title count most, then how much of the text they
    are."""
    title = row.title_stems.split()
    text = f" {row.beginning} "
    rare = 0.5 + row.length / 600
    score = 0.0
    for word in stems:
        if title and (word in title or (word == last and _begins(title, word))):
            score += 3
        often = text.count(f" {word} ")
        score += often / (often + rare)
    return score + (2 if title and score >= 3 * len(stems) else 0)


def _begins(title: Iterable[str], beginning: str) -> bool:
    return any(word.startswith(beginning) for word in title)
