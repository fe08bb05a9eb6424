"""The rules of a time zone, as a calendar file carries them along (VTIMEZONE).

Written from the time zone database itself, one entry for each turn of the clocks within the years
that a file is about: programs of all ages read that, and need not guess which rule a country has.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@lru_cache(maxsize=64)
def rules_of(name: str, first: int, last: int) -> Timezone:
    """The rules of the zone of that name from the first of these years to the last."""
    zone = ZoneInfo(name)
    rules = Timezone()
    rules.add("tzid", name)
    # A year more at either end: the clocks of a zone may be in another year than those of UTC.
    begins, ends = datetime(first - 1, 1, 1, tzinfo=UTC), datetime(last + 2, 1, 1, tzinfo=UTC)
    rules.add_component(_rule(zone, begins))
    for turn in _turns(zone, begins, ends):
        rules.add_component(_rule(zone, turn))
    return rules


def _turns(zone: ZoneInfo, begins: datetime, ends: datetime) -> Iterator[datetime]:
    """The moments at which the clocks of a zone are turned; none turns twice within a day."""
    moment = begins
    while moment < ends:
        if _offset(zone, moment) != _offset(zone, moment + DAY):
            yield _exactly(zone, moment, moment + DAY)
        moment += DAY


def _exactly(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    former = _offset(zone, before)
    while after - before > SECOND:
        middle = before + ((after - before) / 2 // SECOND) * SECOND
        if _offset(zone, middle) == former:
            before = middle
        else:
            after = middle
    return after


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta(0)


def _rule(zone: ZoneInfo, moment: datetime) -> TimezoneStandard | TimezoneDaylight:
    """What holds from a moment on. It is told by the clock that was right until then."""
    local = moment.astimezone(zone)
    former = _offset(zone, moment - SECOND)
    rule = TimezoneDaylight() if local.dst() else TimezoneStandard()
    rule.add("dtstart", (moment + former).replace(tzinfo=None))
    rule.add("tzoffsetfrom", former)
    rule.add("tzoffsetto", _offset(zone, moment))
    rule.add("tzname", local.tzname() or zone.key)
    return rule
