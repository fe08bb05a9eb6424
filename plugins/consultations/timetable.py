"""Reading slots and bookings: what is free, what is one's own, what a consultant has ahead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import Row, and_, func, or_, select
from sqlalchemy.orm import joinedload

from core.api import (
    Face,
    Page,
    School,
    User,
    Viewer,
    current_zone,
    db,
    face_columns,
    face_of,
    paginate,
    utcnow,
)
from plugins.consultations.meeting_models import (
    Booking,
    BookingState,
    DayOff,
    Hours,
    Room,
    Slot,
    Watch,
)
from plugins.consultations.models import Line

# So many times stand on one page.
TIMES = 40


@dataclass(frozen=True)
class Offered:
    """A time as somebody sees it: ``booking_id`` is their place, ``watched`` their wish to hear."""

    slot: Slot
    booking_id: int | None
    watched: bool

    @property
    def state(self) -> str:
        """mine, free, few, or full."""
        if self.booking_id is not None:
            return "mine"
        if self.slot.free == 0:
            return "full"
        return "few" if self.slot.is_group and self.slot.free <= 3 else "free"


@dataclass(frozen=True)
class OfferedDay:
    """The times of a day by the viewer's clock."""

    day: date
    times: Sequence[Offered]


def offered(line: Line, viewer: Viewer, consultant: int = 0) -> Page[Row[Any]]:
    """A page of the times that are ahead, perhaps of one consultant."""
    own = and_(
        Booking.slot_id == Slot.id, Booking.user_id == viewer.id,
        Booking.state == BookingState.BOOKED,
    )  # fmt: skip
    watch = and_(Watch.slot_id == Slot.id, Watch.user_id == viewer.id)
    query = (
        select(Slot, Booking.id.label("booking_id"), Watch.user_id.label("watched"))
        .outerjoin(Booking, own)
        .outerjoin(Watch, watch)
        .options(joinedload(Slot.consultant))
        .where(Slot.line_id == line.id, Slot.begins_at > utcnow(), ~Slot.live)
        .where(Slot.cancelled_at.is_(None))
        .order_by(Slot.begins_at, Slot.id)
    )
    if consultant:
        query = query.where(Slot.consultant_id == consultant)
    return paginate(query, TIMES)


def by_day(rows: Sequence[Row[Any]]) -> Sequence[OfferedDay]:
    """Times under the days of the viewer's calendar."""
    zone = current_zone()
    found = [Offered(row.Slot, row.booking_id, row.watched is not None) for row in rows]

    def day_of(each: Offered) -> date:
        return each.slot.begins_at.astimezone(zone).date()

    return [OfferedDay(day, list(times)) for day, times in groupby(found, day_of)]


def free_ahead(line: Line, limit: int) -> Sequence[Slot]:
    """The next times with a free place."""
    query = (
        select(Slot)
        .options(joinedload(Slot.consultant))
        .where(Slot.line_id == line.id, Slot.begins_at > utcnow(), ~Slot.live)
        .where(Slot.cancelled_at.is_(None), Slot.taken < Slot.capacity)
        .order_by(Slot.begins_at, Slot.id)
        .limit(limit)
    )
    return db.session.scalars(query).all()


def live_ahead(line: Line, limit: int) -> Sequence[Slot]:
    """The next live hours."""
    query = (
        select(Slot)
        .options(joinedload(Slot.consultant))
        .where(Slot.line_id == line.id, Slot.ends_at > utcnow(), Slot.live)
        .where(Slot.cancelled_at.is_(None))
        .order_by(Slot.begins_at, Slot.id)
        .limit(limit)
    )
    return db.session.scalars(query).all()


