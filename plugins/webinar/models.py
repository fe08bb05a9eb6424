"""Webinars, their meetings, who has a place, who came, what they thought, and what was recorded."""

from __future__ import annotations

import enum
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.api import Activity, Base, Content

# A meeting that was opened and not ended by its host is over so long after its planned end.
LINGER = timedelta(minutes=30)


class Admission(enum.StrEnum):
    """OPEN: whoever signs up has a place while there are any. APPROVAL: a host decides."""

    OPEN = "open"
    APPROVAL = "approval"


class Recorded(enum.StrEnum):
    """What becomes of a meeting that a server can record: nothing is recorded, a host publishes
    what was, or it is published by itself."""

    NO = "no"
    ASK = "ask"
    PUBLISH = "publish"


class FilmState(enum.StrEnum):
    """MAKING: the server is at it. READY waits for a host's word, PUBLISHED and REFUSED are it."""

    MAKING = "making"
    READY = "ready"
    PUBLISHED = "published"
    REFUSED = "refused"


class MeetingState(enum.StrEnum):
    """ON and OVER are set by a host, or by the server of the meeting; the clock ends one too."""

    PLANNED = "planned"
    ON = "on"
    OVER = "over"
    CANCELLED = "cancelled"


class PlaceState(enum.StrEnum):
    """HELD is a seat; WAITING gets the next one that is free; ASKED waits for a host's word."""

    ASKED = "asked"
    HELD = "held"
    WAITING = "waiting"
    REFUSED = "refused"
    LEFT = "left"


class Webinar(Base):
    """What people sign up for: one meeting or a series of them.

    ``held`` and ``waiting`` are kept with the row, which is held while they change, so that seats
    are never given twice. ``early``: so many minutes before it begins the door opens. ``secret``
    is a part of the room's name that nobody can guess. Times are told with ``zone_name`` beside.
    ``recorded`` is a :class:`Recorded`, where the provider records.
    """

    __tablename__ = "webinar_webinars"

    id: Mapped[int] = mapped_column(ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True)
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), unique=True
    )
    about: Mapped[str] = mapped_column(default="")
    speakers: Mapped[str] = mapped_column(default="")
    seats: Mapped[int | None]
    admission: Mapped[str] = mapped_column(default=Admission.OPEN)
    provider: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    early: Mapped[int] = mapped_column(default=15)
    secret: Mapped[str]
    recorded: Mapped[str] = mapped_column(default=Recorded.ASK)
    zone_name: Mapped[str] = mapped_column(default="")
    held: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)

    content: Mapped[Content] = relationship(Content)
    activity: Mapped[Activity] = relationship(Activity)

    @property
    def is_full(self) -> bool:
        """Whether no seat is left, or somebody waits for the next one already."""
        return self.seats is not None and (self.held >= self.seats or self.waiting > 0)


class Host(Base):
    """Somebody who runs a webinar, whatever their role in the community."""

    __tablename__ = "webinar_hosts"

    webinar_id: Mapped[int] = mapped_column(
        ForeignKey("webinar_webinars.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Meeting(Base):
    """One time at which people come together. ``sequence`` grows with every change that calendars
    have to know of; ``started_at`` and ``ended_at`` are what really happened."""

    __tablename__ = "webinar_meetings"
    __table_args__ = (Index("ix_webinar_meetings_ahead", "activity_id", "begins_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id", ondelete="CASCADE"))
    webinar_id: Mapped[int] = mapped_column(
        ForeignKey("webinar_webinars.id", ondelete="CASCADE"), index=True
    )
    topic: Mapped[str] = mapped_column(default="")
    begins_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default=MeetingState.PLANNED)
    sequence: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    webinar: Mapped[Webinar] = relationship(Webinar)

    @property
    def room(self) -> str:
        """The name of the room: the same for everybody, and not to be guessed."""
        return f"sreda-{self.id}-{self.webinar.secret}"

    def may_reopen(self, now: datetime) -> bool:
        """Whether a host who ended it too early can open it again."""
        return self.state == MeetingState.OVER and now < self.ends_at

    def is_over(self, now: datetime) -> bool:
        """Whether nobody can come any more."""
        if self.state == MeetingState.ON:
            return now >= self.ends_at + LINGER
        return self.state != MeetingState.PLANNED or now >= self.ends_at


class Place(Base):
    """Somebody signed up; ``asked_at`` is their place in the queue."""

    __tablename__ = "webinar_places"
    __table_args__ = (
        UniqueConstraint("webinar_id", "user_id"),
        Index("ix_webinar_places_queue", "webinar_id", "state", "asked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), index=True
    )
    webinar_id: Mapped[int] = mapped_column(ForeignKey("webinar_webinars.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    state: Mapped[str]
    asked_at: Mapped[datetime]


class Attendance(Base):
    """Somebody came to a meeting: when first, and how many minutes, if that is known. ``source``
    says from where: the door of this site, the server of the meeting, or a list that a host
    brought. Of a server's word ``seconds`` are what ``minutes`` are rounded from, and ``seen_at``
    is when it last said that they are there."""

    __tablename__ = "webinar_attendance"

    meeting_id: Mapped[int] = mapped_column(
        ForeignKey("webinar_meetings.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    first_at: Mapped[datetime]
    minutes: Mapped[int | None]
    source: Mapped[str]
    seconds: Mapped[int] = mapped_column(default=0)
    seen_at: Mapped[datetime | None]


class Rating(Base):
    """What somebody thought of a meeting: from 1 to 5, and words for the hosts."""

    __tablename__ = "webinar_ratings"

    meeting_id: Mapped[int] = mapped_column(
        ForeignKey("webinar_meetings.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    stars: Mapped[int]
    words: Mapped[str] = mapped_column(default="")
    rated_at: Mapped[datetime]


class Recording(Base):
    """What is left of a meeting: an address, files, or both."""

    __tablename__ = "webinar_recordings"

    id: Mapped[int] = mapped_column(ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True)
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), index=True
    )
    meeting_id: Mapped[int] = mapped_column(
        ForeignKey("webinar_meetings.id", ondelete="CASCADE"), index=True
    )
    title: Mapped[str]
    url: Mapped[str] = mapped_column(default="")

    content: Mapped[Content] = relationship(Content)


class Room(Base):
    """What a server knows of a meeting. ``server`` is its address; ``session`` its own name of what
    it made, ``made_at`` when. It is asked at ``due_at`` (None: there is nothing more to learn), and
    was last at ``looked_at``. ``marked`` says whether the host recorded anything in any of its
    sessions, once one ended."""

    __tablename__ = "webinar_rooms"

    meeting_id: Mapped[int] = mapped_column(
        ForeignKey("webinar_meetings.id", ondelete="CASCADE"), primary_key=True
    )
    server: Mapped[str]
    session: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime | None]
    looked_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    marked: Mapped[bool | None]

    meeting: Mapped[Meeting] = relationship(Meeting)

    @property
    def lives_since(self) -> datetime | None:
        """Since when it is on its server, as far as we know; None where it is not."""
        return self.made_at if self.ended_at is None else None


class Film(Base):
    """A recording on a server, until it is published or not; ``record_id`` is the server's."""

    __tablename__ = "webinar_films"
    __table_args__ = (UniqueConstraint("meeting_id", "record_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), index=True
    )
    meeting_id: Mapped[int] = mapped_column(ForeignKey("webinar_meetings.id", ondelete="CASCADE"))
    record_id: Mapped[str]
    state: Mapped[str]
    url: Mapped[str] = mapped_column(default="")

    meeting: Mapped[Meeting] = relationship(Meeting)
