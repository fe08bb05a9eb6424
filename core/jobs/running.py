"""Doing one job: take it for a while, run it, and settle what came of it."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from core.access.actors import SYSTEM, Actor
from core.contract.registry import registry, tamed
from core.jobs.models import JobRow, JobState
from core.jobs.queue import Queue
from core.platform.db import HOLD, db, operation, utcnow

log = logging.getLogger("sreda.jobs")

# A job belongs to its worker for so long, and the worker renews that while it is at it: when it is
# killed, another takes the job over after this time.
TERM = timedelta(seconds=20)
RENEWED_EVERY = 5.0
# Waits after failures: five seconds, ten, twenty, and at most an hour.
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=1)
KILLED = "The process that was at it ended in the midst of it."


@dataclass(frozen=True)
class Work:
    """What is behind the name of a job. ``again`` is the pace of one that is done for ever."""

    run: Callable[..., object]
    tries: int
    again: timedelta | None = None

    def is_exhausted(self, failures: int) -> bool:
        return self.again is None and failures >= self.tries


def runnable() -> dict[str, Work]:
    """Work that may be done now, by the names of jobs; what a switched-off plugin brings waits."""
    known = registry()
    on = known.enabled_in(None) | {"core"}
    work = {name: Work(job.run, job.tries) for name, job in known.jobs().items()}
    work |= {name: Work(p.run, 1, p.every) for name, p in known.periodic().items()}
    return {name: one for name, one in work.items() if name.partition(".")[0] in on}


@dataclass(frozen=True)
class Taken:
    """A job in the hands of this worker."""

    id: int
    name: str
    facts: dict[str, Any]
    work: Work


@dataclass
class Worker:
    """One process that does jobs; ``at`` are the numbers of those that it is at."""

    app: Flask
    name: str = field(
        default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    )
    at: set[int] = field(default_factory=set)

    def do(self, number: int) -> bool:
        """Do a job, if nobody else is at it and its moment has come. False if it was not done."""
        with self.app.app_context():
            taken = _take(SYSTEM, number, self.name)
        if taken is None:
            return False
        self.at.add(number)
        try:
            trace = self._run(taken)
            with self.app.app_context():
                self._settle(taken, trace)
        finally:
            self.at.discard(number)
        return not trace

    def _run(self, taken: Taken) -> str:
        """Empty, or the traceback of what went wrong."""
        try:
            with self.app.app_context():
                tamed(partial(taken.work.run, **taken.facts))
        except Exception as error:
            log.exception("the job %s failed", taken.name)
            return "".join(traceback.format_exception(error))
        return ""

    def _settle(self, taken: Taken, trace: str) -> None:
        if not trace:
            _finish(SYSTEM, taken, self.name)
            return
        try:
            _note_failure(SYSTEM, taken, self.name, trace)
        except IntegrityError:
            # The same was wished again in this very moment; now it is seen.
            _note_failure(SYSTEM, taken, self.name, trace)

    def renew(self) -> None:
        """Say that this worker is still at its jobs."""
        if self.at:
            with self.app.app_context():
                _renew(SYSTEM, self.name, sorted(self.at))

    def keep_renewing(self) -> None:
        """In a thread of its own to the end of the process; others may be at something long."""
        while True:
            time.sleep(RENEWED_EVERY)
            try:
                self.renew()
            except Exception:
                log.exception("the jobs under way could not be kept")


def init_jobs(app: Flask) -> None:
    """Give the application its queue; who runs a consumer on it does jobs under one name."""
    worker = app.extensions["sreda-worker"] = Worker(app)
    app.extensions["sreda-queue"] = Queue(app, worker.do)


def worker_of(app: Flask) -> Worker:
    """The name and the jobs under way of this process."""
    worker: Worker = app.extensions["sreda-worker"]
    return worker


@operation
def _take(actor: Actor, number: int, holder: str) -> Taken | None:
    row = db.session.get(JobRow, number, with_for_update=HOLD)
    now = utcnow()
    if row is None or not _is_free(row):
        return None
    work = runnable().get(row.name)
    if work is None:
        return None
    if row.state == JobState.RUNNING:
        row.failures, row.failed_at, row.error = row.failures + 1, now, KILLED
        if work.is_exhausted(row.failures):
            _set_aside(row)
            return None
    row.state, row.holder, row.told_at = JobState.RUNNING, holder, None
    row.started_at, row.held_until = now, now + TERM
    return Taken(row.id, row.name, dict(row.facts), work)


def _is_free(row: JobRow) -> bool:
    now = utcnow()
    if row.state == JobState.RUNNING:
        return row.held_until is None or row.held_until <= now
    return row.state == JobState.WAITING and row.due_at <= now


@operation
def _renew(actor: Actor, holder: str, numbers: list[int]) -> None:
    db.session.execute(
        update(JobRow)
        .where(JobRow.id.in_(numbers), JobRow.holder == holder, JobRow.state == JobState.RUNNING)
        .values(held_until=utcnow() + TERM)
    )


@operation
def _finish(actor: Actor, taken: Taken, holder: str) -> None:
    """Gone, or waiting for its next turn; if another has taken it over, it is that one's."""
    mine = (JobRow.id == taken.id, JobRow.holder == holder, JobRow.state == JobState.RUNNING)
    if taken.work.again is None:
        db.session.execute(delete(JobRow).where(*mine))
        return
    rested = {"state": JobState.WAITING, "holder": "", "told_at": None, "failures": 0, "error": ""}
    due_at = utcnow() + taken.work.again
    db.session.execute(update(JobRow).where(*mine).values(due_at=due_at, **rested))


@operation
def _note_failure(actor: Actor, taken: Taken, holder: str, trace: str) -> None:
    row = db.session.get(JobRow, taken.id, with_for_update=HOLD)
    if row is not None and row.holder == holder and row.state == JobState.RUNNING:
        _count_failure(row, taken.work, trace)


def _count_failure(row: JobRow, work: Work, trace: str) -> None:
    """Let it wait for another try, or set it aside after the last."""
    row.failures += 1
    row.failed_at, row.error = utcnow(), trace
    row.holder, row.held_until, row.told_at = "", None, None
    if work.is_exhausted(row.failures):
        _set_aside(row)
        return
    wait = min(FIRST_WAIT * 2 ** min(row.failures - 1, 20), LONGEST_WAIT)
    row.due_at = utcnow() + min(wait, work.again or wait)
    row.state = JobState.WAITING
    newer = same_job(row, JobState.WAITING)
    if newer is not None:
        newer.failures, newer.failed_at, newer.error = row.failures, row.failed_at, row.error
        newer.due_at = max(newer.due_at, row.due_at)
        db.session.delete(row)


def _set_aside(row: JobRow) -> None:
    """Show it to the administrator; of jobs with one key the latest failure tells enough."""
    row.state, row.holder, row.held_until = JobState.FAILED, "", None
    older = same_job(row, JobState.FAILED)
    if older is not None:
        db.session.delete(older)


def same_job(row: JobRow, state: JobState) -> JobRow | None:
    """The job with the same name and key in this state, if there is one beside this."""
    query = select(JobRow).where(
        JobRow.name == row.name, JobRow.key == row.key, JobRow.key != "",
        JobRow.state == state, JobRow.id != row.id,
    )  # fmt: skip
    return db.session.scalars(query.limit(1).with_for_update(key_share=True)).first()
