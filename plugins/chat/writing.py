"""Storing what is said: the short way that a thousand messages a second take.

What is said in a room in the same moment is stored together. The stream is held first, so that
nobody is told in another order than it was stored in, and nobody else speaks or changes who may
speak: everything that does holds the stream too. So the limits are looked at in what is read then.
The statements are put together once and select no entities, since making an object of a row costs
more than the row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import (
    Date,
    Integer,
    Row,
    and_,
    bindparam,
    case,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from core.api import (
    Activity,
    Actor,
    Content,
    DomainError,
    HeldStream,
    Moment,
    Written,
    among,
    attach,
    changed,
    db,
    given,
    insert_given,
    new_contents,
    operation,
    record,
    rows,
    search_again,
    utcnow,
)
from plugins.chat import events, text
from plugins.chat.models import Member, Message, Room
from plugins.chat.streams import ROOMS, SAID
from plugins.chat.voices import Said, Voice, gone
from plugins.chat.words import _

MESSAGE = "chat.message"


@dataclass(frozen=True)
class Stored:
    """Where something said stands now. Without a number it waits for approval. ``wait`` is how many
    seconds its author has to wait before the next."""

    id: int
    number: int | None
    repeated: bool = False
    wait: int = 0


def say(actor: Actor, place: Activity, room_id: int, said: Said) -> Stored:
    """Say something in a room of a chat. What was sent before is answered as it was stored.

    Raises DomainError with a sentence for whoever may not speak now.
    """
    [stored] = say_all(actor, place, room_id, [(actor, said)])
    assert stored is not None  # noqa: S101  # alone it is stored, or refused with a sentence
    return stored


@operation
def say_all(
    actor: Actor, place: Activity, room_id: int, said: Sequence[tuple[Actor, Said]]
) -> list[Stored | None]:
    """The same for what several people say, each of them one thing; None for those who cannot go
    with the others, and get their answer alone."""
    stream, now = ROOMS.hold(place, key=room_id), utcnow()
    room = rows(ROOM, {"room": room_id, "activity": place.id}).one_or_none()
    if room is None:
        raise gone()
    voices = _voices(room_id, said)
    stored = _stored_before(room, voices)
    new = [voice for voice in voices if voice.author.id not in stored]
    reasons = [voice.refusal(room, now) for voice in new]
    if len(said) == 1 and any(reasons):
        raise next(reason for reason in reasons if reason is not None)
    may = [voice for voice, reason in zip(new, reasons, strict=True) if reason is None]
    fresh = _store(place, room, stream, may, now) if may else {}
    if room.session_id is None and any(line.number for line in fresh.values()):
        changed(place, "unread")
    return [(stored | fresh).get(author.id) for author, _said in said]


def _voices(room_id: int, said: Sequence[tuple[Actor, Said]]) -> list[Voice]:
    """Those who speak, with their rows in the room."""
    people = [author.id for author, _said in said]
    members = {row.user_id: row for row in rows(MEMBERS, {"room": room_id, "people": people})}
    return [Voice(author, what, members.get(author.id)) for author, what in said]


def _stored_before(room: Row[Any], voices: Sequence[Voice]) -> dict[int | None, Stored]:
    """What was sent before, by its author. Raises for a mark that stands elsewhere."""
    marked = {v.author.id: v for v in voices if v.author.id is not None and v.mark is not None}
    if not marked:
        return {}
    sent = [{"author_id": one, "submission": voice.mark} for one, voice in marked.items()]
    contents = [number for number in rows(CONTENTS_OF_SENT, {"sent": sent}).scalars() if number]
    again = rows(STORED, {"contents": contents}).all() if contents else ()
    if any(row.id is None for row in again):
        raise DomainError(_("This was sent somewhere else already. Write it anew."))
    return {
        r.author_id: Stored(r.id, r.number, repeated=True, wait=marked[r.author_id].wait(room))
        for r in again
    }


@dataclass(frozen=True)
class Line:
    """What somebody says, as it is stored: the content's id, and its number in the room if it is
    shown."""

    id: int
    number: int | None
    voice: Voice

    @property
    def facts(self) -> dict[str, Any]:
        said = self.voice.said
        return {
            "id": self.id, "number": self.number, "text": said.text,
            "mentions": dict(said.mentions), "reply_to_id": said.reply_to,
            "has_files": bool(said.files), "has_signs": False, "is_decision": False,
        }  # fmt: skip


def _store(
    place: Activity, room: Row[Any], stream: HeldStream, voices: Sequence[Voice], now: datetime
) -> dict[int | None, Stored]:
    """Store what may be said, in its order; by its author."""
    written = [Written(v.author, held=v.said.held, submission=v.said.mark) for v in voices]
    numbers = count(room.last_number + 1)
    lines = [
        Line(content_id, None if voice.said.held else next(numbers), voice)
        for content_id, voice in zip(new_contents(written, MESSAGE, place), voices, strict=True)
    ]
    rows(INSERT_MESSAGE, {"rows": [{"room_id": room.id} | line.facts for line in lines]})
    _note_speakers(room, lines, now)
    _number(room, stream, lines)
    search_again([line.id for line in lines])
    for line in lines:
        _tell(place, line, first=line.voice.is_first(now))
    return {
        line.voice.author.id: Stored(line.id, line.number, wait=line.voice.wait(room))
        for line in lines
    }


def _number(room: Row[Any], stream: HeldStream, lines: Sequence[Line]) -> None:
    """Let the room and its readers know what is shown."""
    shown = [line for line in lines if line.number is not None]
    stream.add_all(SAID, [(line.id, line.voice.author, line.voice.said.mark) for line in shown])
    facts = {
        "room": room.id, "last": room.last_number + len(shown), "entry": stream.last_number,
        "held": len(lines) - len(shown),
    }  # fmt: skip
    rows(COUNT, facts)


def _note_speakers(room: Row[Any], lines: Sequence[Line], now: datetime) -> None:
    facts = [
        {
            "room_id": room.id, "user_id": line.voice.author.id, "number": line.number or 0,
            "now": now, "today": now.date(),
        }
        for line in lines
        if line.voice.author.id is not None
    ]  # fmt: skip
    if facts:
        rows(NOTE_SPEAKER[db.engine.dialect.name], facts)


def _tell(place: Activity, line: Line, *, first: bool) -> None:
    """What is rarer than a message: the first of a day, an answer, a mention, files."""
    actor, said = line.voice.author, line.voice.said
    named = text.mentioned(said.text)
    if not (first or named or said.reply_to or said.files):
        return
    content = db.session.get_one(Content, line.id)
    if said.files:
        attach(content, said.files)
    if first:
        record(events.TOOK_PART, actor, activity=place, content=content)
    if (named or said.reply_to) and not said.held:
        tell_addressed(actor, place, content, named, said.reply_to)


def tell_addressed(
    actor: Actor, place: Activity, content: Content, named: Sequence[int], reply_to: int | None
) -> None:
    """Note whom a message is for, so that they are told."""
    above = db.session.get(Content, reply_to) if reply_to else None
    record(
        events.ADDRESSED, actor, activity=place, content=content,
        subject_id=above.author_id if above else None, mentioned=list(named),
    )  # fmt: skip


# Statements, put together once ------------------------------------------------------------------


def _moment(name: str) -> Any:
    return bindparam(name, type_=Moment)


ROOM = (
    select(
        Room.id, Room.last_number, Room.session_id, Room.slow_seconds, Room.by_turns,
        Room.opens_at, Room.closes_at, Content.author_id.label("planned_by"),
        or_(Content.hidden_at.is_not(None), Content.held_at.is_not(None)).label("is_hidden"),
    )
    .outerjoin(Content, Content.id == Room.session_id)
    .where(Room.id == bindparam("room"), Room.activity_id == bindparam("activity"))
)  # fmt: skip

MEMBERS = select(
    Member.user_id, Member.is_host, Member.removed_at, Member.silenced_until, Member.reason,
    Member.floor_at, Member.said_at, Member.said_on,
).where(
    Member.room_id == bindparam("room"), among(Member.user_id, "people")
)  # fmt: skip

SENT = given("sent", Content.author_id, Content.submission)
# One by one, each by its index.
CONTENTS_OF_SENT = select(
    select(Content.id)
    .where(Content.author_id == SENT.c.author_id, Content.submission == SENT.c.submission)
    .scalar_subquery()
).select_from(SENT)
STORED = (
    select(Content.author_id, Message.id, Message.number)
    .outerjoin(Message, Message.id == Content.id)
    .where(among(Content.id, "contents"))
)

COUNT = (
    update(Room)
    .where(Room.id == bindparam("room"))
    .values(
        last_number=bindparam("last", type_=Integer),
        last_entry=bindparam("entry", type_=Integer),
        held=Room.held + bindparam("held", type_=Integer),
    )
)

INSERT_MESSAGE = insert_given(
    insert(Message), Message.id, Message.room_id, Message.number, Message.text, Message.mentions,
    Message.reply_to_id, Message.has_files, Message.has_signs, Message.is_decision,
)  # fmt: skip


def _spoke() -> dict[str, Any]:
    """What speaking changes in a member's row. Whoever speaks has seen what they say, and what
    came before it only if it was shown to them."""
    number, today = bindparam("number", type_=Integer), bindparam("today", type_=Date)
    next_one = and_(number > 0, Member.read_number == number - 1)
    return {
        "said_today": case((Member.said_on == today, Member.said_today + 1), else_=1),
        "said_on": today,
        "said_at": _moment("now"),
        "read_number": case((next_one, number), else_=Member.read_number),
    }


def _note_speaker(insert: Any) -> Any:
    """The row of somebody who speaks, new or not."""
    number = bindparam("number", type_=Integer)
    return (
        insert(Member)
        .values(
            room_id=bindparam("room_id"), user_id=bindparam("user_id"),
            read_number=case((number == 1, 1), else_=0), said_on=bindparam("today", type_=Date),
            said_today=1, said_at=_moment("now"), is_host=False, reason="",
        )
        .on_conflict_do_update(index_elements=["room_id", "user_id"], set_=_spoke())
    )  # fmt: skip


NOTE_SPEAKER = {
    "postgresql": _note_speaker(postgresql.insert), "sqlite": _note_speaker(sqlite.insert)
}  # fmt: skip
