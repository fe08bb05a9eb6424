"""Private rooms: made with a booking or a call from the queue, talked in, closed with a summary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select

from core.api import (
    HOLD,
    SYSTEM,
    Actor,
    DomainError,
    File,
    Refused,
    attach,
    changed_for,
    db,
    from_text,
    is_blank,
    keep_from,
    let_read,
    new_content,
    notify,
    operation,
    record,
    rights_changed,
    search_again,
    utcnow,
)
from plugins.consultations import events, notices
from plugins.consultations.finding import talks_in
from plugins.consultations.meeting_models import Booking, Remark, Room, RoomGuest, Slot
from plugins.consultations.models import Line
from plugins.consultations.streams import CLOSED, ROOMS, SAID
from plugins.consultations.words import _

ROOM, REMARK = "consultations.room", "consultations.remark"
TOPIC_LENGTH = 200


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody who books wants to talk about, with files for a conversation between two."""

    note: str
    files: Sequence[File] = ()


@dataclass(frozen=True, kw_only=True)
class Said:
    """Something said in a room: clean HTML; ``mark`` is the sender's own for it. ``quiet``: the
    others hear of it in another way."""

    body: str
    files: Sequence[File] = ()
    mark: str = ""
    quiet: bool = False


def for_slot(actor: Actor, slot: Slot, booking: Booking, wish: Wish) -> Room:
    """The room of a slot, which somebody has booked; inside an operation.

    In a room for two the conversation begins with what they want to talk about. In that of a group
    it is the consultant's alone: others who booked do not read it.
    """
    room = of_slot(slot)
    if room is None:
        own = "" if slot.is_group else " ".join(wish.note.split())[:TOPIC_LENGTH]
        topic = slot.topic or own
        room = new_room(slot.line, slot.consultant_id, topic, slot=slot)
    _let_in(room, booking.user_id)
    if not slot.is_group and (wish.note.strip() or wish.files):
        say(actor, room, Said(body=from_text(wish.note), files=wish.files, quiet=True))
    return room


def of_slot(slot: Slot) -> Room | None:
    """The room of a slot, if anybody has booked it."""
    return db.session.scalar(select(Room).where(Room.slot_id == slot.id))


def new_room(
    line: Line, consultant_id: int | None, topic: str, *, slot: Slot | None = None
) -> Room:
    """A room before anybody talks in it; inside an operation."""
    content = new_content(SYSTEM, ROOM)
    room = Room(
        id=content.id, content=content, activity_id=line.activity_id, activity=line.activity,
        line_id=line.id, line=line, consultant_id=consultant_id, topic=topic,
        slot_id=slot.id if slot is not None else None,
    )  # fmt: skip
    db.session.add(room)
    db.session.flush()
    if consultant_id is not None:
        let_read(content, [consultant_id])
    return room


def _let_in(room: Room, user_id: int) -> None:
    if db.session.get(RoomGuest, {"room_id": room.id, "user_id": user_id}) is None:
        db.session.add(RoomGuest(room_id=room.id, user_id=user_id))
        db.session.flush()
    let_read(room.content, [user_id])


def enter_queue_room(room: Room, user_id: int) -> None:
    """Somebody was called from the queue; the room is open at once."""
    room.opened_at = utcnow()
    _let_in(room, user_id)


def leave(slot: Slot, booking: Booking) -> None:
    """Somebody gave up their place: a room for two ends, that of a group goes on without them."""
    room = of_slot(slot)
    if room is None:
        return
    if not slot.is_group:
        room.slot_id, room.closed_at = None, room.closed_at or utcnow()
        db.session.flush()
        return
    gone = delete(RoomGuest).where(RoomGuest.room_id == room.id)
    db.session.execute(gone.where(RoomGuest.user_id == booking.user_id))
    keep_from(room.content, [booking.user_id])
    rights_changed(room.activity)


def move(actor: Actor, slot: Slot, target: Slot, booking: Booking) -> None:
    """A place was exchanged for one at another time: what was said by two goes along."""
    room = of_slot(slot)
    if room is None or slot.is_group or target.is_group:
        leave(slot, booking)
        for_slot(actor, target, booking, Wish(note=booking.note))
        return
    room.slot_id = target.id
    hand_over(room, target.consultant_id)


