"""A stream: what happens in a room, in one order for all, every entry with the next number.

Numbers are given inside the operation that stores what happened, while the stream is held, so that
there is never a gap: what was not stored has no number. An entry names a row; what readers get of
it is made when it is sent, so that what was changed or taken back since is not told any more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from core.access.actors import Actor
from core.platform.conditions import among, given, insert_given
from core.platform.db import db, required_unit, rows
from core.platform.signals import signal
from core.realtime.models import StreamEntry, StreamRow

if TYPE_CHECKING:
    from core.activities.models import Activity

# What a browser may call something that it sends.
LONGEST_MARK = 64
# So many entries are read and sent at a time.
BATCH = 500
# The kind of signal that tells of new entries, by the address of their stream.
SIGNAL = "streams"


@dataclass(frozen=True)
class Entry:
    """One entry of a stream: its number, what happened (``kind``) and to which row
    (``subject_id``), whose doing it was, and what that browser called it."""

    number: int
    kind: str
    subject_id: int
    author_id: int | None = None
    mark: str | None = None


Facts = Mapping[int, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Stream:
    """A kind of stream that a plugin has, one for each activity or (``key``) row of its own.

    ``reads`` is the capability that readers need there, or ``SIGNED_IN``. ``entries`` gives what
    readers are sent of many entries, by their numbers, as plain JSON values, in a fixed number of
    queries; it is the same for all readers, so it holds nothing that not everybody in the room may
    see. Of an entry that it leaves out they only learn that there was one. ``may_read`` says for a
    row of the plugin (``key``) whether it is of this place and ``current_viewer()`` may read it;
    without it a stream has no keys.
    """

    name: str
    reads: str
    entries: Callable[[Sequence[Entry]], Facts]
    may_read: Callable[[Activity | None, int], bool] | None = None

    def hold(self, activity: Activity | None = None, key: int = 0) -> HeldStream:
        """Inside an operation: give numbers to nobody else until it is stored.

        Hold a stream before anything else is written, so that two operations never wait for each
        other.
        """
        required_unit()
        address = self.address(activity.id if activity else 0, key)
        facts = {"address": address, "activity_id": activity.id if activity else None}
        held = rows(HELD, {"address": address}).one_or_none()
        if held is None:
            held = rows(MADE[db.engine.dialect.name], facts).one()
        return HeldStream(address, held.id, held.last_number)

    def last(self, activity: Activity | None = None, key: int = 0) -> int:
        """The number of the newest entry, for the page that goes on from there; 0 before any."""
        row = row_at(self.address(activity.id if activity else 0, key))
        return row.last_number if row else 0

    def told(
        self, activity: Activity | None = None, key: int = 0, *, after: int = 0
    ) -> list[dict[str, Any]]:
        """What readers are sent after a number, a batch at most, for a page to begin with."""
        row = row_at(self.address(activity.id if activity else 0, key))
        return told_after(self, row.id, after) if row else []

    def address(self, activity_id: int, key: int) -> str:
        """The one word for a stream everywhere: in the database, in rooms, in signals."""
        return f"{self.name}:{activity_id}:{key}"


@dataclass
class HeldStream:
    """A stream to which the running operation alone adds."""

    address: str
    id: int
    last_number: int
    added: list[Entry] = field(default_factory=list)

    def sent_before(self, actor: Actor, mark: str) -> Entry | None:
        """What this person's browser sent under this mark already: its answer was lost."""
        return self.all_sent_before({actor.id: mark}).get(actor.id)

    def all_sent_before(self, marks: Mapping[int | None, str]) -> dict[int | None, Entry]:
        """The same for many people at once, by their ids; one query, two if there is something."""
        sent = [
            {"author_id": author, "mark": mark[:LONGEST_MARK]}
            for author, mark in marks.items()
            if author and mark
        ]
        found = rows(NUMBERS_OF_SENT, {"stream": self.id, "sent": sent}).scalars() if sent else ()
        numbers = [number for number in found if number is not None]
        again = rows(NUMBERED, {"stream": self.id, "numbers": numbers}) if numbers else ()
        return {row.author_id: _entry(row) for row in again}

    def add(self, kind: str, subject_id: int, actor: Actor, mark: str = "") -> int:
        """Note that something happened; the number it has. Readers are told after the commit."""
        return self.add_all(kind, [(subject_id, actor, mark)])[0]

    def add_all(self, kind: str, what: Sequence[tuple[int, Actor, str]]) -> list[int]:
        """The same for many things at once, each a row's id, whose doing it was, and the mark of
        their browser; their numbers, in order. Two statements."""
        first = self.last_number + 1
        entries = [
            {
                "stream_id": self.id, "number": number, "kind": kind, "subject_id": subject_id,
                "author_id": actor.id, "mark": mark[:LONGEST_MARK] or None,
            }
            for number, (subject_id, actor, mark) in enumerate(what, first)
        ]  # fmt: skip
        if entries:
            self.last_number += len(entries)
            rows(ADDED, {"rows": entries})
            rows(COUNTED, {"stream": self.id, "number": self.last_number})
            signal(SIGNAL, self.address)
        return list(range(first, self.last_number + 1))


