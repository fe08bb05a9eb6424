"""Reading anew what changed, and the whole of it when asked to.

What waits is read outside of any operation, so that nobody waits for stems to be cut, and stored
in a short one. Whoever finds that another process took the same change in leaves it alone: what
is stored is never older than what was stored before.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    delete,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from core.access.actors import SYSTEM, Actor
from core.activities.models import Activity
from core.communities.models import Community, Membership
from core.contents.models import Content
from core.people.models import User
from core.platform.db import Moment, db, operation, utcnow
from core.search.changes import Subject
from core.search.models import SearchDocument, SearchWaiting
from core.search.stems import stem, words_of
from core.search.subjects import COLUMNS, Saying, sayings

log = logging.getLogger("sreda.search")

BATCH = 50
# Whoever reads everything takes larger steps; each of them is still stored in a moment.
LARGE = 200
# What could not be read is tried again so long after the change; then it is left, and shown to the
# administrator.
WAITS = (0, 4, 20, 90, 400)
TRIES = len(WAITS)
MARKED_AT_ONCE = 2_000

Read = Mapping[Subject, Saying | None]


def take_in(most: int = BATCH) -> int:
    """Take in the changes that wait longest; how many there were. The worker's duty."""
    query = (
        select(SearchWaiting.id, SearchWaiting.what, SearchWaiting.subject_id)
        .where(_in_turn())
        .order_by(SearchWaiting.tries, SearchWaiting.id)
        .limit(most)
    )
    waiting: dict[Subject, list[int]] = {}
    for row in db.session.execute(query):
        waiting.setdefault((row.what, row.subject_id), []).append(row.id)
    if not waiting:
        db.session.rollback()
        return 0
    schools = {subject: ids for subject, ids in waiting.items() if subject[0] == "school"}
    others = {subject: ids for subject, ids in waiting.items() if subject not in schools}
    read, failed = _read(others)
    _store(SYSTEM, others, read, failed)
    for (_what, number), ids in schools.items():
        _spread(SYSTEM, number, ids)
    return sum(map(len, waiting.values()))


def _in_turn() -> ColumnElement[bool]:
    now = utcnow()
    due = (
        and_(SearchWaiting.tries == tries, SearchWaiting.since <= now - timedelta(seconds=wait))
        for tries, wait in enumerate(WAITS)
        if tries
    )
    return or_(SearchWaiting.tries == 0, *due)


def _read(subjects: Iterable[Subject]) -> tuple[Read, set[Subject]]:
    """What the subjects say, and those that could not be asked."""
    read: dict[Subject, Saying | None] = {}
    failed: set[Subject] = set()
    for what in COLUMNS:
        ids = [number for of, number in subjects if of == what]
        answers, troubled = _asked(what, ids)
        read |= {(what, number): saying for number, saying in answers.items()}
        failed |= {(what, number) for number in troubled}
    return _placed(read), failed


def _asked(what: str, ids: list[int]) -> tuple[dict[int, Saying | None], list[int]]:
    """All at once; where that fails one by one, so that one does not hold up the others."""
    if not ids:
        return {}, []
    try:
        return sayings(what, ids), []
    except Exception:
        db.session.rollback()
        log.exception("search could not read %s %s", what, ids if len(ids) == 1 else "together")
    if len(ids) == 1:
        return {}, ids
    found: dict[int, Saying | None] = {}
    troubled: list[int] = []
    for number in ids:
        answers, trouble = _asked(what, [number])
        found |= answers
        troubled += trouble
    return found, troubled


def _placed(read: dict[Subject, Saying | None]) -> Read:
    """What stands in something of the same batch gets its name from there: it is not stored yet."""
    for subject in sorted(read):
        saying = read[subject]
        outer = read.get(("content", saying.within_id or 0)) if saying is not None else None
        if saying is not None and outer is not None:
            around = " ".join(map(stem, words_of(outer.title))) or outer.around
            read[subject] = replace(saying, around=around)
    return read


@operation
def _store(
    actor: Actor, waiting: Mapping[Subject, list[int]], read: Read, failed: set[Subject]
) -> None:
    """Store what was read, but for what another process has taken in meanwhile."""
    gone = _taken_off(n for subject, ids in waiting.items() if subject not in failed for n in ids)
    for what in COLUMNS:
        mine = {
            number: read[what, number]
            for of, number in waiting
            if of == what and (what, number) in read and gone.intersection(waiting[what, number])
        }
        if mine:
            _write(what, mine)
            _forget_failures(what, list(mine))
    troubled = [number for subject in failed for number in waiting[subject]]
    more = update(SearchWaiting).where(SearchWaiting.id.in_(troubled))
    db.session.execute(more.values(tries=SearchWaiting.tries + 1))


def _taken_off(ids: Iterable[int]) -> set[int]:
    """Those of the waiting rows that are this operation's to take off."""
    gone = delete(SearchWaiting).where(SearchWaiting.id.in_(list(ids))).returning(SearchWaiting.id)
    return set(db.session.scalars(gone))