def hand_over(room: Room, consultant_id: int | None) -> None:
    """Another consultant takes a room over, with everything that was said; not with the notes."""
    if room.consultant_id == consultant_id:
        return
    if room.consultant_id is not None:
        keep_from(room.content, [room.consultant_id])
    room.consultant_id, room.notes = consultant_id, ""
    if consultant_id is not None:
        let_read(room.content, [consultant_id])
    rights_changed(room.activity)


@operation
def say(actor: Actor, room: Room, said: Said) -> int:
    """Say something in a room; its number there. What comes twice is stored once.

    Raises DomainError for nothing, and where the room is closed or not one's own.
    """
    if is_blank(said.body) and not said.files:
        raise DomainError(_("Write something first."))
    stream = ROOMS.hold(room.activity, key=room.id)
    before = stream.sent_before(actor, said.mark)
    if before is not None:
        return before.number
    room = held(room.id)
    if room.closed_at is not None or not talks_in(actor, room):
        raise Refused(_("This conversation is closed: what was said in it can be read."))
    content = new_content(actor, REMARK)
    remark = Remark(
        id=content.id, content=content, room_id=room.id, body=said.body,
        has_files=bool(said.files),
    )  # fmt: skip
    db.session.add(remark)
    db.session.flush()
    attach(content, said.files)
    number = stream.add(SAID, content.id, actor, said.mark)
    if room.opened_at is None and not said.quiet:
        _tell_of_remark(actor, room, remark)
    return number


def _tell_of_remark(actor: Actor, room: Room, remark: Remark) -> None:
    """Before they meet; while the conversation is on, those who talk are there."""
    notify(
        notices.WRITTEN, people_of(room), by=actor.id, content=remark.content,
        about=room.content, once=f"{notices.WRITTEN}:{remark.id}",
    )  # fmt: skip


def people_of(room: Room) -> list[int]:
    """Everybody who talks in a room."""
    guests = guests_of(room)
    return [*guests, *([room.consultant_id] if room.consultant_id is not None else [])]


def guests_of(room: Room) -> list[int]:
    """Those who talk with the consultant."""
    query = select(RoomGuest.user_id).where(RoomGuest.room_id == room.id)
    return list(db.session.scalars(query.order_by(RoomGuest.user_id)))


@operation
def open_room(actor: Actor, room: Room) -> None:
    """The consultant is there: those who booked are told. Nothing happens where it is open."""
    room = held(room.id)
    if actor.id != room.consultant_id:
        raise Refused(_("Only the consultant opens and closes a conversation."))
    if room.opened_at is not None:
        return
    room.opened_at, room.closed_at = utcnow(), None
    record(events.CALLED, actor, activity=room.activity)
    tell_open(actor, room)


def tell_open(actor: Actor, room: Room) -> None:
    """Those who wait learn that they can come in."""
    guests = guests_of(room)
    notify(
        notices.CALLED, guests, by=actor.id, content=room.content,
        once=f"{notices.CALLED}:{room.id}:{room.opened_at}",
    )  # fmt: skip
    changed_for(guests, "room")


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How a conversation ended: ``summary`` for everybody in it, ``notes`` for the consultant."""

    summary: str
    notes: str


@operation
def close(actor: Actor, room: Room, ending: Ending) -> None:
    """Close a conversation with a summary, or write it anew later."""
    stream = ROOMS.hold(room.activity, key=room.id)
    room = held(room.id)
    if actor.id != room.consultant_id:
        raise Refused(_("Only the consultant opens and closes a conversation."))
    if room.slot is not None and room.opened_at is None and room.slot.begins_at > utcnow():
        raise DomainError(_("This consultation has not begun yet."))
    first, former = room.closed_at is None, room.summary
    room.summary, room.notes = ending.summary, ending.notes
    room.closed_at = room.closed_at or utcnow()
    room.opened_at = room.opened_at or room.closed_at
    search_again([room.id])
    if first:
        record(events.SUMMED_UP, actor, activity=room.activity)
        stream.add(CLOSED, room.id, actor)
    if not is_blank(room.summary) and room.summary != former:
        notify(
            notices.SUMMARY, guests_of(room), by=actor.id, content=room.content,
            once=f"{notices.SUMMARY}:{room.id}:{room.closed_at}",
        )  # fmt: skip


def held(room_id: int) -> Room:
    """A room that nobody else changes until the operation ends."""
    db.session.flush()
    query = select(Room).where(Room.id == room_id).with_for_update(**HOLD)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()
