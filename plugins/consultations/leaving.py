"""Somebody goes: out of a team, out of a community, out of the site.

Whoever leaves everything holds their own row first and then all lines that it touches, by number:
so does whoever books, and none waits for another in a ring.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, or_, select, union

from core.api import (
    SYSTEM,
    Activity,
    Actor,
    User,
    changed,
    db,
    keep_from,
    operation,
    search_again,
    utcnow,
)
from plugins.consultations import booking, queueing, team, tutoring
from plugins.consultations.finding import held_line
from plugins.consultations.meeting_models import (
    Booking,
    BookingState,
    Room,
    RoomGuest,
    Slot,
    Ticket,
    TicketState,
)
from plugins.consultations.models import Consultant, Line, Question
from plugins.consultations.words import _


@operation
def leave_community(actor: Actor, user_id: int, community_id: int) -> None:
    """Somebody is a member no longer: they consult, look after and book nothing there any more."""
    lines = _hold_lines(user_id, community_id)
    _leave_teams(user_id, lines)
    _free_places(user_id, lines)
    waiting = select(Ticket).where(
        Ticket.user_id == user_id, Ticket.line_id.in_(lines), Ticket.state == TicketState.WAITING
    )
    for ticket in db.session.scalars(waiting).all():
        ticket.state = TicketState.LEFT
        changed(db.session.get_one(Activity, ticket.activity_id), queueing.PART)
    tutoring.end_care(user_id, community_id)
    _close_to_tutor(user_id, community_id)


@operation
def forget(actor: Actor, user_id: int) -> None:
    """Somebody is forgotten: their work and places go to others, and what they wanted to talk
    about stands nowhere."""
    lines = _hold_lines(user_id)
    _leave_teams(user_id, lines)
    _clear_topics(user_id)
    _free_places(user_id, lines)
    db.session.execute(delete(Booking).where(Booking.user_id == user_id))
    db.session.expire_all()


def _hold_lines(user_id: int, community_id: int | None = None) -> Sequence[int]:
    """Hold the lines, of a community or everywhere, where somebody consults, has a place or
    waits."""
    booking.hold_person(user_id)
    touched = union(
        select(Consultant.line_id).where(Consultant.user_id == user_id),
        select(Slot.line_id).join(Booking, Booking.slot_id == Slot.id).where(
            Booking.user_id == user_id
        ),
        select(Ticket.line_id).where(Ticket.user_id == user_id),
    )  # fmt: skip
    query = select(Line.id).where(Line.id.in_(touched)).order_by(Line.id)
    if community_id is not None:
        query = query.join(Line.activity).where(Activity.community_id == community_id)
    lines = db.session.scalars(query).all()
    for line_id in lines:
        held_line(line_id)
    return lines


def _leave_teams(user_id: int, lines: Iterable[int]) -> None:
    mine = select(Consultant).where(Consultant.user_id == user_id, Consultant.line_id.in_(lines))
    for consultant in db.session.scalars(mine.order_by(Consultant.line_id)).all():
        _leave_team(consultant)


def _leave_team(consultant: Consultant) -> None:
    """Somebody cannot consult any more: booked times are called off, questions go to others."""
    ahead = select(Slot).where(
        Slot.line_id == consultant.line_id, Slot.consultant_id == consultant.user_id,
        Slot.begins_at > utcnow(), Slot.cancelled_at.is_(None), Slot.taken > 0,
    )  # fmt: skip
    for slot in db.session.scalars(ahead).all():
        booking.call_off(SYSTEM, slot, _("The consultant has left the line."))
    team.withdraw(SYSTEM, consultant)


def _free_places(user_id: int, lines: Iterable[int]) -> None:
    """What somebody has booked ahead is free for others, without what they wrote of it."""
    query = (
        select(Booking)
        .join(Booking.slot)
        .where(Booking.user_id == user_id, Booking.state == BookingState.BOOKED)
        .where(Slot.line_id.in_(lines), Slot.begins_at > utcnow())
        .order_by(Booking.id)
    )
    person = db.session.get_one(User, user_id)
    for place in db.session.scalars(query.execution_options(populate_existing=True)).all():
        slot = db.session.get_one(Slot, place.slot_id, populate_existing=True)
        booking.release(person, place, slot)


def _clear_topics(user_id: int) -> None:
    """Rooms for two are called by what was wanted; those of groups by what was announced."""
    query = (
        select(Room)
        .join(RoomGuest, RoomGuest.room_id == Room.id)
        .outerjoin(Room.slot)
        .where(RoomGuest.user_id == user_id, Room.topic != "")
        .where(or_(Slot.id.is_(None), Slot.capacity == 1))
    )
    found = db.session.scalars(query).all()
    for room in found:
        room.topic = room.slot.topic if room.slot is not None else ""
    search_again([room.id for room in found])


def _close_to_tutor(user_id: int, community_id: int) -> None:
    """What was asked in private while they were the tutor is open to them no longer."""
    query = (
        select(Question)
        .join(Question.activity)
        .where(Question.tutor_id == user_id, Activity.community_id == community_id)
    )
    for question in db.session.scalars(query.order_by(Question.id)).all():
        question.tutor_id = None
        if question.private:
            keep_from(question.content, [user_id])
