"""Weekly hours and their exceptions, and the slots that come of them.

Slots are rows, made as far ahead as people may book: calendars, phones and limits then have
something that stays the same. What is booked is never taken away by a change of the hours.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, delete, select

from core.api import SYSTEM, Actor, DomainError, changed, db, operation, record, utcnow
from plugins.consultations import events
from plugins.consultations.finding import consults, held_line
from plugins.consultations.meeting_models import DayOff, Hours, Slot
from plugins.consultations.models import Consultant, Line
from plugins.consultations.terms import zone_named
from plugins.consultations.words import _

# So many weekly hours somebody has in a line at most.
MOST = 40
DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Week:
    """Hours as a form gives them; ``starts`` and ``ends`` in minutes of the day."""

    live: bool
    weekday: int
    starts: int
    ends: int
    minutes: int = 30
    pause: int = 0
    capacity: int = 1
    topic: str = ""
    valid_from: date
    valid_until: date | None = None
    zone_name: str

    def check(self) -> None:
        """Raise DomainError for hours that give nothing."""
        if self.ends <= self.starts:
            raise DomainError(_("The end is before the beginning."))
        if not self.live and self.ends - self.starts < self.minutes:
            raise DomainError(_("Not even one place fits between these times."))
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise DomainError(_("The last day is before the first."))


@operation
def add_weeks(actor: Actor, line: Line, weeks: Sequence[Week]) -> None:
    """Be there on several days of every week; all of them or none."""
    for week in weeks:
        add_hours(actor, line, week)


@operation
def add_hours(actor: Actor, line: Line, week: Week) -> Hours:
    """Be there every week at these times."""
    week.check()
    line = held_line(line.id)
    mine = select(Hours.id).where(Hours.line_id == line.id, Hours.consultant_id == actor.id)
    if len(db.session.scalars(mine.limit(MOST)).all()) >= MOST:
        raise DomainError(_("These are too many hours. Remove some first."))
    hours = Hours(
        activity_id=line.activity_id, line_id=line.id, line=line, consultant_id=actor.id,
        live=week.live, weekday=week.weekday, starts=week.starts, ends=week.ends,
        zone_name=week.zone_name, minutes=week.minutes, pause=week.pause, capacity=week.capacity,
        topic=week.topic, valid_from=week.valid_from, valid_until=week.valid_until,
    )  # fmt: skip
    db.session.add(hours)
    db.session.flush()
    _renew(line, [hours])
    _changed(actor, line)
    return hours


@operation
def remove_hours(actor: Actor, hours: Hours) -> None:
    """Be there no more at these times; what is booked stays until it is called off."""
    line = held_line(hours.line_id)
    drop_unbooked(Slot.hours_id == hours.id)
    db.session.delete(db.session.get_one(Hours, hours.id))
    _changed(actor, line)


@operation
def set_days_off(actor: Actor, line: Line, first: date, last: date) -> int:
    """Not be there from one day to another; how many booked slots still stand in these days.

    Raises DomainError for a stretch that is no stretch, or longer than a year.
    """
    if not first <= last <= first + timedelta(days=366):
        raise DomainError(_("The last day is before the first."))
    line = held_line(line.id)
    known = set(db.session.scalars(_days_off(line.id, actor.id or 0)))
    for number in range((last - first).days + 1):
        day = first + number * DAY
        if day not in known:
            db.session.add(
                DayOff(activity_id=line.activity_id, line_id=line.id, user_id=actor.id, day=day)
            )
    db.session.flush()
    _renew(line, _hours_of(line.id, actor.id or 0))
    _changed(actor, line)
    zone = _zone_of(line.id, actor.id or 0, line)
    begin, end = _midnight(first, zone), _midnight(last + DAY, zone)
    booked = select(Slot.id).where(
        Slot.line_id == line.id, Slot.consultant_id == actor.id, Slot.taken > 0,
        Slot.cancelled_at.is_(None), Slot.begins_at >= begin, Slot.begins_at < end,
    )  # fmt: skip
    return len(db.session.scalars(booked).all())


@operation
def clear_day_off(actor: Actor, line: Line, day: date) -> None:
    """Be there on a day after all."""
    line = held_line(line.id)
    gone = delete(DayOff).where(DayOff.line_id == line.id, DayOff.user_id == actor.id)
    db.session.execute(gone.where(DayOff.day == day))
    _renew(line, _hours_of(line.id, actor.id or 0))
    _changed(actor, line)


@operation
def add_slot(actor: Actor, line: Line, begins_at: datetime, week: Week) -> Slot:
    """Offer one more time, beside the weekly hours; of ``week`` only what a single slot has."""
    if begins_at <= utcnow():
        raise DomainError(_("This time has passed already."))
    line = held_line(line.id)
    ends_at = begins_at + timedelta(minutes=week.minutes)
    if any(begins_at < end and start < ends_at for start, end in busy_times(actor.id or 0)):
        raise DomainError(_("You have something at this time already."))
    slot = new_slot(
        line, actor.id or 0, begins_at, ends_at, zone_name=week.zone_name,
        capacity=week.capacity, topic=week.topic,
    )  # fmt: skip
    _changed(actor, line)
    return slot


@operation
def open_queue(actor: Actor, line: Line, minutes: int) -> Slot:
    """Take people from the queue from now on, though no live hours are announced."""
    line, now = held_line(line.id), utcnow()
    if not consults(actor, line.id) or not line.by_queue:
        raise DomainError(_("This line has no live hours."))
    slot = new_slot(
        line, actor.id or 0, now, now + timedelta(minutes=minutes), zone_name=line.zone_name,
        live=True,
    )  # fmt: skip
    changed(line.activity, "queue")
    return slot


@operation
def close_queue(actor: Actor, line: Line) -> None:
    """Take nobody more from the queue: one's own live hours end now."""
    line, now = held_line(line.id), utcnow()
    on = select(Slot).where(
        Slot.line_id == line.id, Slot.consultant_id == actor.id, Slot.live,
        Slot.cancelled_at.is_(None), Slot.begins_at <= now, Slot.ends_at > now,
    )  # fmt: skip
    for slot in db.session.scalars(on).all():
        slot.ends_at, slot.changed_at = now, now
        slot.sequence += 1
    changed(line.activity, "queue")


