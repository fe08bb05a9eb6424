"""Items laid out day by day, as the pages of a calendar show them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from core.calendar.items import beginning, ending
from core.calendar.span import DAY, Span
from core.contract.manifest import CalendarItem
from core.contract.registry import registry
from core.platform.dates import current_zone, format_time, local, zone_named, zone_title
from core.platform.db import utcnow
from core.platform.i18n import core_domain

_ = core_domain.gettext


@dataclass(frozen=True)
class Form:
    """What kind of thing an item belongs to: a form of activity, or a plugin as a whole."""

    key: str
    title: str
    icon: str
    hue: str


@dataclass(frozen=True)
class Entry:
    """An item on one of its days. ``time`` says when on that day, ``elsewhere`` what the
    organiser's clock shows then, if it is another one."""

    item: CalendarItem
    form: Form
    time: str
    elsewhere: str

    @property
    def icon(self) -> str:
        return self.item.icon or self.form.icon

    @property
    def hue(self) -> str:
        return self.item.hue or self.form.hue


@dataclass
class Day:
    """A day with what is shown of it, and how much more there is."""

    date: date
    entries: list[Entry] = field(default_factory=list)
    more: int = 0

    @property
    def is_today(self) -> bool:
        return self.date == local(utcnow()).date()

    @property
    def count(self) -> int:
        return len(self.entries) + self.more


def form_of(item: CalendarItem) -> Form:
    """The form that an item belongs to, by which calendars are narrowed."""
    activity, types = item.activity, registry().activity_types()
    kind = types.get((activity.plugin, activity.kind)) if activity is not None else None
    if activity is not None and kind is not None:
        return Form(f"{activity.plugin}.{kind.key}", str(kind.plural), kind.icon, kind.hue)
    plugin = registry().installed[item.key.partition(".")[0]].manifest
    return Form(plugin.name, str(plugin.title), plugin.icon, "slate")


def forms_among(items: Iterable[CalendarItem]) -> list[Form]:
    """The forms of some items, each once, in the order of their titles."""
    return sorted({form_of(item) for item in items}, key=lambda form: form.title.casefold())


def days_of(span: Span, items: Sequence[CalendarItem], most: int) -> list[Day]:
    """Every day of the span, with ``most`` entries of each at most."""
    days = [Day(span.first + DAY * n) for n in range((span.last - span.first).days + 1)]
    for item in items:
        begins, ends = days_between(item)
        form = form_of(item)
        first, last = max(begins, span.first), min(ends, span.last)
        for number in range((first - span.first).days, (last - span.first).days + 1):
            day = days[number]
            if len(day.entries) < most:
                time = _time_on(day.date, item, begins, ends)
                day.entries.append(Entry(item, form, time, _elsewhere(item)))
            else:
                day.more += 1
    return days


def weeks_of(days: Sequence[Day]) -> list[Sequence[Day]]:
    """The days of a month by weeks."""
    return [days[start : start + 7] for start in range(0, len(days), 7)]


def days_between(item: CalendarItem) -> tuple[date, date]:
    """The first and the last day of an item by the viewer's clock."""
    return local(beginning(item)).date(), local(ending(item)).date()


def _time_on(day: date, item: CalendarItem, begins: date, ends: date) -> str:
    if item.all_day:
        return _("all day")
    if day == begins:
        return _first_time(item, begins == ends)
    return _("goes on") if day != ends else _("until %(time)s", time=format_time(_end(item)))


def _first_time(item: CalendarItem, whole: bool) -> str:
    start = format_time(beginning(item))
    if item.end is None:
        return start
    return f"{start}–{format_time(_end(item))}" if whole else _("from %(time)s", time=start)


def _end(item: CalendarItem) -> datetime:
    return ending(item) + timedelta(microseconds=1)


def _elsewhere(item: CalendarItem) -> str:
    if item.all_day or not item.zone_name:
        return ""
    zone = zone_named(item.zone_name)
    moment = beginning(item)
    there = moment.astimezone(zone)
    if there.utcoffset() == moment.astimezone(current_zone()).utcoffset():
        return ""
    time = f"{there.hour:02}:{there.minute:02}"
    return _("%(time)s for the organiser: %(zone)s", time=time, zone=zone_title(zone))
