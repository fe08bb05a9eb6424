"""Moments as people say them: in the viewer's time zone and language.

Times are stored in UTC. The zone is that of :func:`use_zone`, else the one the request settled with
:func:`select_zone`, else Moscow's.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_date
from flask import g, has_app_context
from markupsafe import Markup

from core.platform.current import current_facts
from core.platform.db import utcnow
from core.platform.i18n import LazyString, core_domain, current_locale, use_locale

_ = core_domain.gettext
_l = core_domain.lazy
ngettext = core_domain.ngettext

DEFAULT_ZONE = "Europe/Moscow"
LAST_MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)

_override: ContextVar[ZoneInfo | None] = ContextVar("zone", default=None)


@dataclass(frozen=True, slots=True)
class Zone:
    """A time zone to choose in one's profile; ``name`` is the one of the IANA database."""

    name: str
    title: LazyString


ZONES = (
    Zone("Europe/Kaliningrad", _l("Kaliningrad (Moscow −1, UTC+2)")),
    Zone("Europe/Moscow", _l("Moscow (UTC+3)")),
    Zone("Europe/Samara", _l("Samara (Moscow +1, UTC+4)")),
    Zone("Asia/Yekaterinburg", _l("Yekaterinburg (Moscow +2, UTC+5)")),
    Zone("Asia/Omsk", _l("Omsk (Moscow +3, UTC+6)")),
    Zone("Asia/Novosibirsk", _l("Novosibirsk (Moscow +4, UTC+7)")),
    Zone("Asia/Krasnoyarsk", _l("Krasnoyarsk (Moscow +4, UTC+7)")),
    Zone("Asia/Irkutsk", _l("Irkutsk (Moscow +5, UTC+8)")),
    Zone("Asia/Yakutsk", _l("Yakutsk (Moscow +6, UTC+9)")),
    Zone("Asia/Vladivostok", _l("Vladivostok (Moscow +7, UTC+10)")),
    Zone("Asia/Magadan", _l("Magadan (Moscow +8, UTC+11)")),
    Zone("Asia/Sakhalin", _l("Yuzhno-Sakhalinsk (Moscow +8, UTC+11)")),
    Zone("Asia/Kamchatka", _l("Kamchatka (Moscow +9, UTC+12)")),
    Zone("UTC", _l("Coordinated Universal Time (UTC)")),
)

# Whole phrases, not names of months: Russian puts the month into the genitive here.
_DAYS = (
    _l("%(day)s January"),
    _l("%(day)s February"),
    _l("%(day)s March"),
    _l("%(day)s April"),
    _l("%(day)s May"),
    _l("%(day)s June"),
    _l("%(day)s July"),
    _l("%(day)s August"),
    _l("%(day)s September"),
    _l("%(day)s October"),
    _l("%(day)s November"),
    _l("%(day)s December"),
)
_WEEKDAYS = (
    _l("Monday"),
    _l("Tuesday"),
    _l("Wednesday"),
    _l("Thursday"),
    _l("Friday"),
    _l("Saturday"),
    _l("Sunday"),
)
# As a calendar sheet has them.
_SHORT_WEEKDAYS = (_l("Mon"), _l("Tue"), _l("Wed"), _l("Thu"), _l("Fri"), _l("Sat"), _l("Sun"))
_YEAR = _l("%(day_and_month)s %(year)s")
_MOMENT = _l("%(day)s, %(time)s")


@cache
def _patterns(locale: str) -> tuple[tuple[str, ...], str, str]:
    """The patterns of a language, looked up once: a page shows fifty dates and more."""
    with use_locale(locale):
        return tuple(str(day) for day in _DAYS), str(_YEAR), str(_MOMENT)


def zone_named(name: str | None) -> ZoneInfo:
    """The time zone of that name; Moscow's when there is none such."""
    try:
        return ZoneInfo(name or DEFAULT_ZONE)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(DEFAULT_ZONE)


def select_zone(name: str | None) -> None:
    """Settle the time zone of this request, the viewer's; it is kept as ``g.zone``."""
    g.zone = name


@contextmanager
def use_zone(name: str | None) -> Iterator[None]:
    """Tell times in one person's zone for a while, in a job or a letter."""
    token = _override.set(zone_named(name))
    try:
        yield
    finally:
        _override.reset(token)


def current_zone() -> ZoneInfo:
    """The time zone in which times are told and typed now."""
    chosen = _override.get()
    return chosen or zone_named(current_facts().get("zone") if has_app_context() else None)


