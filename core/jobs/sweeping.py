"""What makes jobs certain: due ones are handed to the queue, whoever forgot to, and periodic work
always has its row. The worker calls it again and again."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from core.access.actors import SYSTEM, Actor
from core.contract.registry import registry
from core.jobs.models import JobRow, JobState
from core.jobs.queue import queue
from core.jobs.running import runnable
from core.platform.db import db, operation, utcnow

# So many at once, and only while the queue is shorter: it shall not grow with what is told twice.
BATCH = 100
# A job that was told of and not begun for so long is told of again.
AGAIN = timedelta(seconds=30)


def hand_over() -> int:
    """Tell the queue what is due and was not told, or in vain; how many that was."""
    is_any = db.session.scalar(select(JobRow.id).where(due()).limit(1)) is not None
    if not is_any or queue().length() >= BATCH:
        return 0
    told = _mark_told(SYSTEM)
    queue().tell(told)
    return len(told)


@operation
def _mark_told(actor: Actor) -> list[int]:
    query = select(JobRow.id).where(due()).order_by(JobRow.due_at).limit(BATCH)
    numbers = list(db.session.scalars(query.with_for_update(key_share=True, skip_locked=True)))
    db.session.execute(update(JobRow).where(JobRow.id.in_(numbers)).values(told_at=utcnow()))
    return numbers


def due() -> ColumnElement[bool]:
    """Which jobs may be begun now and are not on their way already."""
    now = utcnow()
    waits = and_(JobRow.state == JobState.WAITING, JobRow.due_at <= now)
    left = and_(JobRow.state == JobState.RUNNING, JobRow.held_until <= now)
    untold = or_(JobRow.told_at.is_(None), JobRow.told_at <= now - AGAIN)
    return and_(or_(waits, left), untold, JobRow.name.in_(list(runnable())))


def plant_periodic() -> None:
    """Give all periodic work its row; at first it is due at once. Forget what nobody declares."""
    declared = set(registry().periodic())
    known = set(db.session.scalars(select(JobRow.name).where(JobRow.periodic)))
    if declared != known:
        _plant(SYSTEM, sorted(declared - known), sorted(known - declared))


@operation
def _plant(actor: Actor, new: list[str], gone: list[str]) -> None:
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    for name in new:
        row = insert(JobRow).values(name=name, periodic=True)
        db.session.execute(row.on_conflict_do_nothing())
    db.session.execute(delete(JobRow).where(JobRow.periodic, JobRow.name.in_(gone)))
