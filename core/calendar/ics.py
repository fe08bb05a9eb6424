"""Calendar files (RFC 5545): feeds that phones subscribe to, and single files for letters.

A date in them is known by its key and the name of the site, so that a phone finds it again however
often it is sent; ``SEQUENCE`` tells which of two versions is the later one.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, Event, vCalAddress, vText

from core.calendar.sheet import form_of
from core.calendar.zones import rules_of
from core.config import current
from core.contract.manifest import CalendarItem
from core.platform.addresses import absolute
from core.platform.dates import current_zone
from core.platform.db import utcnow
from core.platform.html import scrub
from core.platform.i18n import core_domain
from core.platform.threads import off_loop

_ = core_domain.gettext

MEDIA_TYPE = "text/calendar; charset=utf-8"
# How often a phone is asked to look again.
REFRESH = timedelta(hours=1)


class CalendarMethod(enum.StrEnum):
    """What the receiver of a file is asked: to note a date, to come, or to strike it out."""

    PUBLISH = "PUBLISH"
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


def calendar_file(
    items: Sequence[CalendarItem], *, method: CalendarMethod = CalendarMethod.PUBLISH, to: str = ""
) -> bytes:
    """A file of dates to enclose with a letter or to download, told in the current time zone.

    ``to`` is the address of whoever is asked to come; a REQUEST needs it. Sent again with a larger
    ``sequence``, or as CANCEL, it changes what the receiver has noted.
    """
    calendar = _calendar(items)
    calendar.add("method", method.value)
    for item in items:
        # Stamped with the moment at which this message is made, as RFC 5546 wants it.
        event = _event(item, utcnow())
        _address(event, method, to)
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def feed(items: Iterable[CalendarItem], title: str) -> bytes:
    """A whole calendar for those who subscribe to it; equal items give equal bytes."""
    items = list(items)
    calendar = _calendar(items)
    calendar.add("name", scrub(title))
    calendar.add("x-wr-calname", scrub(title))
    calendar.add("x-wr-timezone", current_zone().key)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for item in items:
        calendar.add_component(_event(item, _changed(item)))
    # A full calendar takes a while to write; other pages go on meanwhile.
    return bytes(off_loop(calendar.to_ical))


def _calendar(items: Sequence[CalendarItem]) -> Calendar:
    """The head of a file, with the rules of the time zone for the years it is about."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Sreda//Sreda//RU")
    calendar.add("calscale", "GREGORIAN")
    days = [day for item in items for day in (item.start, item.end or item.start)]
    zone = current_zone()
    if zone.key != "UTC" and days:
        years = [day.year for day in days]
        calendar.add_component(rules_of(zone.key, min(years), max(years)))
    return calendar


def _changed(item: CalendarItem) -> datetime:
    return item.updated or item.community.created_at


def _event(item: CalendarItem, stamp: datetime) -> Event:
    event = Event()
    event.add("uid", f"{scrub(item.key)}@{urlsplit(current().base_url).hostname}")
    event.add("dtstamp", stamp.astimezone(UTC).replace(microsecond=0))
    event.add("last-modified", _changed(item).astimezone(UTC).replace(microsecond=0))
    event.add("sequence", max(0, item.sequence))
    event.add("status", "CANCELLED" if item.cancelled else "CONFIRMED")
    event.add("dtstart", _local(item.start))
    if item.end is not None:
        event.add("dtend", _local(item.end))
    event.add("summary", scrub(_summary(item)))
    event.add("description", scrub(_description(item)))
    event.add("url", absolute(item.url))
    event.add("categories", [scrub(form_of(item).title), scrub(item.community.title)])
    if str(item.place):
        event.add("location", scrub(str(item.place)))
    # A date is told, nobody's time is taken by it.
    event.add("transp", "OPAQUE" if item.end is not None and not item.all_day else "TRANSPARENT")
    return event


def _local(day: date) -> date:
    if not isinstance(day, datetime):
        return day
    local = day.astimezone(current_zone()).replace(microsecond=0)
    # When clocks are turned back, an hour happens twice; a local time then means the first one.
    return local.astimezone(UTC) if local.fold or current_zone().key == "UTC" else local


def _summary(item: CalendarItem) -> str:
    if not str(item.what):
        return str(item.title)
    return _("%(title)s: %(what)s", title=item.title, what=item.what)


def _description(item: CalendarItem) -> str:
    lines = (str(item.description), item.community.title, absolute(item.url))
    return "\n".join(line for line in lines if line)


def _address(event: Event, method: CalendarMethod, to: str) -> None:
    """From the site, to whoever is asked; nobody has to answer."""
    sender = vCalAddress(f"mailto:{current().mail_sender}")
    sender.params["cn"] = vText(current().site_name)
    event["organizer"] = sender
    if method is CalendarMethod.CANCEL:
        event["status"] = vText("CANCELLED")
    if to:
        guest = vCalAddress(f"mailto:{to}")
        guest.params["partstat"] = vText("ACCEPTED")
        guest.params["rsvp"] = vText("FALSE")
        event["attendee"] = guest
    elif method is CalendarMethod.REQUEST:
        raise ValueError("a request asks somebody: give their address")
