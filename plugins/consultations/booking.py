"""Places in slots: booked, given up, moved, watched; who came and who did not.

The row of the person and that of the line are held while a place is taken, in this order, so that
neither a slot nor anybody's limits are overrun, however many press at the same moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Select, delete, func, select

from core.api import (
    HOLD,
    SYSTEM,
    Actor,
    DomainError,
    Refused,
    User,
    changed,
    changed_for,
    db,
    enqueue,
    notify,
    operation,
    record,
    utcnow,
)
from plugins.consultations import events, notices, rooms
from plugins.consultations.finding import consults, held_line
from plugins.consultations.meeting_models import Booking, BookingState, Room, Slot, Watch
from plugins.consultations.rooms import Wish
from plugins.consultations.words import _, ngettext

REMIND = "consultations.remind"
BEFORE = {notices.DAY: timedelta(days=1), notices.HOUR: timedelta(hours=1)}
MONTH = timedelta(days=30)
COUNTED = (BookingState.BOOKED, BookingState.ATTENDED, BookingState.MISSED)


@operation
def book(actor: Actor, slot: Slot, wish: Wish) -> Booking:
    """Take a place. Whoever has one already gets the same answer again.

    Raises DomainError with a sentence where no place is left, or a limit is reached.
    """
    slot = held_slot(actor, slot)
    own = _booking_of(slot, actor)
    if own is not None and own.state == BookingState.BOOKED:
        return own
    _check_slot(actor, slot)
    _check_limits(actor, slot)
    booking = _taken(actor, slot, own, wish.note)
    rooms.for_slot(actor, slot, booking, wish)
    record(events.BOOKED, actor, activity=slot.activity, slot=slot.id)
    _tell_booked(booking, slot)
    return booking


def held_slot(actor: Actor, slot: Slot) -> Slot:
    """A slot as it is now, with the person and its line held until the operation ends."""
    hold_person(actor.id)
    held_line(slot.line_id)
    return db.session.get_one(Slot, slot.id, populate_existing=True)


def hold_person(user_id: int | None) -> None:
    """Let nobody else book for somebody until the operation ends; before a line is held."""
    db.session.flush()
    db.session.execute(select(User.id).where(User.id == user_id).with_for_update(**HOLD))


def _booking_of(slot: Slot, actor: Actor) -> Booking | None:
    query = select(Booking).where(Booking.slot_id == slot.id, Booking.user_id == actor.id)
    return db.session.scalar(query.execution_options(populate_existing=True))


def _check_slot(actor: Actor, slot: Slot) -> None:
    line, now = slot.line, utcnow()
    if slot.cancelled_at is not None or slot.live or not line.by_slot:
        raise DomainError(_("This time cannot be booked any more."))
    if slot.consultant_id == actor.id:
        raise DomainError(_("This is your own time: you are the consultant."))
    if slot.begins_at <= now:
        raise DomainError(_("This time has passed already."))
    if slot.begins_at < now + timedelta(hours=line.notice_hours):
        words = ngettext(
            "A place can be booked at latest %(n)s hour before. Choose a later time.",
            "A place can be booked at latest %(n)s hours before. Choose a later time.",
            line.notice_hours,
        )
        raise DomainError(words)
    if slot.free <= 0:
        raise DomainError(_("Somebody has just taken the last place. Choose another time."))


def _check_limits(actor: Actor, slot: Slot, *, moving: int = 0) -> None:
    """How much one person may book; ``moving`` is the booking that is being given up for it."""
    line, now = slot.line, utcnow()
    mine = (
        select(Slot.begins_at, Slot.ends_at, Slot.line_id, Booking.state)
        .join(Slot, Slot.id == Booking.slot_id)
        .where(Booking.user_id == actor.id, Booking.id != moving, Slot.ends_at > now - MONTH)
        .where(Booking.state.in_(COUNTED), Slot.begins_at < slot.begins_at + MONTH)
    )
    found = db.session.execute(mine).all()
    ahead = [row for row in found if row.ends_at > now and row.state == BookingState.BOOKED]
    if any(row.begins_at < slot.ends_at and slot.begins_at < row.ends_at for row in ahead):
        raise DomainError(_("You have another consultation at this time."))
    here = [row for row in found if row.line_id == line.id]
    if sum(row in ahead for row in here) >= line.most_open:
        words = ngettext(
            "You have %(n)s booking ahead on this line, and more are not given. "
            "Come to it first, or give it up.",
            "You have %(n)s bookings ahead on this line, and more are not given. "
            "Come to one first, or give one up.",
            line.most_open,
        )
        raise DomainError(words)
    if sum(abs(row.begins_at - slot.begins_at) < MONTH for row in here) >= line.most_monthly:
        words = ngettext(
            "One person can have %(n)s consultation in thirty days on this line.",
            "One person can have %(n)s consultations in thirty days on this line.",
            line.most_monthly,
        )
        raise DomainError(words)


def _taken(actor: Actor, slot: Slot, own: Booking | None, note: str) -> Booking:
    booking = own or Booking(slot_id=slot.id, activity_id=slot.activity_id, user_id=actor.id)
    booking.note, booking.state, booking.booked_at = note, BookingState.BOOKED, utcnow()
    booking.slot = slot
    db.session.add(booking)
    watch = delete(Watch).where(Watch.slot_id == slot.id, Watch.user_id == actor.id)
    db.session.execute(watch)
    recount(slot)
    return booking


def recount(slot: Slot) -> None:
    """Count the places that are taken; the line is held."""
    db.session.flush()
    query = select(func.count()).where(
        Booking.slot_id == slot.id, Booking.state != BookingState.CANCELLED
    )
    slot.taken = db.session.scalar(query) or 0
    db.session.flush()
    _show_anew(slot)


def _show_anew(slot: Slot) -> None:
    changed(slot.activity, "slots")
    if slot.consultant_id is not None:
        changed_for([slot.consultant_id], "bookings")


def _tell_booked(booking: Booking, slot: Slot) -> None:
    moment = booking.booked_at.isoformat()
    activity = slot.activity
    notify(
        notices.CONFIRMED, [booking.user_id], about=activity, slot=slot.id,
        once=f"{notices.CONFIRMED}:{booking.id}:{moment}",
    )  # fmt: skip
    if slot.consultant_id is not None:
        notify(
            notices.BOOKED, [slot.consultant_id], by=booking.user_id, about=activity,
            slot=slot.id, once=f"{notices.BOOKED}:{booking.id}:{moment}",
        )  # fmt: skip
    now = utcnow()
    for which, before in BEFORE.items():
        moment_of = slot.begins_at - before
        if moment_of > now:
            enqueue(REMIND, at=moment_of, key=f"{which}:{slot.id}", slot=slot.id, which=which)


@operation
def give_up(actor: Actor, booking: Booking, reason: str = "") -> None:
    """Give up a place. Until the cut-off by oneself; later the consultant has to do it."""
    slot = held_slot(actor, booking.slot)
    booking = db.session.get_one(Booking, booking.id, populate_existing=True)
    own = actor.id == booking.user_id
    if not own and not consults(actor, slot.line_id):
        raise Refused(_("Only the person and the consultants can give this place up."))
    if booking.state != BookingState.BOOKED:
        return
    if own and is_too_late(slot):
        raise DomainError(_("It is too late to give this up here. Write to the consultant."))
    release(actor, booking, slot, reason)


def release(actor: Actor, booking: Booking, slot: Slot, reason: str = "") -> None:
    """Free a place, and close its room to whoever had it; inside an operation that holds the
    line."""
    booking.state = BookingState.CANCELLED
    rooms.leave(slot, booking)
    recount(slot)
    record(events.CANCELLED, actor, activity=slot.activity, slot=slot.id)
    _tell_given_up(actor, booking, slot, reason)
    _tell_watchers(slot)


def is_too_late(slot: Slot) -> bool:
    """Whether a place can be given up no more by oneself."""
    return utcnow() > slot.begins_at - timedelta(hours=slot.line.cutoff_hours)


def _tell_given_up(actor: Actor, booking: Booking, slot: Slot, reason: str) -> None:
    """The consultant hears of it, or the person whose place was taken back."""
    own = actor.id == booking.user_id
    people = [slot.consultant_id] if own else [booking.user_id]
    notify(
        notices.GIVEN_UP if own else notices.TAKEN_BACK, [n for n in people if n is not None],
        by=actor.id, about=slot.activity, slot=slot.id, reason=reason,
        once=f"{notices.GIVEN_UP}:{booking.id}:{booking.booked_at.isoformat()}",
    )  # fmt: skip


def _tell_watchers(slot: Slot) -> None:
    if slot.begins_at < utcnow() + timedelta(hours=slot.line.notice_hours):
        return
    watching = list(db.session.scalars(select(Watch.user_id).where(Watch.slot_id == slot.id)))
    if watching:
        notify(
            notices.FREE, watching, about=slot.activity, slot=slot.id,
            once=f"{notices.FREE}:{slot.id}:{utcnow().isoformat()}",
        )  # fmt: skip
        db.session.execute(delete(Watch).where(Watch.slot_id == slot.id))


@operation
def move(actor: Actor, booking: Booking, target: Slot) -> Booking:
    """Take another time instead, with everything that was said; all or nothing."""
    slot = held_slot(actor, booking.slot)
    if target.line_id != slot.line_id:
        raise DomainError(_("Choose a time of the same line."))
    target = db.session.get_one(Slot, target.id, populate_existing=True)
    booking = db.session.get_one(Booking, booking.id, populate_existing=True)
    if booking.user_id != actor.id or booking.state != BookingState.BOOKED:
        raise Refused(_("This place is not yours any more."))
    if target.id == slot.id:
        return booking
    if is_too_late(slot):
        raise DomainError(_("It is too late to move this here. Write to the consultant."))
    _check_slot(actor, target)
    _check_limits(actor, target, moving=booking.id)
    booking.state = BookingState.CANCELLED
    former = _booking_of(target, actor)
    new = _taken(actor, target, former, booking.note)
    rooms.move(actor, slot, target, new)
    recount(slot)
    record(events.MOVED, actor, activity=slot.activity, slot=target.id)
    _tell_given_up(actor, booking, slot, "")
    _tell_booked(new, target)
    _tell_watchers(slot)
    return new


@operation
def watch(actor: Actor, slot: Slot, watching: bool) -> None:
    """Hear when a place in a full slot becomes free, or not any more."""
    key = {"slot_id": slot.id, "user_id": actor.id}
    if not watching:
        db.session.execute(delete(Watch).filter_by(**key))
    elif slot.free > 0 or slot.begins_at <= utcnow():
        raise DomainError(_("There is a free place: book it."))
    elif db.session.get(Watch, key) is None:
        db.session.add(Watch(**key))


@operation
def call_off(actor: Actor, slot: Slot, reason: str) -> None:
    """Call a slot off, with a reason that those who booked it read."""
    slot = held_slot(actor, slot)
    if not consults(actor, slot.line_id) and actor.id is not None:
        raise Refused(_("Only the consultants of this line can do this."))
    if slot.cancelled_at is not None or slot.ends_at <= utcnow():
        raise DomainError(_("This time cannot be called off any more."))
    if slot.taken and not reason.strip():
        raise DomainError(_("Give a reason: those who booked will read it."))
    slot.cancelled_at, slot.reason = utcnow(), reason.strip()
    slot.sequence += 1
    slot.changed_at = utcnow()
    people = list(db.session.scalars(_booked(slot)))
    record(events.SLOT_CANCELLED, actor, activity=slot.activity, slot=slot.id)
    notify(
        notices.CALLED_OFF, people, by=actor.id, about=slot.activity, slot=slot.id,
        once=f"{notices.CALLED_OFF}:{slot.id}",
    )  # fmt: skip
    for booking in db.session.scalars(select(Booking).where(Booking.slot_id == slot.id)).all():
        if booking.state == BookingState.BOOKED:
            booking.state = BookingState.CANCELLED
            rooms.leave(slot, booking)
    recount(slot)


def _booked(slot: Slot) -> Select[int]:
    return select(Booking.user_id).where(
        Booking.slot_id == slot.id, Booking.state == BookingState.BOOKED
    )


@operation
def note_presence(actor: Actor, booking: Booking, came: bool) -> None:
    """Say who came and who did not, once it has begun; it can be changed."""
    slot = held_slot(actor, booking.slot)
    booking = db.session.get_one(Booking, booking.id, populate_existing=True)
    if booking.state == BookingState.CANCELLED or slot.begins_at > utcnow():
        raise DomainError(_("This consultation has not begun yet."))
    state = BookingState.ATTENDED if came else BookingState.MISSED
    if booking.state == state:
        return
    booking.state = state
    record(
        events.CAME if came else events.MISSED, actor, activity=slot.activity,
        subject_id=booking.user_id, slot=slot.id,
    )  # fmt: skip
    _show_anew(slot)


@operation
def close_room(actor: Actor, room: Room, ending: rooms.Ending, came: Sequence[int]) -> None:
    """Close a conversation, and note which of those who booked it came."""
    hold_person(actor.id)
    held_line(room.line_id)
    rooms.close(actor, room, ending)
    if room.slot is None or room.slot.begins_at > utcnow():
        return
    there = select(Booking).where(
        Booking.slot_id == room.slot_id, Booking.state != BookingState.CANCELLED
    )
    for booking in db.session.scalars(there).all():
        note_presence(actor, booking, booking.id in came)


def send_reminder(slot: int, which: str) -> None:
    """A job, at its moment: remind those who have a place, and the consultant."""
    row = db.session.get(Slot, slot)
    if row is None or row.cancelled_at is not None or not row.taken:
        return
    if row.begins_at - BEFORE[which] - timedelta(minutes=1) <= utcnow() < row.begins_at:
        remind(SYSTEM, row, which)


@operation
def remind(actor: Actor, slot: Slot, which: str) -> None:
    """Tell of what is near; once for each time."""
    people = set(db.session.scalars(_booked(slot)))
    if slot.activity.state == "published" and people:
        people |= {slot.consultant_id} if slot.consultant_id is not None else set()
        notify(
            which, people, about=slot.activity, slot=slot.id,
            once=f"{which}:{slot.id}:{slot.begins_at.isoformat()}",
        )  # fmt: skip
