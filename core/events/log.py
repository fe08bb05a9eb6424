"""The event log: what happened, written together with the change itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, text

from core.access.actors import Actor
from core.contract.registry import registry
from core.events.models import EventRow
from core.platform.db import db, required_unit, utcnow

if TYPE_CHECKING:
    from core.activities.models import Activity
    from core.communities.models import Community
    from core.contents.models import Content

# Any number that no other lock of ours has; held while event ids are given, until the commit.
LOG_LOCK = 7_315_001


@dataclass(frozen=True)
class Event:
    """One entry of the log, as readers get it. ``facts`` are plain JSON values."""

    id: int
    kind: str
    occurred_at: datetime
    actor_id: int | None
    community_id: int | None = None
    activity_id: int | None = None
    content_id: int | None = None
    subject_id: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def record(
    kind: str,
    actor: Actor,
    *,
    community: Community | None = None,
    activity: Activity | None = None,
    content: Content | None = None,
    subject_id: int | None = None,
    **facts: Any,
) -> None:
    """Note that ``actor`` did something, inside the operation that did it.

    ``subject_id`` is the person it was done to. Raises LookupError for a kind no manifest declares.
    """
    _check_declared(kind)
    unit = required_unit()
    log_of_unit = unit.memo.setdefault("events", [])
    if not log_of_unit:
        unit.before_commit.append(lambda: _write(log_of_unit))
    community_id = community.id if community else None
    if community_id is None and (place := activity or content) is not None:
        community_id = place.community_id
    entry = {"kind": kind, "occurred_at": utcnow(), "actor_id": actor.id, "subject_id": subject_id}
    entry |= {"community_id": community_id, "facts": facts}
    log_of_unit.append((entry, activity, content))


def _check_declared(kind: str) -> None:
    if kind not in registry().event_kinds():
        raise LookupError(f"no manifest declares the event {kind!r}")


def _write(entries: list[tuple[dict[str, Any], Activity | None, Content | None]]) -> None:
    """Give ids in the order of the commits: a reader that follows ids would else skip some."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOG_LOCK})
    rows = [
        entry
        | {
            "activity_id": activity.id if activity else None,
            "content_id": content.id if content else None,
        }
        for entry, activity, content in entries
    ]
    db.session.execute(insert(EventRow), rows)