def _entries() -> Any:
    return select(
        StreamEntry.number, StreamEntry.kind, StreamEntry.subject_id, StreamEntry.author_id,
        StreamEntry.mark,
    )  # fmt: skip


def _made(insert: Any) -> Any:
    """Makes the stream's row, or takes the one that another process made in the same moment."""
    made = insert(StreamRow).values(
        address=bindparam("address"), activity_id=bindparam("activity_id"), last_number=0
    )
    return made.on_conflict_do_update(
        index_elements=["address"], set_={"address": made.excluded.address}
    ).returning(StreamRow.id, StreamRow.last_number)


# Put together once: a busy room asks these all the time. The row is asked for before it is made:
# whoever waits for a row gets it in turn, while of those who wait to insert one that is there
# PostgreSQL lets some wait without end.
HELD = (
    select(StreamRow.id, StreamRow.last_number)
    .where(StreamRow.address == bindparam("address"))
    .with_for_update(key_share=True)
)
MADE = {"postgresql": _made(postgresql.insert), "sqlite": _made(sqlite.insert)}
SENT = given("sent", StreamEntry.author_id, StreamEntry.mark)
# Looked for one by one, each by its index: from a join PostgreSQL may make a walk through all.
NUMBERS_OF_SENT = select(
    select(StreamEntry.number)
    .where(
        StreamEntry.stream_id == bindparam("stream"),
        StreamEntry.author_id == SENT.c.author_id,
        StreamEntry.mark == SENT.c.mark,
    )
    .scalar_subquery()
).select_from(SENT)
NUMBERED = _entries().where(
    StreamEntry.stream_id == bindparam("stream"), among(StreamEntry.number, "numbers")
)
ADDED = insert_given(insert(StreamEntry), *StreamEntry.__table__.columns)
COUNTED = (
    update(StreamRow)
    .where(StreamRow.id == bindparam("stream"))
    .values(last_number=bindparam("number"))
)
AFTER = (
    _entries()
    .where(StreamEntry.stream_id == bindparam("stream"), StreamEntry.number > bindparam("after"))
    .order_by(StreamEntry.number)
    .limit(BATCH)
)
AT = select(StreamRow.id, StreamRow.last_number).where(StreamRow.address == bindparam("address"))
BEHIND = select(StreamRow.address, StreamRow.last_number).where(
    among(StreamRow.address, "addresses")
)


def _entry(row: Row[*tuple[Any, ...]]) -> Entry:
    return Entry(*row)


def row_at(address: str) -> Row[*tuple[Any, ...]] | None:
    """The id and newest number of a stream, if anything ever happened in it; one query."""
    return rows(AT, {"address": address}).one_or_none()


def told_after(stream: Stream, stream_id: int, after: int) -> list[dict[str, Any]]:
    """The next entries after a number, a batch at most, as readers are sent them."""
    found = [_entry(row) for row in rows(AFTER, {"stream": stream_id, "after": after})]
    if not found:
        return []
    facts = stream.entries(found)
    return [_told(entry, facts.get(entry.number)) for entry in found]


def _told(entry: Entry, facts: Mapping[str, Any] | None) -> dict[str, Any]:
    """What all readers are sent of an entry. One that is out of sight keeps its number."""
    if facts is None:
        return {"number": entry.number}
    return {
        **facts, "number": entry.number, "kind": entry.kind, "id": entry.subject_id,
        "by": entry.author_id, "mark": entry.mark,
    }  # fmt: skip


def newest_numbers(addresses: Sequence[str]) -> dict[str, int]:
    """How far many streams have come; one query."""
    return {row.address: row.last_number for row in rows(BEHIND, {"addresses": list(addresses)})}
