"""How the jobs are doing: for the page of the site's health, and for ``sreda check``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, func, or_, select

from core.jobs.models import JobRow, JobState
from core.jobs.running import runnable
from core.platform.db import db, utcnow
from core.platform.paging import Page, paginate

# Periodic work is never given up; after so many failures in a row it is shown as a failed job.
SHOWN_AFTER = 3
FAILING = or_(
    JobRow.state == JobState.FAILED, and_(JobRow.periodic, JobRow.failures >= SHOWN_AFTER)
)


@dataclass(frozen=True)
class Tally:
    """How many jobs there are: due now, for later, waiting for their plugin, under way, failed.
    ``oldest`` is the moment from which the first of the due ones waits."""

    due: int
    later: int
    held: int
    running: int
    failed: int
    oldest: datetime | None


def tally() -> Tally:
    """All counts in one query; periodic work counts only when it is due."""
    waits, now = JobRow.state == JobState.WAITING, utcnow()
    can_run = JobRow.name.in_(list(runnable()))
    due = and_(waits, can_run, JobRow.due_at <= now)
    counted = (
        due,
        and_(waits, can_run, JobRow.due_at > now, ~JobRow.periodic),
        and_(waits, ~can_run, ~JobRow.periodic),
        JobRow.state == JobState.RUNNING,
        FAILING,
    )
    columns: list[Any] = [func.count().filter(condition) for condition in counted]
    columns.append(func.min(JobRow.due_at).filter(due))
    return Tally(*db.session.execute(select(*columns)).one())


def under_way() -> list[Row[Any]]:
    """Jobs that are being done, the longest first."""
    query = select(JobRow.id, JobRow.name, JobRow.started_at)
    running = query.where(JobRow.state == JobState.RUNNING).order_by(JobRow.started_at)
    return list(db.session.execute(running.limit(20)))


def failing() -> Page[Row[Any]]:
    """Jobs that were set aside, and periodic work that fails again and again; the latest first."""
    query = select(
        JobRow.id, JobRow.name, JobRow.periodic, JobRow.failed_at, JobRow.failures, JobRow.error
    )
    return paginate(query.where(FAILING).order_by(JobRow.failed_at.desc(), JobRow.id.desc()))
