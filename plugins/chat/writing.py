"""Storing what is said: the short way that a thousand messages a second take.

The stream is held first, so that nobody is told in another order than it was stored in. Then come
the content, the room (which gives the number), the member and the message; the stream notes the
entry, search that there is something to read. The statements are put together once and select no
entities, since making an object of a row costs more than the row. All limits are conditions in
these statements, so that they hold whoever else writes at the same moment, on both databases.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from math import ceil
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Date,
    Integer,
    Row,
    Text,
    and_,
    bindparam,
    case,
    or_,
    select,
    update,
)
from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects import postgresql, sqlite

from core.api import (
    Activity,
    Actor,
    Content,
    DomainError,
    File,
    Missing,
    Moment,
    Refused,
    attach,
    changed,
    db,
    operation,
    record,
    rows,
    search_again,
    utcnow,
)
from plugins.chat import events, text
from plugins.chat.models import Member, Message, Room
from plugins.chat.streams import ROOMS, SAID
from plugins.chat.words import _, ngettext

MESSAGE = "chat.message"
MARK_LENGTH = 64


class TooSoon(DomainError):
    """Slow mode: ``seconds`` have to pass before the person's next message."""

    status = 429

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(
            ngettext(
                "Slow mode is on here. You can write again in %(n)s second.",
                "Slow mode is on here. You can write again in %(n)s seconds.",
                seconds,
            )
        )


@dataclass(frozen=True, kw_only=True)
class Said:
    """What somebody says: a text that was ``checked``, with marks for whom it ``mentions``.

    ``mark`` is the sender's own for this message: sent again, it is stored once. ``held``: waits
    for approval. ``leads``: the person leads here, and is not slowed down.
    """

    text: str
    mentions: Mapping[str, str] = field(default_factory=dict)
    mark: str = ""
    reply_to: int | None = None
    files: Sequence[File] = ()
    held: bool = False
    leads: bool = False


@dataclass(frozen=True)
class Stored:
    """Where something said stands now. Without a number it waits for approval."""

    id: int
    number: int | None
    repeated: bool = False


@operation
def say(actor: Actor, place: Activity, room_id: int, said: Said) -> Stored:
    """Say something in a room of a chat. What was sent before is answered as it was stored.

    Raises DomainError with a sentence for whoever may not speak now.
    """
    if not said.files:
        text.needed(said.text)
    stream, now = ROOMS.hold(place, key=room_id), utcnow()
    content_id = _content(actor, place, said, now)
    if content_id is None:
        return _stored_before(actor, said)
    room = _number(room_id, said, stream.last_number + (not said.held), now)
    number = None if said.held else room.last_number
    said_today = _member(actor, room, number, said, now) if actor.id is not None else 0
    facts = {
        "id": content_id, "room_id": room_id, "number": number, "text": said.text,
        "mentions": dict(said.mentions), "reply_to_id": said.reply_to,
        "has_files": bool(said.files),
    }  # fmt: skip
    rows(INSERT_MESSAGE, facts)
    search_again([content_id])
    if number is not None:
        stream.add(SAID, content_id, actor, said.mark)
        if room.session_id is None:
            changed(place, "unread")
    _tell(actor, place, content_id, said, first=said_today == 1)
    return Stored(content_id, number)


def _content(actor: Actor, place: Activity, said: Said, now: datetime) -> int | None:
    """The content's id; None when the same person sent the same mark before."""
    facts = {
        "activity_id": place.id, "community_id": place.community_id, "author_id": actor.id,
        "created_at": now, "held_at": now if said.held else None,
        "submission": said.mark[:MARK_LENGTH] or None,
    }  # fmt: skip
    number: int | None = rows(_insert_content(db.engine.dialect.name), facts).scalar()
    return number


def _stored_before(actor: Actor, said: Said) -> Stored:
    mark = said.mark[:MARK_LENGTH]
    query = select(Message.id, Message.number).join(Content, Content.id == Message.id)
    found = rows(query.where(Content.author_id == actor.id, Content.submission == mark)).first()
    if found is None:
        raise DomainError(_("This was sent somewhere else already. Write it anew."))
    return Stored(found.id, found.number, repeated=True)


def _number(room_id: int, said: Said, entry: int, now: datetime) -> Row[Any]:
    """The next number of the room, unless its time is not now."""
    facts = {"room": room_id, "now": now, "shown": int(not said.held), "held": int(said.held)}
    facts["entry"] = entry
    found = rows(TAKE_NUMBER, facts).first()
    if found is None:
        raise Refused(_("This session is not on now: what was said in it can be read."))
    return found


