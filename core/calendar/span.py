"""Which days a calendar shows: a month, a week, or the days from one on."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEK = timedelta(days=7)
DAY = timedelta(days=1)
# So many days stand in a list.
LISTED = timedelta(days=31)
# Dates of activities lie within these years, and so do the pages that show them.
EARLIEST = date(2000, 1, 1)
LATEST = date(2199, 12, 31)


class View(enum.StrEnum):
    MONTH = "month"
    WEEK = "week"
    AGENDA = "agenda"


@dataclass(frozen=True)
class Span:
    """The days from ``first`` to ``last``, both shown, around the ``day`` that was asked for."""

    view: View
    day: date
    first: date
    last: date
    previous: date | None
    following: date | None

    def window(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """From when until before when, in UTC, by the clock of a zone."""
        return _midnight(self.first, zone), _midnight(self.last + DAY, zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def asked_view(raw: str) -> View:
    """The view that an address names; a month for nonsense."""
    return View(raw) if raw in set(View) else View.MONTH


def asked_day(raw: str) -> date | None:
    """The day that an address names, such as 2026-11-26; None for what no page can show."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", raw, re.ASCII):
        return None
    try:
        day = date.fromisoformat(raw)
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None


def span_of(view: View, day: date) -> Span:
    """The days that a view shows around one of them. Weeks begin on Monday."""
    if view is View.MONTH:
        return _month(day)
    if view is View.WEEK:
        first = _monday(day)
        return Span(view, day, first, first + WEEK - DAY, _known(day - WEEK), _known(day + WEEK))
    last = day + LISTED - DAY
    return Span(view, day, day, last, _known(day - LISTED), _known(day + LISTED))


def _month(day: date) -> Span:
    first = day.replace(day=1)
    next_first = (first + LISTED).replace(day=1)
    previous = _known((first - DAY).replace(day=1))
    sunday = _monday(next_first - DAY) + WEEK - DAY
    return Span(View.MONTH, day, _monday(first), sunday, previous, _known(next_first))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _known(day: date) -> date | None:
    return day if EARLIEST <= day <= LATEST else None
