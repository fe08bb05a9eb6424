"""Activities, and daily counts of visits and downloads."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, ForeignKey, Index, and_, event, inspect, or_
from sqlalchemy.ext.hybrid import hybrid_method
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.communities.models import Community, CommunityState
from core.platform.db import Base, utcnow


class ActivityState(enum.StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Activity(Base):
    """One forum, one poll, one webinar, standing in one community."""

    __tablename__ = "activities"
    __table_args__ = (Index("ix_activities_community_id_state", "community_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id", ondelete="CASCADE"))
    plugin: Mapped[str]
    kind: Mapped[str]
    # With their former values at hand, to tell what is new from what is only set again.
    title: Mapped[str] = mapped_column(active_history=True)
    state: Mapped[str] = mapped_column(default=ActivityState.PUBLISHED, active_history=True)
    opens_at: Mapped[datetime | None] = mapped_column(active_history=True)
    closes_at: Mapped[datetime | None] = mapped_column(active_history=True)
    position: Mapped[int] = mapped_column(default=0)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    # How often its name, dates or state were changed, and when last: what calendars know it by.
    revision: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime | None]

    community: Mapped[Community] = relationship(Community)

    @hybrid_method
    def is_open(self, now: datetime) -> bool:
        """Whether one can act here at a moment: the one expression of it, in Python and in SQL."""
        return (
            self.state == ActivityState.PUBLISHED
            and self.community.state != CommunityState.LIQUIDATED
            and (self.opens_at is None or self.opens_at <= now)
            and (self.closes_at is None or now < self.closes_at)
        )

    @is_open.expression
    @classmethod
    def _is_open_in_sql(cls, now: datetime) -> ColumnElement[bool]:
        return and_(
            cls.state == ActivityState.PUBLISHED,
            cls.community.has(Community.state != CommunityState.LIQUIDATED),
            or_(cls.opens_at.is_(None), cls.opens_at <= now),
            or_(cls.closes_at.is_(None), cls.closes_at > now),
        )


@event.listens_for(Activity, "before_update")
def _count_revisions(mapper: Any, connection: Any, activity: Activity) -> None:
    """Whoever changes what a calendar shows of an activity, its plugin too, makes a revision."""
    attributes = inspect(activity).attrs
    shown = ("title", "state", "opens_at", "closes_at")
    if any(attributes[name].history.has_changes() for name in shown):
        # Counted by the database, so that of two changes at once none is lost.
        activity.revision = Activity.revision + 1
        activity.changed_at = utcnow()


class DailyCount(Base):
    """How often something was visited or downloaded on a day. Says nothing of who it was."""

    __tablename__ = "daily_counts"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    what: Mapped[str] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(primary_key=True, default=0)
    content_id: Mapped[int] = mapped_column(primary_key=True, default=0)
    count: Mapped[int]