def _member(actor: Actor, room: Row[Any], number: int | None, said: Said, now: datetime) -> int:
    """Note who spoke; answers how many messages it makes today. Raises for who may not now."""
    where = {"room_id": room.id, "user_id": actor.id}
    facts: dict[str, Any] = {"now": now, "today": now.date(), "number": number or 0}
    dialect = db.engine.dialect.name
    if said.leads:
        statement = _note_speaker(dialect, freely=True)
    else:
        facts["slow_before"] = now - timedelta(seconds=room.slow_seconds)
        if room.by_turns:
            statement, where = NOTE_WHOSE_TURN_IT_IS, {"the_room": room.id, "the_person": actor.id}
        else:
            statement = _note_speaker(dialect, freely=False)
    facts |= where
    said_today: int | None = rows(statement, facts).scalar()
    if said_today is None:
        raise _refusal(actor, room.id, now)
    return said_today


def _refusal(actor: Actor, room_id: int, now: datetime) -> DomainError:
    """Why the row of a member did not let them speak."""
    member = db.session.get(Member, {"room_id": room_id, "user_id": actor.id})
    reason = why_silent(member, db.session.get_one(Room, room_id), now)
    return reason or DomainError(_("This did not work. Try once more."))


def why_silent(member: Member | None, room: Room, now: datetime) -> DomainError | None:
    """Why somebody who does not lead cannot say anything in a room just now; None if they can."""
    if member is not None and member.removed_at is not None:
        return Missing(_("You were removed from here. Reason: %(reason)s", reason=member.reason))
    if member is not None and member.silenced_until is not None and member.silenced_until > now:
        return Refused(
            _("You cannot write here for a while. Reason: %(reason)s", reason=member.reason)
        )
    if room.by_turns and (member is None or member.floor_at is None):
        return Refused(_("People speak in turn here. Raise your hand and wait for the floor."))
    wait = slow_until(member, room)
    if wait is not None and wait > now:
        return TooSoon(ceil((wait - now).total_seconds()))
    return None


def slow_until(member: Member | None, room: Room) -> datetime | None:
    """When somebody may speak again in slow mode; None where nothing holds them back."""
    if member is None or member.said_at is None or not room.slow_seconds:
        return None
    return member.said_at + timedelta(seconds=room.slow_seconds)


def _tell(actor: Actor, place: Activity, content_id: int, said: Said, *, first: bool) -> None:
    """What is rarer than a message: the first of a day, an answer, a mention, files."""
    named = text.mentioned(said.text)
    if not (first or named or said.reply_to or said.files):
        return
    content = db.session.get_one(Content, content_id)
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


@cache
def _insert_content(dialect: str) -> Any:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return (
        insert(Content)
        .values(
            kind=MESSAGE, activity_id=bindparam("activity_id"),
            community_id=bindparam("community_id"),
            author_id=bindparam("author_id"), created_at=_moment("created_at"), version=1,
            held_at=_moment("held_at"), hidden_reason="", submission=bindparam("submission"),
        )
        .on_conflict_do_nothing(index_elements=["author_id", "submission"])
        .returning(Content.id)
    )  # fmt: skip


TAKE_NUMBER = (
    update(Room)
    .where(Room.id == bindparam("room"))
    .where(or_(Room.opens_at.is_(None), Room.opens_at <= _moment("now")))
    .where(or_(Room.closes_at.is_(None), Room.closes_at > _moment("now")))
    .values(
        last_number=Room.last_number + bindparam("shown", type_=Integer),
        last_entry=bindparam("entry", type_=Integer),
        held=Room.held + bindparam("held", type_=Integer),
    )
    .returning(Room.id, Room.last_number, Room.session_id, Room.slow_seconds, Room.by_turns)
)

INSERT_MESSAGE = plain_insert(Message).values(
    id=bindparam("id"), room_id=bindparam("room_id"), number=bindparam("number", type_=Integer),
    text=bindparam("text", type_=Text), mentions=bindparam("mentions", type_=JSON),
    reply_to_id=bindparam("reply_to_id", type_=Integer), has_files=bindparam("has_files"),
    has_signs=False, is_decision=False,
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


def _may_speak() -> ColumnElement[bool]:
    return and_(
        Member.removed_at.is_(None),
        or_(Member.silenced_until.is_(None), Member.silenced_until <= _moment("now")),
        or_(Member.said_at.is_(None), Member.said_at <= _moment("slow_before")),
    )


@cache
def _note_speaker(dialect: str, *, freely: bool) -> Any:
    """The row of somebody who speaks, new or not; no row comes back for who may not."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    number = bindparam("number", type_=Integer)
    return (
        insert(Member)
        .values(
            room_id=bindparam("room_id"), user_id=bindparam("user_id"),
            read_number=case((number == 1, 1), else_=0), said_on=bindparam("today", type_=Date),
            said_today=1, said_at=_moment("now"), is_host=False, reason="",
        )
        .on_conflict_do_update(
            index_elements=["room_id", "user_id"], set_=_spoke(),
            where=None if freely else _may_speak(),
        )
        .returning(Member.said_today)
    )  # fmt: skip


NOTE_WHOSE_TURN_IT_IS = (
    update(Member)
    .where(Member.room_id == bindparam("the_room"), Member.user_id == bindparam("the_person"))
    .where(_may_speak(), Member.floor_at.is_not(None))
    .values(_spoke())
    .returning(Member.said_today)
)
