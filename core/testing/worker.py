"""What the worker does every second, done at once."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from core.events.readers import deliver, plugin_readers
from core.jobs.models import JobRow
from core.jobs.running import worker_of
from core.jobs.sweeping import due
from core.platform.db import db
from core.rooms import READERS
from core.search.indexing import take_in


def deliver_events(app: Flask) -> int:
    """Let everybody who follows the event log catch up; how many events they took in."""
    with app.app_context():
        return deliver((*READERS, *plugin_readers()))


def run_jobs(app: Flask) -> int:
    """Do what is due, and what follows from it; how many jobs were done."""
    done = 0
    while numbers := _due_numbers(app):
        done += sum(worker_of(app).do(number) for number in numbers)
    return done


def _due_numbers(app: Flask) -> list[int]:
    """Periodic work stays out: the test kit turns the clock, and nobody asked for it."""
    with app.app_context():
        query = select(JobRow.id).where(due(), ~JobRow.periodic).order_by(JobRow.due_at, JobRow.id)
        return list(db.session.scalars(query))


def fill_index(app: Flask) -> None:
    """Let search take in everything that changed."""
    with app.app_context():
        while take_in():
            pass
