"""Those who follow the log: letters, plugins and others, each with a cursor.

The worker lets them catch up every second, so that a kill between a commit and its consequences
loses nothing.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from core.access.actors import SYSTEM, Actor
from core.contract.registry import registry
from core.events.log import Event
from core.events.models import EventCursor, EventRow, EventSetAside
from core.platform.db import HOLD, db, operation, utcnow

log = logging.getLogger("sreda.events")

# After two seconds, four, eight and sixteen: then something is wrong with the event or the reader.
TRIES = 5
FIRST_WAIT = timedelta(seconds=2)
BATCH = 200


@dataclass(frozen=True)
class Reader:
    """Somebody who follows the log: a name for the cursor, the kinds, and what to do with one.

    ``take`` runs in a transaction together with the step of the cursor: it happens exactly once. It
    only writes; who has to speak to the world wishes for a job (``core.jobs``).
    """

    name: str
    kinds: frozenset[str]
    take: Callable[[Event], None]


def plugin_readers() -> Iterable[Reader]:
    """One reader for each plugin that listens; switched-off plugins hear later, if ever."""
    enabled = registry().enabled_in(None)
    for name, plugin in registry().installed.items():
        if plugin.manifest.listens and name in enabled:
            yield Reader(name, frozenset(plugin.manifest.listens), _hook_call(name))


def _hook_call(plugin: str) -> Callable[[Event], None]:
    def take(event: Event) -> None:
        registry().call_all("event_recorded", only=plugin, event=event)

    return take


def deliver(readers: Iterable[Reader]) -> int:
    """Let every reader catch up; the number of events taken in. Called by the worker."""
    return sum(_take_anew(reader) + _catch_up(reader) for reader in readers)


def _catch_up(reader: Reader) -> int:
    cursor = db.session.get(EventCursor, reader.name)
    if cursor is not None and cursor.retry_at is not None and cursor.retry_at > utcnow():
        return 0
    position = cursor.event_id if cursor else 0
    query = (
        select(EventRow)
        .where(EventRow.id > position, EventRow.kind.in_(reader.kinds))
        .order_by(EventRow.id)
        .limit(BATCH)
    )
    events = [_event(row) for row in db.session.scalars(query)]
    taken = 0
    for event in events:
        if not _hand_over(reader, event):
            break
        taken += 1
    return taken


def _event(row: EventRow) -> Event:
    return Event(
        row.id, row.kind, row.occurred_at, row.actor_id, row.community_id, row.activity_id,
        row.content_id, row.subject_id, row.facts,
    )  # fmt: skip


def _hand_over(reader: Reader, event: Event) -> bool:
    try:
        _take(SYSTEM, reader, event)
    except Exception as error:
        log.exception("%s failed on event %s", reader.name, event.id)
        return _note_failure(SYSTEM, reader, event, error)
    return True


@operation
def _take(actor: Actor, reader: Reader, event: Event) -> None:
    cursor = _cursor(reader)
    if cursor.event_id < event.id:
        reader.take(event)
        _advance(cursor, event)


def _advance(cursor: EventCursor, event: Event) -> None:
    cursor.event_id, cursor.failures, cursor.retry_at = event.id, 0, None


@operation
def _note_failure(actor: Actor, reader: Reader, event: Event, error: Exception) -> bool:
    """Wait and try again; after the last try set the event aside and go on. True if set aside."""
    cursor = _cursor(reader)
    cursor.failures += 1
    if cursor.failures < TRIES:
        cursor.retry_at = utcnow() + FIRST_WAIT * 2 ** (cursor.failures - 1)
        return False
    db.session.add(EventSetAside(reader=reader.name, event_id=event.id, error=_trace(error)))
    _advance(cursor, event)
    return True


def _trace(error: Exception) -> str:
    return "".join(traceback.format_exception(error))


def _cursor(reader: Reader) -> EventCursor:
    cursor = db.session.get(EventCursor, reader.name, with_for_update=HOLD)
    if cursor is None:
        cursor = EventCursor(reader=reader.name, event_id=0, failures=0)
        db.session.add(cursor)
    return cursor


@operation
def ask_retry(actor: Actor, set_aside_id: int) -> None:
    """The administrator believes that the cause is gone: the worker shall try this event again."""
    row = db.session.get(EventSetAside, set_aside_id)
    if row is not None:
        row.retry_asked_at = utcnow()


def _take_anew(reader: Reader) -> int:
    query = (
        select(EventSetAside.id, EventRow)
        .join(EventRow, EventRow.id == EventSetAside.event_id)
        .where(EventSetAside.reader == reader.name, EventSetAside.retry_asked_at.is_not(None))
        .order_by(EventRow.id)
        .limit(BATCH)
    )
    asked = [(number, _event(row)) for number, row in db.session.execute(query)]
    return sum(_try_again(reader, number, event) for number, event in asked)


def _try_again(reader: Reader, number: int, event: Event) -> bool:
    try:
        _settle(SYSTEM, reader, number, event)
    except Exception as error:
        log.exception("%s failed once more on event %s", reader.name, event.id)
        _note_further_failure(SYSTEM, number, error)
        return False
    return True


@operation
def _settle(actor: Actor, reader: Reader, number: int, event: Event) -> None:
    row = db.session.get(EventSetAside, number, with_for_update=HOLD)
    if row is None:
        return
    reader.take(event)
    db.session.delete(row)


@operation
def _note_further_failure(actor: Actor, number: int, error: Exception) -> None:
    row = db.session.get(EventSetAside, number)
    if row is not None:
        row.error, row.retry_asked_at = _trace(error), None
