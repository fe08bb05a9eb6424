"""What can be done to a message after it was said: changed, taken back, signed, pinned, decided."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Integer, bindparam, update

from core.api import (
    HOLD,
    Activity,
    Actor,
    Content,
    DomainError,
    Refused,
    db,
    note_revision,
    operation,
    react,
    record,
    rows,
    utcnow,
)
from plugins.chat import events, text, writing
from plugins.chat.models import Message, Room
from plugins.chat.words import _

# For so long an author may change a message: it is a slip that is mended, not history.
TO_CHANGE = timedelta(minutes=10)

TAKE_CHANGE = (
    update(Room)
    .where(Room.id == bindparam("room", type_=Integer))
    .values(last_change=Room.last_change + 1)
    .returning(Room.last_change)
)


def touch(message: Message) -> None:
    """Give a message the next number of changes of its room, inside an operation."""
    message.change = int(rows(TAKE_CHANGE, {"room": message.room_id}).scalar_one())
    db.session.flush()


def may_change(message: Message, author_id: int | None) -> bool:
    """Whether its author may still mend it."""
    content = message.content
    own = author_id is not None and content.author_id == author_id
    return own and content.hidden_at is None and content.created_at + TO_CHANGE > utcnow()


@operation
def change(actor: Actor, place: Activity, message: Message, words: str, seen_version: int) -> None:
    """Mend a message within ten minutes; what it said before is kept in its history.

    Raises Refused afterwards, Conflict when it was changed elsewhere since ``seen_version``.
    """
    _held(message)
    if not may_change(message, actor.id):
        raise Refused(_("The ten minutes in which a message can be changed are over."))
    if not message.has_files:
        text.needed(words)
    if words == message.text:
        return
    before = text.mentioned([message.text])
    note_revision(actor, message.content, as_body(message), seen_version=seen_version)
    message.text = words
    touch(message)
    record(events.EDITED, actor, activity=place, content=message.content)
    named = sorted(text.mentioned([words]) - before)
    if named and message.number is not None:
        writing.tell_addressed(actor, place, message.content, named, None)


def as_body(message: Message) -> str:
    """The message as clean HTML, for core."""
    return str(text.as_html(message.text, text.names_in([message.text])))


@operation
def take_back(actor: Actor, place: Activity, message: Message) -> None:
    """Take out of sight what one said oneself. That something was said stays to be seen, and the
    words stay with whoever keeps order."""
    content = _held(message)
    if content.author_id is None or content.author_id != actor.id:
        raise Refused(_("Only its author takes a message back."))
    if content.hidden_at is not None:
        return
    content.hidden_at, content.hidden_by_id = utcnow(), actor.id
    visibility_changed(actor, message.id)
    record(events.WITHDRAWN, actor, activity=place, content=content)


@operation
def bring_back(actor: Actor, place: Activity, message: Message) -> None:
    """Undo having taken it back; not what somebody else has hidden."""
    content = _held(message)
    if content.author_id != actor.id or content.hidden_by_id != actor.id:
        raise Refused(_("Only its author takes a message back."))
    content.hidden_at, content.hidden_by_id = None, None
    visibility_changed(actor, message.id)
    record(events.BROUGHT_BACK, actor, activity=place, content=content)


@operation
def sign(actor: Actor, message: Message, which: str) -> None:
    """Put one's sign under a message, or take it off again."""
    if not message.content.is_visible or message.number is None:
        raise DomainError(_("This message was removed."))
    react(actor, message.content, which)
    message.has_signs = True
    touch(message)


@operation
def pin(actor: Actor, place: Activity, message: Message, pinned: bool) -> None:
    """Keep a message in sight at the top of its room, or take it down; there is one at most."""
    room = locked(message.room_id)
    if pinned and (message.number is None or not message.content.is_visible):
        raise DomainError(_("This message was removed."))
    if pinned:
        room.pinned_number = message.number
    elif room.pinned_number == message.number:
        room.pinned_number = None
    record(events.PINNED, actor, activity=place, content=message.content, pinned=pinned)


@operation
def decide(actor: Actor, place: Activity, message: Message, is_decision: bool) -> None:
    """Mark a message as what was decided: it comes into the minutes."""
    _held(message)
    if message.number is None or not message.content.is_visible:
        raise DomainError(_("This message was removed."))
    message.is_decision = is_decision
    touch(message)
    record(events.DECIDED, actor, activity=place, content=message.content, decision=is_decision)


def locked(room_id: int) -> Room:
    """The room's row, read anew and held until the operation ends."""
    db.session.flush()
    return db.session.get_one(Room, room_id, with_for_update=HOLD, populate_existing=True)


def _held(message: Message) -> Content:
    """The room is held first, as whoever speaks does, so that nobody waits in a ring."""
    locked(message.room_id)
    db.session.refresh(message, with_for_update=HOLD | {"of": Message})
    db.session.refresh(message.content)
    return message.content


def visibility_changed(actor: Actor, message_id: int) -> None:
    """A message was hidden, restored, approved or taken back: its room follows, in the same
    operation. What is approved comes to the end, and is news from now on."""
    message = db.session.get_one(Message, message_id)
    room = locked(message.room_id)
    content = message.content
    if message.number is None and content.held_at is None and content.hidden_at is None:
        room.held = max(0, room.held - 1)
        room.last_number += 1
        message.number = room.last_number
        content.created_at = utcnow()
        db.session.flush()
        _approved(actor, message)
    if content.hidden_at is not None and room.pinned_number == message.number:
        room.pinned_number = None
        db.session.flush()
    touch(message)


def _approved(actor: Actor, message: Message) -> None:
    place = message.content.activity
    named = sorted(text.mentioned([message.text]))
    if place is not None and (named or message.reply_to_id):
        writing.tell_addressed(actor, place, message.content, named, message.reply_to_id)
