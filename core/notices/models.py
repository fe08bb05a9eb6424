"""What people are told, how they want to be told, and what they follow how closely."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.contract.notices import Level
from core.platform.db import Base, utcnow

UNREAD = text("read_at IS NULL")
WAITING = text("mail <> ''")


class Notice(Base):
    """Something one person is told: facts, no words, so that it is read in the reader's language.

    ``thing`` is what notices are gathered under, ``content`` the very post or comment. ``bundle``
    names the line they form together, ``once`` the occasion, of which nobody is told twice.
    ``mail`` is the channel by which a letter is still to come, since ``mail_since``; until
    ``claimed_until`` some process is writing it.
    """

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("user_id", "once"),
        Index("ix_notices_user_id_bundle", "user_id", "bundle"),
        # Every page counts what is unread; the post looks for what is to be sent all day long.
        Index(
            "ix_notices_unread",
            "user_id",
            "bundle",
            "content_id",
            sqlite_where=UNREAD,
            postgresql_where=UNREAD,
        ),
        Index("ix_notices_mail", "mail", "user_id", sqlite_where=WAITING, postgresql_where=WAITING),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[str]
    bundle: Mapped[str]
    once: Mapped[str]
    community_id: Mapped[int | None] = mapped_column(
        ForeignKey("communities.id", ondelete="CASCADE"), index=True
    )
    activity_id: Mapped[int | None] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), index=True
    )
    thing_id: Mapped[int | None] = mapped_column(
        ForeignKey("contents.id", ondelete="CASCADE"), index=True
    )
    content_id: Mapped[int | None] = mapped_column(
        ForeignKey("contents.id", ondelete="CASCADE"), index=True
    )
    actor_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    read_at: Mapped[datetime | None]
    mail: Mapped[str] = mapped_column(default="")
    mail_since: Mapped[datetime] = mapped_column(default=utcnow)
    claimed_until: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]


class NoticeChoice(Base):
    """By which channel somebody wants a kind, where it is not the one that its manifest names."""

    __tablename__ = "notice_choices"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str]


# Letters of the evening wait for the morning; the day's and the week's come after lessons.
QUIET_FROM, QUIET_UNTIL = 22, 7
DIGEST_HOUR, DIGEST_DAY = 17, 4


class NoticeSettings(Base):
    """How somebody wants to be told in general; who never chose has no row.

    Hours are those of the person's own day; equal quiet hours mean none. ``digest_day`` counts from
    Monday = 0.
    """

    __tablename__ = "notice_settings"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    level: Mapped[int] = mapped_column(default=Level.DIRECT)
    quiet_from: Mapped[int] = mapped_column(default=QUIET_FROM)
    quiet_until: Mapped[int] = mapped_column(default=QUIET_UNTIL)
    digest_hour: Mapped[int] = mapped_column(default=DIGEST_HOUR)
    digest_day: Mapped[int] = mapped_column(default=DIGEST_DAY)


class Follow(Base):
    """How closely somebody follows one thing: a content, an activity or a community."""

    __tablename__ = "follows"
    __table_args__ = (
        UniqueConstraint("user_id", "content_id"),
        UniqueConstraint("user_id", "activity_id"),
        UniqueConstraint("user_id", "community_id"),
        CheckConstraint(
            "(CASE WHEN content_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN activity_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN community_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_thing",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    content_id: Mapped[int | None] = mapped_column(
        ForeignKey("contents.id", ondelete="CASCADE"), index=True
    )
    activity_id: Mapped[int | None] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), index=True
    )
    community_id: Mapped[int | None] = mapped_column(
        ForeignKey("communities.id", ondelete="CASCADE"), index=True
    )
    level: Mapped[int]


class MailRefusal(Base):
    """A person's address that a mail server refuses for good; nothing is sent there until the
    person gives another address or asks for another try."""

    __tablename__ = "mail_refusals"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    code: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