def local(moment: dt.datetime, zone: ZoneInfo | None = None) -> dt.datetime:
    """A stored moment by the clock on the viewer's wall."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment.astimezone(zone or current_zone())


def _date(day: dt.date) -> dt.date:
    return local(day).date() if isinstance(day, dt.datetime) else day


def _in_words(date: dt.date, this_year: int, locale: str) -> str:
    days, with_year, _moment = _patterns(locale)
    text = days[date.month - 1] % {"day": date.day}
    if date.year == this_year:
        return text
    return with_year % {"day_and_month": text, "year": date.year}


def format_day(day: dt.date, now: dt.datetime | None = None) -> str:
    """«24 ноября», with the year unless it is the present one; moments count in the zone."""
    return _in_words(_date(day), local(now or utcnow()).year, current_locale())


def format_time(moment: dt.datetime) -> str:
    """«15:00»."""
    return _time(local(moment))


def _time(clock: dt.datetime) -> str:
    return f"{clock.hour:02}:{clock.minute:02}"


def format_moment(moment: dt.datetime, now: dt.datetime | None = None) -> str:
    """«24 ноября, 15:00», with the year unless it is the present one."""
    zone = current_zone()
    return _moment_in_words(local(moment, zone), local(now or utcnow(), zone).year)


def _moment_in_words(clock: dt.datetime, this_year: int) -> str:
    locale = current_locale()
    day = _in_words(clock.date(), this_year, locale)
    return _patterns(locale)[2] % {"day": day, "time": _time(clock)}


def format_numeric(day: dt.date) -> str:
    """«24.11.2026», as papers and tables have it."""
    date = _date(day)
    return f"{date.day:02}.{date.month:02}.{date.year:04}"


def format_exact(moment: dt.datetime) -> str:
    """«24.11.2026, 15:00», as papers have a moment that must be told from others for years."""
    return f"{format_numeric(moment)}, {format_time(moment)}"


def weekday(day: dt.date) -> str:
    """«вторник»."""
    return str(_WEEKDAYS[_date(day).weekday()])


def short_weekday(day: dt.date) -> str:
    """«вт»."""
    return str(_SHORT_WEEKDAYS[_date(day).weekday()])


def day_number(day: dt.date) -> int:
    """24, for the sheet of a calendar."""
    return _date(day).day


def format_month(day: dt.date) -> str:
    """«Ноябрь 2026», as a heading."""
    words = format_date(day, "LLLL y", locale=current_locale())
    return words[:1].upper() + words[1:]


def zone_title(zone: ZoneInfo | None = None) -> str:
    """A time zone in words, the one of now unless another is given."""
    zone = zone or current_zone()
    return next((str(known.title) for known in ZONES if known.name == zone.key), zone.key)


def ago(moment: dt.datetime, now: dt.datetime | None = None) -> str:
    """How far a moment is: «10 минут назад», «вчера в 19:40», «через 5 минут», else its date."""
    now = now or utcnow()
    passed = now - moment
    if abs(passed) < LAST_MINUTE:
        return _("just now") if passed >= dt.timedelta() else _("in less than a minute")
    if abs(passed) < HOUR:
        minutes = abs(passed) // dt.timedelta(minutes=1)
        if passed > dt.timedelta():
            return ngettext("%(n)s minute ago", "%(n)s minutes ago", minutes)
        return ngettext("in %(n)s minute", "in %(n)s minutes", minutes)
    return _by_day(moment, now)


def _by_day(moment: dt.datetime, now: dt.datetime) -> str:
    zone = current_zone()
    clock, present = local(moment, zone), local(now, zone)
    match (clock.date() - present.date()).days:
        case 0:
            return _("today at %(time)s", time=_time(clock))
        case -1:
            return _("yesterday at %(time)s", time=_time(clock))
        case 1:
            return _("tomorrow at %(time)s", time=_time(clock))
    return _moment_in_words(clock, present.year)


def timestamp(moment: dt.datetime, words: Callable[[dt.datetime], str] = format_moment) -> Markup:
    """A ``<time>`` element: the moment in words, exactly for machines and on hovering."""
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        moment.astimezone(dt.UTC).isoformat(timespec="seconds"),
        f"{format_numeric(moment)} {format_time(moment)}",
        words(moment),
    )


FILTERS: dict[str, Callable[..., str]] = {
    "moment": format_moment,
    "day": format_day,
    "ago": ago,
    "timestamp": timestamp,
}
