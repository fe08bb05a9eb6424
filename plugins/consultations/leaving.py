"""Somebody goes: out of a team, out of a community, out of the site."""

from __future__ import annotations

from sqlalchemy import delete, select

from core.api import SYSTEM, Actor, db, operation, utcnow
from plugins.consultations import booking, team
from plugins.consultations.finding import held_line
from plugins.consultations.meeting_models import Booking, BookingState, Slot
from plugins.consultations.models import Consultant
from plugins.consultations.words import _


@operation
def leave_team(actor: Actor, consultant: Consultant) -> None:
    """Somebody cannot consult any more: booked times are called off, questions go to others."""
    held_line(consultant.line_id)
    ahead = select(Slot).where(
        Slot.line_id == consultant.line_id, Slot.consultant_id == consultant.user_id,
        Slot.begins_at > utcnow(), Slot.cancelled_at.is_(None), Slot.taken > 0,
    )  # fmt: skip
    for slot in db.session.scalars(ahead).all():
        booking.call_off(SYSTEM, slot, _("The consultant has left the line."))
    team.withdraw(actor, consultant)


@operation
def free_places(actor: Actor, user_id: int) -> None:
    """Somebody is forgotten: their places ahead are free for others."""
    query = select(Booking).where(Booking.user_id == user_id, Booking.state == BookingState.BOOKED)
    slots = [row.slot for row in db.session.scalars(query).all()]
    db.session.execute(delete(Booking).where(Booking.user_id == user_id))
    db.session.expire_all()
    for slot in slots:
        held_line(slot.line_id)
        booking.recount(slot)
