"""Consultations as calendars show them, and as phones keep them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import Integer, Select, bindparam, exists, or_, select
from sqlalchemy.orm import contains_eager

from core.api import Activity, CalendarItem, Community, Moment, Viewer, among, entities, standing_of
from plugins.consultations.meeting_models import Booking, BookingState, Slot
from plugins.consultations.words import _, _l

# So many dates at most are told at once.
MOST = 500


def slots_in(
    communities: Sequence[Community], viewer: Viewer, start: datetime, end: datetime
) -> Iterator[CalendarItem]:
    """The viewer's own consultations, and the live hours and group consultations of everybody, in
    these days; one query."""
    places = {community.id: community for community in communities}
    member_of = [number for number, c in places.items() if not standing_of(viewer, c).is_guest]
    facts: dict[str, Any] = {"viewer": viewer.id or 0, "start": start, "end": end}
    many = len(places) != 1
    if many:
        facts |= {"communities": list(places), "member_of": member_of}
    else:
        facts |= {"communities": next(iter(places)), "member_of": next(iter(member_of), None)}
    for slot, is_own in entities(SLOTS[many], facts):
        mine = is_own or slot.consultant_id == (viewer.id or 0)
        yield _item(slot, places[slot.activity.community_id], mine=mine)


def _slots(*, many: bool) -> Select[*tuple[Any, ...]]:
    viewer = bindparam("viewer", type_=Integer)
    own = (
        exists()
        .where(Booking.slot_id == Slot.id, Booking.user_id == viewer)
        .where(Booking.state != BookingState.CANCELLED)
    )
    running = (Slot.consultant_id == viewer) & (Slot.taken > 0)
    announced = or_(Slot.live, Slot.capacity > 1) & among(
        Activity.community_id, "member_of", many=many
    )
    return (
        select(Slot, own)
        .join(Slot.activity)
        .options(contains_eager(Slot.activity))
        .where(Activity.state == "published", Activity.plugin == "consultations")
        .where(among(Activity.community_id, "communities", many=many))
        .where(Slot.cancelled_at.is_(None), Slot.begins_at < bindparam("end", type_=Moment))
        .where(Slot.ends_at >= bindparam("start", type_=Moment), or_(own, running, announced))
        .order_by(Slot.begins_at, Slot.id)
        .limit(MOST)
    )


# Put together once, for many communities and for one: every home and everybody's day asks.
SLOTS = {many: _slots(many=many) for many in (True, False)}


def of_slot(slot: Slot, *, cancelled: bool = False) -> list[CalendarItem]:
    """The date of one consultation."""
    return [_item(slot, slot.activity.community, mine=True, cancelled=cancelled)]


def _item(slot: Slot, community: Community, *, mine: bool, cancelled: bool = False) -> CalendarItem:
    activity = slot.activity
    title = f"{activity.title}: {slot.topic}" if slot.topic else activity.title
    page = "bookings" if mine and not slot.live else "live" if slot.live else "slots"
    return CalendarItem(
        key=f"consultations.slot.{slot.id}", title=title,
        what=_l("live hours") if slot.live else _l("consultation"),
        community=community, activity=activity,
        url=url_for(f"consultations.{page}", community=community, activity=activity),
        start=slot.begins_at, end=slot.ends_at, zone_name=slot.zone_name,
        description=_("You have a place in this consultation.") if mine and not slot.live else "",
        sequence=slot.sequence, updated=slot.changed_at,
        cancelled=cancelled or slot.cancelled_at is not None,
    )  # fmt: skip