def new_slot(
    line: Line, user_id: int, begins_at: datetime, ends_at: datetime, *, zone_name: str,
    capacity: int = 1, topic: str = "", live: bool = False, hours_id: int | None = None,
) -> Slot:  # fmt: skip
    """A time that can be booked or, live, queued for; inside an operation that holds the line."""
    slot = Slot(
        activity_id=line.activity_id, activity=line.activity, line_id=line.id, line=line,
        consultant_id=user_id, hours_id=hours_id, begins_at=begins_at, ends_at=ends_at,
        zone_name=zone_name, live=live, capacity=capacity, topic=topic,
    )  # fmt: skip
    db.session.add(slot)
    db.session.flush()
    return slot


def times_of(hours: Hours, first: date, last: date) -> Iterator[tuple[datetime, datetime]]:
    """When these hours are, from one day to another, in UTC: beginning and end of each.

    By the clock on the consultant's wall: when clocks are turned, hours keep their time of day, and
    a time that a day lacks is left out.
    """
    zone = zone_named(hours.zone_name)
    begin = max(first, hours.valid_from)
    end = min(last, hours.valid_until) if hours.valid_until is not None else last
    day = begin + timedelta(days=(hours.weekday - begin.weekday()) % 7)
    while day <= end:
        for starts, ends in _stretches(hours):
            start, stop = _on_wall(day, starts, zone), _on_wall(day, ends, zone)
            if start is not None and stop is not None:
                yield start, stop
        day += timedelta(days=7)


def _stretches(hours: Hours) -> Iterator[tuple[int, int]]:
    if hours.live:
        yield hours.starts, hours.ends
        return
    start = hours.starts
    while start + hours.minutes <= hours.ends:
        yield start, start + hours.minutes
        start += hours.minutes + hours.pause


