"""Rooms, what is said in them, who takes part, sessions with their agenda and questions, minutes.

Messages are contents, as everything that people write: hiding, reactions, files, search, the copy
of one's data and being forgotten then come from core. A content and a message are two rows in two
inserts, which is what it costs; the rest of the way is kept short (see ``writing.py``), so that an
ordinary machine stores about a thousand messages a second in one room.
"""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.api import Base, Content, utcnow

# So many messages stand on a page, and come at once when one goes on upwards.
AT_ONCE = 50


class Room(Base):
    """Where people talk: the standing room of a chat, or that of one session.

    ``last_number`` is the number of the newest message: numbers begin with 1 and have no gaps.
    ``last_entry`` is that of the newest entry of its stream, for pages to go on from. A session's
    room takes messages from ``opens_at`` until ``closes_at``. ``held`` is how many messages wait
    for approval. ``by_turns``: only those who lead and those who were given the floor write.
    ``slow_seconds`` lie between two messages of one person.
    """

    __tablename__ = "chat_rooms"
    __table_args__ = (Index("ix_chat_rooms_activity_id_closes_at", "activity_id", "closes_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id", ondelete="CASCADE"))
    session_id: Mapped[int | None] = mapped_column(
        ForeignKey("chat_sessions.id", ondelete="CASCADE"), unique=True
    )
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None] = mapped_column(index=True)
    last_number: Mapped[int] = mapped_column(default=0)
    last_entry: Mapped[int] = mapped_column(default=0)
    held: Mapped[int] = mapped_column(default=0)
    pinned_number: Mapped[int | None]
    slow_seconds: Mapped[int] = mapped_column(default=0)
    by_turns: Mapped[bool] = mapped_column(default=False)

    session: Mapped[Session | None] = relationship(lambda: Session, back_populates="room")

    def is_on(self, now: datetime) -> bool:
        """Whether its time is now; a standing room's always is."""
        return is_on(self, now)


def is_on(room: Any, now: datetime) -> bool:
    """The same for a room or a row with its columns."""
    begun = room.opens_at is None or room.opens_at <= now
    return begun and (room.closes_at is None or now < room.closes_at)


class Session(Base):
    """A conversation with a topic and a time, led by hosts, of which minutes are made.

    ``agenda`` is a list of steps: ``title``, ``minutes`` (0 for no limit), ``begun_at`` (ISO 8601)
    and ``from_number``, the number of the first message said in it. ``step`` is the index of the
    one that is on. ``revision`` counts what calendars have to hear of. ``link`` is shown to all.
    """

    __tablename__ = "chat_sessions"

    id: Mapped[int] = mapped_column(ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True)
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), index=True
    )
    title: Mapped[str]
    about: Mapped[str] = mapped_column(default="")
    agenda: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    step: Mapped[int | None]
    link_url: Mapped[str] = mapped_column(default="")
    link_title: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime] = mapped_column(default=utcnow)
    closed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]

    content: Mapped[Content] = relationship(Content)
    room: Mapped[Room] = relationship(Room, back_populates="session", uselist=False)


class Message(Base):
    """Something said. ``text`` is plain, with ``<@17>`` for whoever is mentioned, whose name is in
    ``mentions`` until they are forgotten. ``number`` is None while it waits for approval."""

    __tablename__ = "chat_messages"
    __table_args__ = (
        UniqueConstraint("room_id", "number"),
        # Decisions are few, and looked for on every page of a session.
        Index(
            "ix_chat_messages_decided",
            "room_id",
            sqlite_where=text("is_decision"),
            postgresql_where=text("is_decision"),
        ),
    )

    id: Mapped[int] = mapped_column(ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("chat_rooms.id", ondelete="CASCADE"))
    number: Mapped[int | None]
    text: Mapped[str]
    mentions: Mapped[dict[str, str]] = mapped_column(JSON)
    reply_to_id: Mapped[int | None] = mapped_column(
        ForeignKey("chat_messages.id", ondelete="SET NULL"), index=True
    )
    has_files: Mapped[bool] = mapped_column(default=False)
    has_signs: Mapped[bool] = mapped_column(default=False)
    is_decision: Mapped[bool] = mapped_column(default=False)

    content: Mapped[Content] = relationship(Content)
    room: Mapped[Room] = relationship(Room)


class Member(Base):
    """Somebody in a room: how far they have read it, and what they may do there.

    ``said_today`` counts what they said on the day ``said_on``. ``hand_at``: asked for the floor;
    ``floor_at``: has it. Nobody writes before ``silenced_until``; ``removed_at``: shown the door.
    Both have a ``reason``. ``muted_until``: wants to hear nothing of the room.
    """

    __tablename__ = "chat_members"

    room_id: Mapped[int] = mapped_column(
        ForeignKey("chat_rooms.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    read_number: Mapped[int] = mapped_column(default=0)
    muted_until: Mapped[datetime | None]
    said_on: Mapped[date | None] = mapped_column(Date)
    said_today: Mapped[int] = mapped_column(default=0)
    said_at: Mapped[datetime | None]
    is_host: Mapped[bool] = mapped_column(default=False)
    hand_at: Mapped[datetime | None]
    floor_at: Mapped[datetime | None]
    silenced_until: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")


class QuestionState(enum.StrEnum):
    OPEN = "open"
    NOW = "now"
    ANSWERED = "answered"
    DISMISSED = "dismissed"


class Question(Base):
    """A question to those who lead a session; ``votes`` is how many want it answered."""

    __tablename__ = "chat_questions"
    __table_args__ = (Index("ix_chat_questions_queue", "room_id", "state", "votes"),)

    id: Mapped[int] = mapped_column(ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("chat_rooms.id", ondelete="CASCADE"))
    text: Mapped[str]
    state: Mapped[str] = mapped_column(default=QuestionState.OPEN)
    votes: Mapped[int] = mapped_column(default=0)

    content: Mapped[Content] = relationship(Content)
    room: Mapped[Room] = relationship(Room)


class Vote(Base):
    """Somebody wants a question answered."""

    __tablename__ = "chat_votes"

    question_id: Mapped[int] = mapped_column(
        ForeignKey("chat_questions.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Minutes(Base):
    """What remains of a session: clean HTML that a host edits, and publishes.

    ``with_text``: everything that was said follows on the same page.
    """

    __tablename__ = "chat_minutes"

    id: Mapped[int] = mapped_column(ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True)
    session_id: Mapped[int] = mapped_column(
        ForeignKey("chat_sessions.id", ondelete="CASCADE"), unique=True
    )
    body: Mapped[str]
    with_text: Mapped[bool] = mapped_column(default=True)
    published_at: Mapped[datetime | None]

    content: Mapped[Content] = relationship(Content)
    session: Mapped[Session] = relationship(Session)

    @property
    def is_withheld(self) -> bool:
        """Whether moderators hid them. A draft is out of sight too, but nobody gave a reason."""
        content = self.content
        return content.hidden_at is not None and bool(content.hidden_reason or content.taken_back)
