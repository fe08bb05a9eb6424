"""Putting work off: the wish is stored together with the change that it follows from."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.dialects import postgresql, sqlite

from core.contract.registry import registry
from core.jobs.models import WAITS_ONCE, JobRow
from core.jobs.queue import TOLD_AT_ONCE, queue
from core.platform.db import after_commit, db, required_unit, utcnow


def enqueue(name: str, *, at: datetime | None = None, key: str = "", **facts: Any) -> None:
    """Wish for a job, inside the operation that it follows from.

    ``at`` is the moment before which it does not run. While a job with the same name and ``key``
    waits, there is no second one: it gets this moment and these facts. ``facts`` are plain JSON
    values. Raises LookupError for a job that no manifest declares.
    """
    if name not in registry().jobs():
        raise LookupError(f"no manifest declares the job {name!r}")
    json.dumps(facts)
    unit = required_unit()
    if "jobs" not in unit.memo:
        unit.memo["jobs"] = []
        # Before the log, which is locked until the commit: two operations that wish for the same
        # job, one of them holding that lock, would else wait for each other.
        unit.before_commit.insert(0, lambda: _write(unit.memo["jobs"]))
    now = utcnow()
    wish = {"name": name, "key": key, "facts": facts, "due_at": at or now, "created_at": now}
    unit.memo["jobs"].append(wish)


def _write(wishes: list[dict[str, Any]]) -> None:
    """Keyed ones in one order everywhere, so that no two operations wait in a circle for them."""
    plain = [wish for wish in wishes if not wish["key"]]
    keyed = {(wish["name"], wish["key"]): wish for wish in wishes if wish["key"]}
    stored = [_write_once(keyed[pair]) for pair in sorted(keyed)]
    if plain:
        stored += db.session.execute(insert(JobRow).returning(JobRow.id, JobRow.due_at), plain)
    now = utcnow()
    told = [number for number, due_at in stored if due_at <= now][:TOLD_AT_ONCE]
    after_commit(lambda: queue().tell(told))


def _write_once(wish: dict[str, Any]) -> Any:
    """The row of the one that waits already, or of a new one."""
    new = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    moved = {"facts": wish["facts"], "due_at": wish["due_at"], "told_at": None}
    statement = (
        new(JobRow)
        .values(**wish)
        .on_conflict_do_update(index_elements=["name", "key"], index_where=WAITS_ONCE, set_=moved)
        .returning(JobRow.id, JobRow.due_at)
    )
    return db.session.execute(statement).one()
