"""Changes of rooms and of those in them: reading, quiet, hands, the floor, silence, the door."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, literal, select, update

from core.api import (
    Activity,
    Actor,
    DomainError,
    Refused,
    User,
    can,
    changed_for,
    db,
    operation,
    record,
    rights_changed,
    upsert,
    utcnow,
)
from plugins.chat import events
from plugins.chat.messages import locked, show
from plugins.chat.models import Member, Room
from plugins.chat.voices import not_on
from plugins.chat.words import _

# How slow slow mode may be, in seconds; 0 is off.
PACES = (0, 5, 10, 30, 60, 300)
# For how long one may want to hear nothing of a room, and somebody may have to be silent.
QUIET_HOURS = (1, 8, 24, 168)
SILENCES = (10, 60, 24 * 60)
REASON_LENGTH = 500


@operation
def chat_saved(actor: Actor, activity: Activity, form: Any) -> None:
    """Give a new chat its standing room, and the room the pace that the form asks for."""
    room = db.session.scalar(
        select(Room).where(Room.activity_id == activity.id, Room.session_id.is_(None))
    )
    if room is None:
        room = Room(activity_id=activity.id)
        db.session.add(room)
    if form is not None:
        room.slow_seconds = pace(form.slow_seconds.data)
    db.session.flush()


def pace(seconds: int | None) -> int:
    """A pace there is, for whatever was asked."""
    return seconds if seconds in PACES else 0


@operation
def mark_read(actor: Actor, room_id: int, number: int) -> None:
    """Note how far somebody was shown a room; never backwards."""
    _set(room_id, actor.id, {"read_number": number}, where=Member.read_number < number)
    if actor.id is not None:
        changed_for([actor.id], "unread")


@operation
def be_quiet(actor: Actor, room_id: int, hours: int) -> None:
    """Hear nothing of a room for so many hours; 0 for hearing of it again."""
    if hours not in (0, *QUIET_HOURS):
        raise DomainError(_("Choose for how long."))
    until = utcnow() + timedelta(hours=hours) if hours else None
    _set(room_id, actor.id, {"muted_until": until})


@operation
def raise_hand(actor: Actor, place: Activity, room_id: int, raised: bool) -> None:
    """Ask for the floor, or no longer."""
    room = locked(place, room_id)
    if room.session_id is None or not room.is_on(utcnow()):
        raise not_on()
    if raised:
        _set(room_id, actor.id, {"hand_at": utcnow()}, where=Member.hand_at.is_(None))
    else:
        _set(room_id, actor.id, {"hand_at": None, "floor_at": None})
    show(place, room, "panel")


@operation
def give_floor(actor: Actor, place: Activity, room_id: int, person_id: int, given: bool) -> None:
    """Let somebody who raised a hand speak, or take the floor back; their hand goes down then."""
    room = locked(place, room_id)
    member = _member(room_id, person_id)
    member.floor_at = utcnow() if given else None
    member.hand_at = member.hand_at if given else None
    db.session.flush()
    for part in ("panel", "top"):
        show(place, room, part)


@operation
def arrange(
    actor: Actor, place: Activity, room_id: int, *,
    slow_seconds: int | None = None, by_turns: bool | None = None,
) -> None:  # fmt: skip
    """Slow a room down, or let people speak in turn; what is None stays as it was."""
    room = locked(place, room_id)
    if slow_seconds is not None:
        room.slow_seconds = pace(slow_seconds)
    if by_turns is not None:
        room.by_turns = by_turns
    db.session.flush()
    for part in ("panel", "top"):
        show(place, room, part)
    record(
        events.ARRANGED, actor, activity=place,
        room=room_id, slow_seconds=room.slow_seconds, by_turns=room.by_turns,
    )  # fmt: skip


@operation
def restrain(
    actor: Actor, place: Activity, room_id: int, person_id: int, reason: str, minutes: int | None
) -> None:
    """Let somebody say nothing in a room for so many minutes or, without minutes, come in no more.

    They read the reason. Raises Refused for those who lead.
    """
    reason = " ".join(reason.split())[:REASON_LENGTH]
    if not reason:
        raise DomainError(_("Give a reason: the person will read it."))
    if minutes is not None and minutes not in SILENCES:
        raise DomainError(_("Choose for how long."))
    room = locked(place, room_id)
    _refuse_leader(actor, place, room_id, person_id)
    now = utcnow()
    values: dict[str, Any] = {"reason": reason, "hand_at": None, "floor_at": None}
    if minutes is None:
        values["removed_at"] = now
    else:
        values["silenced_until"] = now + timedelta(minutes=minutes)
    _set(room_id, person_id, values)
    _look_anew(place, room, person_id)
    record(
        events.RESTRAINED, actor, activity=place, subject_id=person_id,
        room=room_id, reason=reason, minutes=minutes,
    )  # fmt: skip


def _look_anew(place: Activity, room: Room, person_id: int) -> None:
    """Whoever was removed is out of the room at once."""
    rights_changed(db.session.get_one(User, person_id))
    for part in ("panel", "top"):
        show(place, room, part)


class _Person:
    def __init__(self, number: int) -> None:
        self.id: int | None = number


def _refuse_leader(actor: Actor, place: Activity, room_id: int, person_id: int) -> None:
    if person_id == actor.id:
        raise DomainError(_("This is you."))
    key = {"room_id": room_id, "user_id": person_id}
    member = db.session.get(Member, key, populate_existing=True)
    leads = member is not None and member.is_host
    if leads or can(_Person(person_id), "chat.moderate", place.community):
        raise Refused(_("This person leads here too, and cannot be silenced or removed."))


@operation
def release(actor: Actor, place: Activity, room_id: int, person_id: int) -> None:
    """Let somebody come in and speak again."""
    room = locked(place, room_id)
    member = _member(room_id, person_id)
    if member.removed_at is None and member.silenced_until is None:
        return
    member.removed_at, member.silenced_until, member.reason = None, None, ""
    db.session.flush()
    _look_anew(place, room, person_id)
    record(events.RELEASED, actor, activity=place, subject_id=person_id, room=room_id)


def _member(room_id: int, person_id: int) -> Member:
    key = {"room_id": room_id, "user_id": person_id}
    member = db.session.get(Member, key, populate_existing=True)
    if member is None:
        raise DomainError(_("This person is not here."))
    return member


def _set(room_id: int, person_id: int | None, values: dict[str, Any], **condition: Any) -> None:
    """One's row in a room, new or not."""
    upsert(Member, {"room_id": room_id, "user_id": person_id}, values, **condition)


