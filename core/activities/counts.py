"""Daily counts of visits and downloads (what was looked at how often, never by whom).

Counted in the memory of the process and written down by one operation every few seconds; a process
that is killed loses what it counted since. Without these rows a year later nobody could say how
much was asked for: nothing else keeps it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from core.access.actors import SYSTEM, Actor
from core.activities.models import Activity, DailyCount
from core.communities.models import Community
from core.platform.dates import DEFAULT_ZONE, zone_named
from core.platform.db import db, operation, utcnow

log = logging.getLogger("sreda.counts")

VISITS = "visits"
DOWNLOADS = "downloads"
# Counts are written down this many seconds after the first of them, or with the next page after.
HELD = 5.0

Key = tuple[date, str, int, int, int]


@dataclass
class Tally:
    """What this process has counted and not yet written down."""

    counts: Counter[Key] = field(default_factory=Counter)
    since: float | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)
    clock: Callable[[], float] = time.monotonic

    def add(self, key: Key) -> None:
        with self.lock:
            self.counts[key] += 1
            if self.since is None:
                self.since = self.clock()

    def is_due(self) -> bool:
        """Whether what was counted first has been held long enough."""
        return self.since is not None and self.clock() - self.since >= HELD

    def take(self) -> Counter[Key]:
        """Everything counted so far, out of this tally: no two callers get the same."""
        with self.lock:
            taken, self.counts, self.since = self.counts, Counter(), None
        return taken

    def put_back(self, counts: Counter[Key]) -> None:
        """What could not be written down is held on, for another try."""
        with self.lock:
            self.counts.update(counts)
            self.since = self.clock()


tally = Tally()


def count_visit(place: Activity | Community, content_id: int = 0) -> None:
    """Note that somebody looked at a page of a community, an activity or one content in it."""
    tally.add(_key(VISITS, place, content_id))


def count_download(place: Activity | Community, content_id: int = 0) -> None:
    """Note that somebody downloaded a file that belongs to a content."""
    tally.add(_key(DOWNLOADS, place, content_id))


def _key(what: str, place: Activity | Community, content_id: int) -> Key:
    if isinstance(place, Activity):
        return today(), what, place.community_id, place.id, content_id
    return today(), what, place.id, 0, content_id


def today() -> date:
    """The day that counts are noted under: Moscow's, which begins while nearly all of us sleep."""
    return utcnow().astimezone(zone_named(DEFAULT_ZONE)).date()


def write_down() -> None:
    """Store what was counted; a database that does not answer now gets it with the next try."""
    counted = tally.take()
    if not counted:
        return
    try:
        _add_up(SYSTEM, counted)
    except Exception:
        tally.put_back(counted)
        log.exception("daily counts could not be written down; they are held on")


@operation
def _add_up(actor: Actor, counted: Counter[Key]) -> None:
    insert: Any = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    statement = insert(DailyCount)
    statement = statement.on_conflict_do_update(
        index_elements=["day", "what", "community_id", "activity_id", "content_id"],
        set_={"count": DailyCount.count + statement.excluded.count},
    )
    # In one order everywhere, so that two processes never wait for each other in a ring.
    db.session.execute(
        statement,
        [
            {
                "day": day, "what": what, "community_id": community_id,
                "activity_id": activity_id, "content_id": content_id, "count": count,
            }
            for (day, what, community_id, activity_id, content_id), count in sorted(counted.items())
        ],
    )  # fmt: skip


@dataclass(frozen=True)
class DayCount:
    """How often a community, with all in it, was visited and downloaded from on a day."""

    day: date
    visits: int
    downloads: int


def counts(community: Community, start: date, end: date) -> list[DayCount]:
    """Visits and downloads of a community from ``start`` to ``end``, both included; days on which
    nothing happened are not there. What is still in the memory of processes is not in it."""
    query = (
        select(DailyCount.day, DailyCount.what, func.sum(DailyCount.count))
        .where(DailyCount.community_id == community.id, DailyCount.day.between(start, end))
        .group_by(DailyCount.day, DailyCount.what)
        .order_by(DailyCount.day)
    )
    days: dict[date, dict[str, int]] = {}
    for day, what, count in db.session.execute(query):
        days.setdefault(day, {})[what] = int(count)
    return [DayCount(d, c.get(VISITS, 0), c.get(DOWNLOADS, 0)) for d, c in days.items()]