def own_bookings(line: Line, viewer: Viewer, *, past: bool) -> Page[Row[Any]]:
    """One's places with their rooms: those ahead, the first first, or those of the past."""
    now = utcnow()
    query = (
        select(Booking, Room.id.label("room_id"))
        .join(Slot, Slot.id == Booking.slot_id)
        .outerjoin(Room, Room.slot_id == Slot.id)
        .options(joinedload(Booking.slot).joinedload(Slot.consultant))
        .options(joinedload(Booking.slot).joinedload(Slot.line))
        .where(Slot.line_id == line.id, Booking.user_id == viewer.id)
    )
    if past:
        over = or_(Slot.ends_at <= now, Booking.state != BookingState.BOOKED)
        return paginate(query.where(over).order_by(Slot.begins_at.desc(), Booking.id.desc()))
    ahead = and_(Slot.ends_at > now, Booking.state == BookingState.BOOKED)
    return paginate(query.where(ahead).order_by(Slot.begins_at, Booking.id), 50)


@dataclass(frozen=True, kw_only=True)
class Guest(Face):
    """Somebody with a place in a slot."""

    booking_id: int
    note: str
    state: str
    missed: int = 0


@dataclass(frozen=True)
class Busy:
    """A time of a consultant with those who booked it."""

    slot: Slot
    room_id: int | None
    guests: Sequence[Guest]


def times_of_consultant(line: Line, user_id: int, show: str) -> tuple[Page[Row[Any]], list[Busy]]:
    """A page of a consultant's own times with everybody who booked them: those that are booked, or
    the ``free`` or ``past`` ones; three queries."""
    now = utcnow()
    query = (
        select(Slot, Room.id.label("room_id"))
        .outerjoin(Room, Room.slot_id == Slot.id)
        .where(Slot.line_id == line.id, Slot.consultant_id == user_id, ~Slot.live)
    )
    if show == "past":
        query = query.where(Slot.ends_at <= now, Slot.taken > 0).order_by(Slot.begins_at.desc())
    else:
        wanted = Slot.taken == 0 if show == "free" else Slot.taken > 0
        query = query.where(Slot.ends_at > now, Slot.cancelled_at.is_(None), wanted)
        query = query.order_by(Slot.begins_at, Slot.id)
    page = paginate(query, 25)
    guests = guests_of([row.Slot.id for row in page.items if row.Slot.taken])
    return page, [Busy(row.Slot, row.room_id, guests.get(row.Slot.id, ())) for row in page.items]


def guests_of(slots: Sequence[int]) -> Mapping[int, Sequence[Guest]]:
    """Who has places in these slots, with how often they did not come before; one query."""
    other = Booking.__table__.alias("other")
    missed = (
        select(func.count())
        .where(other.c.user_id == Booking.user_id, other.c.state == BookingState.MISSED)
        .where(other.c.activity_id == Booking.activity_id)
        .correlate(Booking)
        .scalar_subquery()
    )
    query = (
        select(Booking, missed.label("missed"), *face_columns())
        .join(User, User.id == Booking.user_id)
        .outerjoin(School, School.id == User.school_id)
        .where(Booking.slot_id.in_(slots), Booking.state != BookingState.CANCELLED)
        .order_by(Booking.id)
    )
    found: dict[int, list[Guest]] = {}
    rows: Any = db.session.execute(query) if slots else ()
    for row in rows:
        booking = row.Booking
        guest = face_of(
            row, Guest, booking_id=booking.id, note=booking.note, state=booking.state,
            missed=row.missed,
        )  # fmt: skip
        found.setdefault(booking.slot_id, []).append(guest)
    return found


def hours_of(line: Line, user_id: int) -> Sequence[Hours]:
    """Somebody's weekly hours, in the order of the week."""
    query = select(Hours).where(Hours.line_id == line.id, Hours.consultant_id == user_id)
    return db.session.scalars(query.order_by(Hours.weekday, Hours.starts, Hours.id)).all()


def days_off(line: Line, user_id: int) -> Sequence[date]:
    """The days on which somebody will not be there."""
    query = select(DayOff.day).where(DayOff.line_id == line.id, DayOff.user_id == user_id)
    today = utcnow().date()
    return db.session.scalars(query.where(DayOff.day >= today).order_by(DayOff.day)).all()
