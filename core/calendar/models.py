"""Addresses from which a phone fetches somebody's calendar."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.communities.models import Community
from core.platform.db import Base, utcnow


class Subscription(Base):
    """A secret address of one person's calendar: of one community, or (None) of all of theirs.

    ``digest`` is that of the token in the address. ``seed`` makes the token again together with
    the secret key of the site, so that its owner can see the address again while a stolen copy of
    the database opens nothing.
    """

    __tablename__ = "calendar_subscriptions"
    __table_args__ = (UniqueConstraint("user_id", "community_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    seed: Mapped[str]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    community_id: Mapped[int | None] = mapped_column(
        ForeignKey("communities.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    fetched_at: Mapped[datetime | None]

    community: Mapped[Community | None] = relationship(Community)