def _on_wall(day: date, minute: int, zone: ZoneInfo) -> datetime | None:
    """A minute of a day in a zone, in UTC; None where clocks jump over it."""
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)
    moment = wall.replace(tzinfo=zone).astimezone(UTC)
    back = moment.astimezone(zone).replace(tzinfo=None)
    return moment if back == wall else None


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def roll_on() -> None:
    """Again and again, in the worker: let slots reach as far ahead as people may book."""
    lines = select(Line.id).join(Line.activity).where(Line.id.in_(select(Hours.line_id)))
    for number in db.session.scalars(lines).all():
        renew(SYSTEM, number)


@operation
def renew(actor: Actor, line_id: int) -> None:
    """Make the slots of all hours of a line that are lacking."""
    line = held_line(line_id)
    _renew(line, db.session.scalars(select(Hours).where(Hours.line_id == line_id)).all())


def _renew(line: Line, hours: Sequence[Hours]) -> None:
    """Bring the coming slots of some hours in step with them; what is booked stays."""
    now = utcnow()
    for each in hours:
        zone = zone_named(each.zone_name)
        today = now.astimezone(zone).date()
        off = set(db.session.scalars(_days_off(line.id, each.consultant_id)))
        off |= set(_break(line.id, each.consultant_id, today, line.ahead_days))
        wanted = {
            start: stop
            for start, stop in times_of(each, today, today + timedelta(days=line.ahead_days))
            if start > now and start.astimezone(zone).date() not in off
        }
        drop_unbooked(Slot.hours_id == each.id, Slot.begins_at > now, Slot.begins_at.not_in(wanted))
        _make(line, each, wanted)


def _make(line: Line, hours: Hours, wanted: dict[datetime, datetime]) -> None:
    there = set(
        db.session.scalars(
            select(Slot.begins_at).where(Slot.hours_id == hours.id, Slot.begins_at > utcnow())
        )
    )
    busy = busy_times(hours.consultant_id)
    for start, stop in sorted(wanted.items()):
        if start in there or any(start < end and begin < stop for begin, end in busy):
            continue
        new_slot(
            line, hours.consultant_id, start, stop, zone_name=hours.zone_name, live=hours.live,
            capacity=hours.capacity, topic=hours.topic, hours_id=hours.id,
        )  # fmt: skip
        busy.append((start, stop))


def busy_times(user_id: int) -> list[tuple[datetime, datetime]]:
    """When a consultant has a slot already, in whatever line."""
    query = select(Slot.begins_at, Slot.ends_at).where(
        Slot.consultant_id == user_id, Slot.ends_at > utcnow(), Slot.cancelled_at.is_(None)
    )
    return [(row.begins_at, row.ends_at) for row in db.session.execute(query)]


def drop_unbooked(*conditions: ColumnElement[bool]) -> None:
    """Remove coming slots in which nobody has a place; those that were called off stay, with the
    reason, for those who had booked them."""
    db.session.flush()
    ahead = (Slot.begins_at > utcnow(), Slot.taken == 0, Slot.cancelled_at.is_(None))
    gone = delete(Slot).where(*ahead, *conditions)
    db.session.execute(gone, execution_options={"synchronize_session": False})
    db.session.expire_all()


def _days_off(line_id: int, user_id: int) -> Select[date]:
    return select(DayOff.day).where(DayOff.line_id == line_id, DayOff.user_id == user_id)


def _break(line_id: int, user_id: int, today: date, days: int) -> Collection[date]:
    """The days of somebody's break in the line, from today on."""
    query = select(Consultant).where(Consultant.line_id == line_id, Consultant.user_id == user_id)
    consultant = db.session.scalar(query)
    if consultant is None:
        return []
    coming = (today + number * DAY for number in range(days + 1))
    return [day for day in coming if consultant.is_away(day)]


def _hours_of(line_id: int, user_id: int) -> Sequence[Hours]:
    query = select(Hours).where(Hours.line_id == line_id, Hours.consultant_id == user_id)
    return db.session.scalars(query).all()


def _zone_of(line_id: int, user_id: int, line: Line) -> ZoneInfo:
    hours = next(iter(_hours_of(line_id, user_id)), None)
    return zone_named(hours.zone_name if hours is not None else line.zone_name)


def _changed(actor: Actor, line: Line) -> None:
    record(events.HOURS_CHANGED, actor, activity=line.activity)
    changed(line.activity, "slots")
