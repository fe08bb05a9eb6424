"""What can be done to a message after it was said: changed, taken back, signed, pinned, decided."""

from __future__ import annotations

from datetime import timedelta

from core.api import (
    HOLD,
    Activity,
    Actor,
    Content,
    DomainError,
    Refused,
    can,
    changed,
    db,
    note_revision,
    operation,
    react,
    record,
    utcnow,
)
from plugins.chat import events, text, voices, writing
from plugins.chat.models import Member, Message, Room
from plugins.chat.streams import CHANGED, ROOMS, SAID
from plugins.chat.words import _

# For so long an author may change a message: it is a slip that is mended, not history.
TO_CHANGE = timedelta(minutes=10)


def _note(actor: Actor, place: Activity, message: Message) -> None:
    """Let those in the room see the message as it is now."""
    if message.number is not None:
        _add(CHANGED, actor, place, message)
    db.session.flush()


def _add(kind: str, actor: Actor, place: Activity, message: Message) -> None:
    room = locked(place, message.room_id)
    room.last_entry = ROOMS.hold(place, key=room.id).add(kind, message.id, actor)


def why_not_change(actor: Actor, place: Activity, message: Message) -> DomainError | None:
    """Why somebody may not mend a message, if they may not: who is silent does not speak by this.
    In slow mode and out of turn a slip may be mended."""
    content, now = message.content, utcnow()
    own = actor.id is not None and content.author_id == actor.id
    if not own or content.hidden_at is not None or content.created_at + TO_CHANGE <= now:
        return Refused(_("The ten minutes in which a message can be changed are over."))
    if not message.room.is_on(now):
        return voices.not_on()
    key = {"room_id": message.room_id, "user_id": actor.id}
    member = db.session.get(Member, key, populate_existing=True)
    leads = can(actor, "chat.moderate", place.community, place) or (member and member.is_host)
    return None if leads else voices.why_restrained(member, now)


@operation
def change(
    actor: Actor, place: Activity, message: Message, words: text.Typed, *, seen_version: int
) -> None:
    """Mend a message within ten minutes; what it said before is kept in its history.

    Raises Refused afterwards and for whoever may not speak, Conflict when it was changed elsewhere
    since ``seen_version``.
    """
    _held(place, message)
    refused = why_not_change(actor, place, message)
    if refused is not None:
        raise refused
    if not message.has_files:
        text.needed(words.text)
    if words.text == message.text:
        return
    before = set(text.mentioned(message.text))
    former = str(text.as_html(message.text, message.mentions))
    note_revision(actor, message.content, former, seen_version=seen_version)
    message.text, message.mentions = words.text, words.mentions
    _note(actor, place, message)
    record(events.EDITED, actor, activity=place, content=message.content)
    named = sorted(set(text.mentioned(words.text)) - before)
    if named and message.number is not None:
        writing.tell_addressed(actor, place, message.content, named, None)


@operation
def take_back(actor: Actor, place: Activity, message: Message) -> None:
    """Take out of sight what one said oneself. That something was said stays to be seen, and the
    words stay with whoever keeps order."""
    content = _held(place, message)
    if content.author_id is None or content.author_id != actor.id:
        raise Refused(_("Only its author takes a message back."))
    if content.hidden_at is not None:
        return
    content.hidden_at, content.hidden_by_id, content.taken_back = utcnow(), actor.id, True
    _seen_or_not(actor, place, message)
    record(events.WITHDRAWN, actor, activity=place, content=content)


@operation
def bring_back(actor: Actor, place: Activity, message: Message) -> None:
    """Undo having taken it back; not what somebody else has hidden."""
    content = _held(place, message)
    if content.author_id != actor.id or content.hidden_by_id != actor.id:
        raise Refused(_("Only its author takes a message back."))
    content.hidden_at, content.hidden_by_id, content.taken_back = None, None, False
    _seen_or_not(actor, place, message)
    record(events.BROUGHT_BACK, actor, activity=place, content=content)


@operation
def sign(actor: Actor, place: Activity, message: Message, which: str) -> None:
    """Put one's sign under a message, or take it off again."""
    _held(place, message)
    if not message.content.is_visible or message.number is None:
        raise DomainError(_("This message was removed."))
    react(actor, message.content, which)
    message.has_signs = True
    _note(actor, place, message)


@operation
def pin(actor: Actor, place: Activity, message: Message, pinned: bool) -> None:
    """Keep a message in sight at the top of its room, or take it down; there is one at most."""
    room = locked(place, message.room_id)
    if pinned and (message.number is None or not message.content.is_visible):
        raise DomainError(_("This message was removed."))
    if pinned:
        room.pinned_number = message.number
    elif room.pinned_number == message.number:
        room.pinned_number = None
    show(place, room, "top")
    record(events.PINNED, actor, activity=place, content=message.content, pinned=pinned)


@operation
def decide(actor: Actor, place: Activity, message: Message, is_decision: bool) -> None:
    """Mark a message as what was decided: it comes into the minutes."""
    _held(place, message)
    if message.number is None or not message.content.is_visible:
        raise DomainError(_("This message was removed."))
    message.is_decision = is_decision
    _note(actor, place, message)
    show(place, message.room, "panel")
    record(events.DECIDED, actor, activity=place, content=message.content, decision=is_decision)


def locked(place: Activity, room_id: int) -> Room:
    """The room's row, read anew and held until the operation ends; behind its stream, as whoever
    speaks does it, so that nobody waits in a ring."""
    db.session.flush()
    ROOMS.hold(place, key=room_id)
    return db.session.get_one(Room, room_id, with_for_update=HOLD, populate_existing=True)


def show(place: Activity, room: Room, part: str) -> None:
    """Let open pages of a room draw a part of it anew: its "panel", or the "top" with what is
    pinned and how fast one may write."""
    changed(place if room.session is None else room.session.content, part)


def _held(place: Activity, message: Message) -> Content:
    locked(place, message.room_id)
    db.session.refresh(message, with_for_update=HOLD | {"of": Message})
    db.session.refresh(message.content)
    return message.content


def visibility_changed(actor: Actor, message_id: int) -> None:
    """A message was hidden, restored or approved: its room follows, in the same operation."""
    message = db.session.get_one(Message, message_id)
    place = message.content.activity
    if place is not None:
        _seen_or_not(actor, place, message)


def _seen_or_not(actor: Actor, place: Activity, message: Message) -> None:
    """What is approved comes to the end, and is news from now on; what is hidden is not pinned."""
    room, content = locked(place, message.room_id), message.content
    if message.number is None and content.is_visible:
        room.held = max(0, room.held - 1)
        room.last_number += 1
        message.number = room.last_number
        content.created_at = utcnow()
        db.session.flush()
        _add(SAID, actor, place, message)
        _approved(actor, place, message)
        return
    if content.hidden_at is not None and room.pinned_number == message.number:
        room.pinned_number = None
    _note(actor, place, message)


def _approved(actor: Actor, place: Activity, message: Message) -> None:
    named = text.mentioned(message.text)
    if named or message.reply_to_id:
        writing.tell_addressed(actor, place, message.content, named, message.reply_to_id)