def _forget_failures(what: str, ids: list[int]) -> None:
    """What could not be read formerly was read now."""
    db.session.execute(
        delete(SearchWaiting).where(
            SearchWaiting.what == what, SearchWaiting.subject_id.in_(ids),
            SearchWaiting.tries >= TRIES,
        )
    )  # fmt: skip


def _write(what: str, read: Mapping[int, Saying | None]) -> None:
    column = getattr(SearchDocument, COLUMNS[what])
    known = {
        getattr(document, COLUMNS[what]): document
        for document in db.session.scalars(select(SearchDocument).where(column.in_(list(read))))
    }
    renamed: list[int] = []
    for number, saying in sorted(read.items()):
        document = known.get(number)
        if saying is None:
            if document is not None:
                db.session.delete(document)
            continue
        former = _name(document)
        document = _updated(document, saying)
        if document is not None and _name(document) != former:
            renamed.append(number)
    db.session.flush()
    if what == "content" and renamed:
        _call_what_is_inside(renamed, read)


def _name(document: SearchDocument | None) -> str:
    return (document.title_stems or document.around_stems) if document is not None else ""


def _updated(document: SearchDocument | None, saying: Saying) -> SearchDocument | None:
    """The document with what is said now; None where it says that already."""
    columns = saying.columns()
    if document is None:
        document = SearchDocument(**columns)
        db.session.add(document)
        return document
    different = {name: value for name, value in columns.items() if getattr(document, name) != value}
    for name, value in different.items():
        setattr(document, name, value)
    return document if different else None


def _call_what_is_inside(renamed: list[int], just_read: Mapping[int, Any]) -> None:
    """The posts of a topic with another name are found by that name too."""
    inside = select(literal("content"), SearchDocument.content_id, *_as_it_was()).where(
        SearchDocument.within_id.in_(renamed), SearchDocument.content_id.not_in(list(just_read))
    )
    db.session.execute(insert(SearchWaiting).from_select(WAITING, inside))


WAITING = ["what", "subject_id", "edited", "tries", "since"]


def _as_it_was() -> tuple[Any, ...]:
    """For something that did not change itself; in the order of :data:`WAITING`."""
    return false(), literal(0), literal(utcnow(), Moment)


@operation
def _spread(actor: Actor, school_id: int, waiting: list[int]) -> None:
    """A school changed: everybody who works there is found by its name."""
    if _taken_off(waiting):
        people = select(literal("person"), User.id, *_as_it_was())
        there = people.where(User.school_id == school_id)
        db.session.execute(insert(SearchWaiting).from_select(WAITING, there))


def forget_person(user_id: int) -> None:
    """Inside the operation in which somebody is forgotten: their words leave the index at once."""
    document = db.session.scalar(select(SearchDocument).where(SearchDocument.user_id == user_id))
    if document is not None:
        db.session.delete(document)


def ask_for_all(community: Community | None = None) -> Iterator[int]:
    """Let everything be read anew, or what belongs to one community, a part after the other;
    how many that are, each time. Whatever happens then, the worker goes on with it."""
    of_one = community.id if community is not None else None
    members = select(Membership.user_id).where(Membership.community_id == of_one)
    sources: tuple[tuple[str, Any, Any], ...] = (
        ("community", Community.id, Community.id == of_one),
        ("activity", Activity.id, Activity.community_id == of_one),
        ("person", User.id, User.id.in_(members)),
        ("content", Content.id, Content.community_id == of_one),
    )
    for what, column, narrowed in sources:
        last = 0
        query = select(column).order_by(column).limit(MARKED_AT_ONCE)
        query = query if community is None else query.where(narrowed)
        while ids := list(db.session.scalars(query.where(column > last))):
            _mark(SYSTEM, what, ids)
            last = ids[-1]
            yield len(ids)


@operation
def _mark(actor: Actor, what: str, ids: list[int]) -> None:
    """Let these wait, but for what waits already: whoever asks again goes on where it stands."""
    waiting = select(SearchWaiting.subject_id).where(
        SearchWaiting.what == what, SearchWaiting.subject_id.in_(ids), SearchWaiting.tries < TRIES
    )
    there = set(db.session.scalars(waiting))
    now = utcnow()
    rows = [
        {"what": what, "subject_id": number, "edited": False, "tries": 0, "since": now}
        for number in ids
        if number not in there
    ]
    if rows:
        db.session.execute(insert(SearchWaiting), rows)


@dataclass(frozen=True)
class Backlog:
    """What the index has not taken in: how many changes wait, since when the first of them, and
    how many could not be read."""

    waiting: int
    since: datetime | None
    failed: int

    @property
    def is_behind(self) -> bool:
        """Whether the worker should have been there by now."""
        return self.since is not None and self.since < utcnow() - LATE


LATE = timedelta(minutes=2)


def backlog() -> Backlog:
    """How far the index is behind; one query."""
    in_turn = SearchWaiting.tries < TRIES
    number, since = func.count(SearchWaiting.id), func.min(SearchWaiting.since)
    query = select(number.filter(in_turn), since.filter(in_turn), number.filter(~in_turn))
    return Backlog(*db.session.execute(query).one())
