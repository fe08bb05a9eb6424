"""Hours, the slots they give, who has a place, and the private rooms in which people talk."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.api import Activity, Base, Content, User, utcnow
from plugins.consultations.models import Line


class BookingState(enum.StrEnum):
    """Of BOOKED, after the time, the consultant makes ATTENDED or MISSED."""

    BOOKED = "booked"
    CANCELLED = "cancelled"
    ATTENDED = "attended"
    MISSED = "missed"


class TicketState(enum.StrEnum):
    """CALLED: a consultant has taken the next, and a room is open."""

    WAITING = "waiting"
    CALLED = "called"
    LEFT = "left"


class Hours(Base):
    """When somebody is there every week, by the clock of ``zone_name``: from ``starts`` to ``ends``
    (minutes of the day) on ``weekday`` (0 is Monday). With ``live`` there is a queue, else places
    of ``minutes`` with ``pause`` minutes between, for ``capacity`` people each."""

    __tablename__ = "consultations_hours"

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), index=True
    )
    line_id: Mapped[int] = mapped_column(
        ForeignKey("consultations_lines.id", ondelete="CASCADE"), index=True
    )
    consultant_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    live: Mapped[bool] = mapped_column(default=False)
    weekday: Mapped[int]
    starts: Mapped[int]
    ends: Mapped[int]
    zone_name: Mapped[str]
    minutes: Mapped[int] = mapped_column(default=30)
    pause: Mapped[int] = mapped_column(default=0)
    capacity: Mapped[int] = mapped_column(default=1)
    topic: Mapped[str] = mapped_column(default="")
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)

    line: Mapped[Line] = relationship(Line)


class DayOff(Base):
    """A day on which somebody's hours do not hold: an exception from every week."""

    __tablename__ = "consultations_days_off"
    __table_args__ = (UniqueConstraint("line_id", "user_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), index=True
    )
    line_id: Mapped[int] = mapped_column(ForeignKey("consultations_lines.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    day: Mapped[date] = mapped_column(Date)


class Slot(Base):
    """A time of one consultant: ``capacity`` places of which ``taken`` are booked, or (``live``) a
    stretch of live hours. ``taken`` changes only while the line's row is held. ``sequence`` grows
    with every change that calendars have to know of; ``reason``: why it was called off."""

    __tablename__ = "consultations_slots"
    __table_args__ = (
        UniqueConstraint("hours_id", "begins_at"),
        Index("ix_consultations_slots_ahead", "activity_id", "live", "begins_at"),
        Index("ix_consultations_slots_consultant", "consultant_id", "begins_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id", ondelete="CASCADE"))
    line_id: Mapped[int] = mapped_column(
        ForeignKey("consultations_lines.id", ondelete="CASCADE"), index=True
    )
    hours_id: Mapped[int | None] = mapped_column(
        ForeignKey("consultations_hours.id", ondelete="SET NULL")
    )
    consultant_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    begins_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    zone_name: Mapped[str]
    live: Mapped[bool] = mapped_column(default=False)
    capacity: Mapped[int] = mapped_column(default=1)
    taken: Mapped[int] = mapped_column(default=0)
    topic: Mapped[str] = mapped_column(default="")
    cancelled_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    sequence: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime] = mapped_column(default=utcnow)

    line: Mapped[Line] = relationship(Line)
    activity: Mapped[Activity] = relationship(Activity)
    consultant: Mapped[User | None] = relationship(User)

    @property
    def is_group(self) -> bool:
        return self.capacity > 1

    @property
    def free(self) -> int:
        return max(self.capacity - self.taken, 0)


class Booking(Base):
    """Somebody's place in a slot; ``note`` is what they want to talk about."""

    __tablename__ = "consultations_bookings"
    __table_args__ = (UniqueConstraint("slot_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), index=True
    )
    slot_id: Mapped[int] = mapped_column(ForeignKey("consultations_slots.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    note: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default=BookingState.BOOKED)
    booked_at: Mapped[datetime] = mapped_column(default=utcnow)

    slot: Mapped[Slot] = relationship(Slot)
    user: Mapped[User] = relationship(User)


class Watch(Base):
    """Somebody wants to hear when a place in a full slot becomes free."""

    __tablename__ = "consultations_watches"

    slot_id: Mapped[int] = mapped_column(
        ForeignKey("consultations_slots.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Room(Base):
    """A private room: that of a slot, or of somebody called from the queue.

    It stands in no community and is given to those who talk in it. ``summary`` is for all of them;
    ``notes`` are for the consultant alone. ``closed_at``: nothing more is written in it.
    """

    __tablename__ = "consultations_rooms"

    id: Mapped[int] = mapped_column(ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True)
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), index=True
    )
    line_id: Mapped[int] = mapped_column(
        ForeignKey("consultations_lines.id", ondelete="CASCADE"), index=True
    )
    slot_id: Mapped[int | None] = mapped_column(
        ForeignKey("consultations_slots.id", ondelete="SET NULL"), unique=True
    )
    consultant_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    topic: Mapped[str] = mapped_column(default="")
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    summary: Mapped[str] = mapped_column(default="")
    notes: Mapped[str] = mapped_column(default="")

    content: Mapped[Content] = relationship(Content)
    line: Mapped[Line] = relationship(Line)
    activity: Mapped[Activity] = relationship(Activity)
    slot: Mapped[Slot | None] = relationship(Slot)


class RoomGuest(Base):
    """Somebody who talks in a room, beside the consultant."""

    __tablename__ = "consultations_room_guests"

    room_id: Mapped[int] = mapped_column(
        ForeignKey("consultations_rooms.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Remark(Base):
    """Something said in a room, as clean HTML."""

    __tablename__ = "consultations_remarks"
    __table_args__ = (Index("ix_consultations_remarks_room", "room_id", "id"),)

    id: Mapped[int] = mapped_column(ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("consultations_rooms.id", ondelete="CASCADE"))
    body: Mapped[str]
    has_files: Mapped[bool] = mapped_column(default=False)

    content: Mapped[Content] = relationship(Content)
    room: Mapped[Room] = relationship(Room)


class Ticket(Base):
    """Somebody's place in the queue of live hours."""

    __tablename__ = "consultations_tickets"
    __table_args__ = (Index("ix_consultations_tickets_queue", "line_id", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), index=True
    )
    line_id: Mapped[int] = mapped_column(ForeignKey("consultations_lines.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    note: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default=TicketState.WAITING)
    asked_at: Mapped[datetime] = mapped_column(default=utcnow)
    called_at: Mapped[datetime | None]
    room_id: Mapped[int | None] = mapped_column(
        ForeignKey("consultations_rooms.id", ondelete="SET NULL")
    )

    user: Mapped[User] = relationship(User)
