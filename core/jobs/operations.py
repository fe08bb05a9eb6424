"""What an administrator does with jobs that failed."""

from __future__ import annotations

from sqlalchemy import select

from core.access.actors import Actor
from core.contract.registry import registry
from core.errors import DomainError
from core.jobs.models import JobRow, JobState
from core.jobs.outbox import enqueue
from core.jobs.running import same_job
from core.platform.db import HOLD, db, operation, utcnow
from core.platform.i18n import core_domain

_ = core_domain.gettext

# So many at once, since each is written anew in one transaction.
MOST = 1000


@operation
def retry_job(actor: Actor, number: int) -> None:
    """Let a job that failed be tried again, as often as a new one. Nothing happens if it is gone.

    Raises DomainError when what brought it is not installed any more.
    """
    row = db.session.get(JobRow, number, with_for_update=HOLD)
    if row is None or row.state == JobState.RUNNING:
        return
    if row.periodic:
        row.due_at, row.told_at = utcnow(), None
    elif row.state == JobState.FAILED:
        if row.name not in registry().jobs():
            raise DomainError(
                _("Nothing that is installed can do the job “%(name)s”.", name=row.name)
            )
        _wish_again(row)


@operation
def retry_jobs(actor: Actor) -> int:
    """The same for all that can be done again, at most a thousand; how many those are."""
    query = select(JobRow).where(
        JobRow.state == JobState.FAILED, JobRow.name.in_(list(registry().jobs()))
    )
    rows = list(db.session.scalars(query.limit(MOST).with_for_update(key_share=True)))
    for row in rows:
        _wish_again(row)
    return len(rows)


def _wish_again(row: JobRow) -> None:
    if same_job(row, JobState.WAITING) is None:
        enqueue(row.name, key=row.key, **row.facts)
    db.session.delete(row)


@operation
def forget_job(actor: Actor, number: int) -> str:
    """Remove a job that failed; its name, or nothing if it is gone or tried again meanwhile."""
    row = db.session.get(JobRow, number, with_for_update=HOLD)
    if row is None or row.state != JobState.FAILED:
        return ""
    db.session.delete(row)
    return row.name
