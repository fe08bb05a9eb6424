"""Announcements, where they stand, and to whom each was addressed when it was sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.api import Base, Community, Content, User, utcnow

LISTED = 20
ON_A_SHEET = 500


class Announcement(Base):
    """What somebody tells an audience, from ``starts_at`` until ``ends_at`` (None: without end).

    The audience is everybody of the community (without one: of the site), with its children too or
    not, narrowed by roles, categories of schools and positions. ``is_public``: everybody else may
    read it as well. ``confirmed_at``: its author has let it go; ``sent_at``: it has gone out, and
    the audience is written down. ``withdrawn_at``: it was called back. ``kept_back``: why it is a
    draft again, though it was to be sent by itself.
    """

    __tablename__ = "announcements_announcements"
    __table_args__ = (Index("ix_announcements_announcements_list", "community_id", "id"),)

    id: Mapped[int] = mapped_column(ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True)
    community_id: Mapped[int | None] = mapped_column(
        ForeignKey("communities.id", ondelete="CASCADE")
    )
    title: Mapped[str]
    body: Mapped[str]
    with_children: Mapped[bool] = mapped_column(default=False)
    is_public: Mapped[bool] = mapped_column(default=False)
    roles: Mapped[list[str]] = mapped_column(JSON, default=list)
    categories: Mapped[list[str]] = mapped_column(JSON, default=list)
    positions: Mapped[list[str]] = mapped_column(JSON, default=list)
    pinned: Mapped[bool] = mapped_column(default=False)
    must_acknowledge: Mapped[bool] = mapped_column(default=False)
    has_files: Mapped[bool] = mapped_column(default=False)
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None] = mapped_column(index=True)
    withdrawn_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    reminders: Mapped[int] = mapped_column(default=0)
    kept_back: Mapped[str | None]

    content: Mapped[Content] = relationship(Content)
    community: Mapped[Community | None] = relationship(Community)

    @property
    def is_sent(self) -> bool:
        """It has gone out, and nobody has called it back or hidden it since."""
        gone_out = self.sent_at is not None and self.withdrawn_at is None
        return gone_out and self.content.is_visible

    @property
    def is_current(self) -> bool:
        return self.is_sent and (self.ends_at is None or self.ends_at > utcnow())

    @property
    def is_narrowed(self) -> bool:
        return bool(self.roles or self.categories or self.positions)


class Place(Base):
    """A community on whose pages an announcement stands."""

    __tablename__ = "announcements_places"

    announcement_id: Mapped[int] = mapped_column(
        ForeignKey("announcements_announcements.id", ondelete="CASCADE"), primary_key=True
    )
    community_id: Mapped[int] = mapped_column(
        ForeignKey("communities.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Recipient(Base):
    """Somebody to whom an announcement was addressed; nobody any more when they were forgotten.

    ``late``: they came into the audience after it had been sent.
    """

    __tablename__ = "announcements_recipients"
    __table_args__ = (
        UniqueConstraint("announcement_id", "user_id"),
        Index("ix_announcements_recipients_user_id", "user_id", "acknowledged_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    announcement_id: Mapped[int] = mapped_column(
        ForeignKey("announcements_announcements.id", ondelete="CASCADE")
    )
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    late: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    seen_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]

    user: Mapped[User | None] = relationship(User)
