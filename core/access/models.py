"""Roles, what they grant beyond their archetype, and who holds them from when until when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.contract.manifest import Archetype
from core.platform.db import Base, utcnow


class Role(Base):
    """A role of a community, or (without one) of the site. ``key`` names its template."""

    __tablename__ = "roles"
    __table_args__ = (UniqueConstraint("community_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int | None] = mapped_column(
        ForeignKey("communities.id", ondelete="CASCADE")
    )
    key: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    archetype: Mapped[str]

    @property
    def archetype_of(self) -> Archetype:
        return Archetype(self.archetype)


class RoleGrant(Base):
    """A capability that a role has, or has not, whatever its archetype says."""

    __tablename__ = "role_grants"

    role_id: Mapped[int] = mapped_column(
        ForeignKey("roles.id", ondelete="CASCADE"), primary_key=True
    )
    capability: Mapped[str] = mapped_column(primary_key=True)
    granted: Mapped[bool]


class Appointment(Base):
    """Somebody holds a role from a moment until another, on a stated basis.

    Joining a community appoints to its role ``member``, so that rights have one source.
    """

    __tablename__ = "appointments"
    __table_args__ = (Index("ix_appointments_user_id_role_id", "user_id", "role_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    role_id: Mapped[int] = mapped_column(ForeignKey("roles.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime] = mapped_column(default=utcnow)
    ends_at: Mapped[datetime | None]
    basis: Mapped[str] = mapped_column(default="")
    appointed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    role: Mapped[Role] = relationship(Role)
