"""What is to be done, kept until it is done."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from core.platform.db import Base, utcnow

# A job with a key waits once; while it runs, the same may be wished again. For the database.
WAITS_ONCE = text("key <> '' AND state = 'waiting'")
# Periodic work has one row, whatever its state.
IS_PERIODIC = text("periodic")


class JobState(enum.StrEnum):
    """A job that is done has no row any more."""

    WAITING = "waiting"
    RUNNING = "running"
    FAILED = "failed"


class JobRow(Base):
    """A job that waits, runs or was set aside. ``facts`` hold plain values: ids, never what people
    wrote, since a row that failed stays until somebody looks at it."""

    __tablename__ = "jobs"
    __table_args__ = (
        Index(
            "ix_jobs_name_key", "name", "key", unique=True,
            sqlite_where=WAITS_ONCE, postgresql_where=WAITS_ONCE,
        ),
        Index(
            "ix_jobs_name", "name", unique=True,
            sqlite_where=IS_PERIODIC, postgresql_where=IS_PERIODIC,
        ),
        Index("ix_jobs_state_due_at", "state", "due_at"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    key: Mapped[str] = mapped_column(default="")
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    periodic: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(default=JobState.WAITING)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    due_at: Mapped[datetime] = mapped_column(default=utcnow)
    # When a sweeper last handed it to the queue; what an operation tells at once is not noted.
    told_at: Mapped[datetime | None]
    # Who is at it, since when, and until when others believe that.
    holder: Mapped[str] = mapped_column(default="")
    started_at: Mapped[datetime | None]
    held_until: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    failed_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")
