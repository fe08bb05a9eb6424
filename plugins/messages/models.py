"""Conversations, who takes part in them, what they write, and what they settle about it."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.api import Base, Content, User, utcnow

# So many people talk in one group, so many messages stand on one page, so many lines in an inbox.
MOST_PEOPLE = 20
MESSAGES_A_PAGE = 50
THREADS_A_PAGE = 25


class Step(enum.StrEnum):
    """What happened in a conversation, where a line of it is no message."""

    ADDED = "added"
    LEFT = "left"
    RENAMED = "renamed"
    SETTLED = "settled"
    PUBLIC = "public"
    MODERATOR = "moderator"
    REOPENED = "reopened"


class Outcome(enum.StrEnum):
    """How a private clarification ended; OPEN while it has not."""

    OPEN = ""
    SETTLED = "settled"
    PUBLIC = "public"
    MODERATOR = "moderator"


class Thread(Base):
    """A conversation, which stands in no community and is given to its people alone.

    ``pair`` names the two of a conversation between two ("17:42"), of which there is one;
    ``title`` is that of a group, or of what a clarification is about.
    """

    __tablename__ = "messages_threads"

    id: Mapped[int] = mapped_column(ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True)
    pair: Mapped[str | None] = mapped_column(unique=True)
    is_group: Mapped[bool] = mapped_column(default=False)
    title: Mapped[str] = mapped_column(default="")
    last_id: Mapped[int] = mapped_column(default=0)

    content: Mapped[Content] = relationship(Content)


class Party(Base):
    """One person in one conversation. ``last_id`` and ``last_at`` are those of the conversation,
    repeated so that an inbox reads one index; ``read_id`` is the latest that was shown to them."""

    __tablename__ = "messages_parties"
    __table_args__ = (
        Index("ix_messages_parties_inbox", "user_id", "archived", "last_at", "thread_id"),
    )

    thread_id: Mapped[int] = mapped_column(
        ForeignKey("messages_threads.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    joined_at: Mapped[datetime] = mapped_column(default=utcnow)
    last_id: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime] = mapped_column(default=utcnow)
    read_id: Mapped[int] = mapped_column(default=0)
    starred: Mapped[bool] = mapped_column(default=False)
    muted: Mapped[bool] = mapped_column(default=False)
    archived: Mapped[bool] = mapped_column(default=False)

    user: Mapped[User] = relationship(User)


class Message(Base):
    """A line of a conversation: clean HTML, or a ``step``. ``words`` are the same without markup,
    for the search of the inbox; of a step its new title, or the ids of those who were added.
    ``gone_at``: its author took it back."""

    __tablename__ = "messages_messages"
    __table_args__ = (Index("ix_messages_messages_thread_id_id", "thread_id", "id"),)

    id: Mapped[int] = mapped_column(ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("messages_threads.id", ondelete="CASCADE"))
    body: Mapped[str] = mapped_column(default="")
    words: Mapped[str] = mapped_column(default="")
    step: Mapped[str] = mapped_column(default="")
    has_files: Mapped[bool] = mapped_column(default=False)
    gone_at: Mapped[datetime | None]

    content: Mapped[Content] = relationship(Content)
    thread: Mapped[Thread] = relationship(Thread)


class Clarification(Base):
    """A conversation with the author of something said in public, before it is disputed there.

    ``answered_at`` is when the author first wrote back. There is one for each who asks.
    """

    __tablename__ = "messages_clarifications"
    __table_args__ = (UniqueConstraint("about_id", "asked_by_id"),)

    thread_id: Mapped[int] = mapped_column(
        ForeignKey("messages_threads.id", ondelete="CASCADE"), primary_key=True
    )
    about_id: Mapped[int] = mapped_column(ForeignKey("contents.id", ondelete="CASCADE"))
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    opened_at: Mapped[datetime] = mapped_column(default=utcnow)
    answered_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(default=Outcome.OPEN)
    outcome_at: Mapped[datetime | None]

    about: Mapped[Content] = relationship(Content)


class Block(Base):
    """Somebody does not want to be written to by somebody."""

    __tablename__ = "messages_blocks"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    blocked_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


class Preference(Base):
    """How somebody wants to talk; who never chose has no row."""

    __tablename__ = "messages_preferences"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    shows_reading: Mapped[bool] = mapped_column(default=True)


class Report(Base):
    """What somebody showed to the moderators of a community, or (without one) of the site.

    ``words`` is a copy of what they showed, clean HTML, since nobody else may open a conversation:
    one message, or the whole of a clarification when it was shown. ``about_id`` is the public post
    that a clarification is about.
    """

    __tablename__ = "messages_reports"
    __table_args__ = (
        UniqueConstraint("message_id", "reporter_id"),
        Index("ix_messages_reports_list", "community_id", "closed_at", "id"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True)
    community_id: Mapped[int | None] = mapped_column(
        ForeignKey("communities.id", ondelete="CASCADE")
    )
    reporter_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    accused_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    message_id: Mapped[int | None] = mapped_column(
        ForeignKey("messages_messages.id", ondelete="SET NULL")
    )
    about_id: Mapped[int | None] = mapped_column(ForeignKey("contents.id", ondelete="CASCADE"))
    reason: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    words: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    upheld: Mapped[bool] = mapped_column(default=False)
    answer: Mapped[str] = mapped_column(default="")

    content: Mapped[Content] = relationship(Content, foreign_keys=[id])
    reporter: Mapped[User | None] = relationship(User, foreign_keys=[reporter_id])
    accused: Mapped[User | None] = relationship(User, foreign_keys=[accused_id])
