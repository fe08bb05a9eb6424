"""Chores for tests of jobs: a plugin whose jobs do what a test tells them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

from flask import Flask
from sqlalchemy import select

from core.access.actors import SYSTEM, Actor
from core.contract.manifest import Job, Periodic, Plugin
from core.contract.registry import Installed, registry_of
from core.jobs.models import JobRow
from core.jobs.outbox import enqueue
from core.platform.db import db, operation

EVERY = timedelta(hours=6)


@dataclass
class Chores:
    """What was done, in order; ``trouble`` is called in the midst of each."""

    done: list[Any] = field(default_factory=list)
    trouble: Callable[[], None] = field(default=lambda: None)

    def sweep(self, number: int = 0) -> None:
        self.trouble()
        self.done.append(number)

    def dust(self) -> None:
        self.trouble()
        self.done.append("dust")

    def manifest(self) -> Plugin:
        return Plugin(
            name="chores",
            title="Chores",
            version="1.0",
            jobs=(
                Job("chores.sweep", self.sweep, tries=3),
                Job("chores.once", self.sweep, tries=1),
            ),
            periodic=(Periodic("dust", EVERY, self.dust),),
        )

    @contextmanager
    def installed(self, app: Flask) -> Iterator[Chores]:
        registry = registry_of(app)
        plugin = Installed(self.manifest(), ModuleType("chores"), Path("/nowhere"), False)
        registry.installed["chores"] = plugin
        yield self
        del registry.installed["chores"]


@operation
def wish(
    actor: Actor,
    number: int = 0,
    *,
    name: str = "chores.sweep",
    key: str = "",
    at: datetime | None = None,
) -> None:
    """An operation that puts a job off."""
    enqueue(name, key=key, at=at, number=number)


def jobs(app: Flask) -> list[JobRow]:
    """The rows of all jobs that are not periodic."""
    with app.app_context():
        return list(db.session.scalars(select(JobRow).where(~JobRow.periodic).order_by(JobRow.id)))


def wish_in(app: Flask, *args: Any, **facts: Any) -> None:
    """The same, from outside of an application context."""
    with app.app_context():
        wish(SYSTEM, *args, **facts)
