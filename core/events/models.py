"""The rows of the log, and how far each of its readers has come."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.platform.db import Base, utcnow


class EventRow(Base):
    """The record that somebody did something. Rows are only ever added; readers follow by id."""

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_community_id_kind_id", "community_id", "kind", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(index=True)
    occurred_at: Mapped[datetime] = mapped_column(default=utcnow)
    actor_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    community_id: Mapped[int | None] = mapped_column(
        ForeignKey("communities.id", ondelete="SET NULL")
    )
    activity_id: Mapped[int | None] = mapped_column(
        ForeignKey("activities.id", ondelete="SET NULL"), index=True
    )
    content_id: Mapped[int | None] = mapped_column(
        ForeignKey("contents.id", ondelete="SET NULL"), index=True
    )
    subject_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class EventCursor(Base):
    """How far a reader of the log has come, and when it may go on after a failure."""

    __tablename__ = "event_cursors"

    reader: Mapped[str] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None]


class EventSetAside(Base):
    """An event that a reader could not take in after several tries; shown to the administrator,
    who may ask for another try."""

    __tablename__ = "events_set_aside"

    id: Mapped[int] = mapped_column(primary_key=True)
    reader: Mapped[str]
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    error: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    retry_asked_at: Mapped[datetime | None]
