"""Communities, who belongs to them and the charter they agreed to."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.people.models import School, User
from core.platform.db import Base, utcnow


class CommunityState(enum.StrEnum):
    DRAFT = "draft"
    ACTIVE = "active"
    LIQUIDATED = "liquidated"


class Visibility(enum.StrEnum):
    """PUBLIC: everybody reads; LISTED: all know of it, members read; PRIVATE: members only."""

    PUBLIC = "public"
    LISTED = "listed"
    PRIVATE = "private"


class Admission(enum.StrEnum):
    OPEN = "open"
    REQUEST = "request"


class Kind(enum.StrEnum):
    """What a community is about, in the words of the regulations."""

    BEYOND_SUBJECTS = "beyond_subjects"
    MULTI_SUBJECT = "multi_subject"
    SUBJECT = "subject"


class Community(Base):
    """People (or schools) with common goals, a charter, roles and activities.

    ``member_limit`` None means that the number is not limited. A sub-community has a ``parent``.
    """

    __tablename__ = "communities"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    summary: Mapped[str] = mapped_column(default="")
    goals: Mapped[str] = mapped_column(default="")
    tasks: Mapped[str] = mapped_column(default="")
    subjects: Mapped[str] = mapped_column(default="")
    audience: Mapped[str] = mapped_column(default="")
    kind: Mapped[str] = mapped_column(default=Kind.MULTI_SUBJECT)
    state: Mapped[str] = mapped_column(default=CommunityState.ACTIVE)
    visibility: Mapped[str] = mapped_column(default=Visibility.LISTED)
    admission: Mapped[str] = mapped_column(default=Admission.REQUEST)
    member_limit: Mapped[int | None]
    member_count: Mapped[int] = mapped_column(default=0)
    hold_first_posts: Mapped[int] = mapped_column(default=0)
    visible_history: Mapped[bool] = mapped_column(default=True)
    parent_id: Mapped[int | None] = mapped_column(
        ForeignKey("communities.id", ondelete="SET NULL"), index=True
    )
    charter_version: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    parent: Mapped[Community | None] = relationship(lambda: Community, remote_side=[id])

    @property
    def is_active(self) -> bool:
        return self.state == CommunityState.ACTIVE

    @property
    def is_open_to_all(self) -> bool:
        """Whether everybody may read here, feed readers and other sites too."""
        return self.is_active and self.visibility == Visibility.PUBLIC


class Charter(Base):
    """One version of the principles and rules that one accepts on joining, counted from 1."""

    __tablename__ = "charters"

    community_id: Mapped[int] = mapped_column(
        ForeignKey("communities.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


class MembershipState(enum.StrEnum):
    REQUESTED = "requested"
    ACTIVE = "active"
    REFUSED = "refused"
    LEFT = "left"
    EXCLUDED = "excluded"


class Membership(Base):
    """A person, or a school, in a community; ``charter_version`` is the one they accepted."""

    __tablename__ = "memberships"
    __table_args__ = (
        UniqueConstraint("community_id", "user_id"),
        UniqueConstraint("community_id", "school_id"),
        Index("ix_memberships_community_id_state", "community_id", "state"),
        CheckConstraint("(user_id IS NULL) <> (school_id IS NULL)", name="one_member"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    school_id: Mapped[int | None] = mapped_column(
        ForeignKey("schools.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[str] = mapped_column(default=MembershipState.REQUESTED)
    charter_version: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    requested_at: Mapped[datetime] = mapped_column(default=utcnow)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime | None]
    joined_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]

    community: Mapped[Community] = relationship(Community)
    user: Mapped[User | None] = relationship(User, foreign_keys=[user_id])
    school: Mapped[School | None] = relationship(School)

    @property
    def is_active(self) -> bool:
        return self.state == MembershipState.ACTIVE