@operation
def welcome(actor: Actor, community_id: int, user_id: int) -> None:
    """Somebody became a member: what was said before counts as read."""
    rooms = (
        select(Room.id, literal(user_id), Room.last_number, literal(0), literal(False), literal(""))
        .join(Activity, Activity.id == Room.activity_id)
        .outerjoin(Member, (Member.room_id == Room.id) & (Member.user_id == user_id))
        .where(Activity.community_id == community_id, Member.room_id.is_(None))
        .where(Room.session_id.is_(None))
    )
    columns = ["room_id", "user_id", "read_number", "said_today", "is_host", "reason"]
    db.session.execute(insert(Member).from_select(columns, rooms))


@operation
def part(actor: Actor, community_id: int, user_id: int) -> None:
    """Somebody is a member no longer: nothing is kept of what they read, and they lead nothing.

    That they were silenced or removed is kept, in case they come back.
    """
    here = (
        select(Room.id)
        .join(Activity, Activity.id == Room.activity_id)
        .where(Activity.community_id == community_id)
    )
    theirs = (Member.user_id == user_id) & Member.room_id.in_(here)
    free = Member.removed_at.is_(None) & Member.silenced_until.is_(None)
    db.session.execute(delete(Member).where(theirs, free))
    db.session.execute(
        update(Member).where(theirs).values(is_host=False, hand_at=None, floor_at=None),
        execution_options={"synchronize_session": False},
    )


def silent_until(member: Member | None) -> datetime | None:
    """Until when somebody may not speak."""
    until = member.silenced_until if member is not None else None
    return until if until is not None and until > utcnow() else None
