"""Until when an answer is promised."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.api import current_zone, utcnow

SATURDAY = 5


def zone_named(name: str) -> ZoneInfo:
    """The time zone of that name, else the one in which times are told now."""
    try:
        return ZoneInfo(name) if name else current_zone()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return current_zone()


def end_of_term(asked_at: datetime, days: int, zone_name: str) -> datetime:
    """The last minute of a term, in UTC.

    A term begins on the day after (Civil Code, articles 191 and 193). One that would end on a
    Saturday or Sunday ends on the Monday that follows; public holidays are not known here.
    """
    zone = zone_named(zone_name)
    last = asked_at.astimezone(zone).date() + timedelta(days=days)
    if last.weekday() >= SATURDAY:
        last += timedelta(days=7 - last.weekday())
    return datetime.combine(last, time(23, 59), zone).astimezone(UTC)


def today_in(zone_name: str) -> date:
    """The date by the clock of a zone."""
    return utcnow().astimezone(zone_named(zone_name)).date()
