"""All webinars of a community in figures, for those who report on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from babel.numbers import format_decimal
from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from core.api import Community, csv_file, current_locale, current_zone, requires, timestamp, utcnow
from plugins.webinar import figures
from plugins.webinar.figures import Period
from plugins.webinar.words import _

webinar_community = Blueprint("webinar_community", __name__)

# The month in which a school year begins.
SEPTEMBER = 9


@webinar_community.get("/figures")
@requires("webinar.run")
def community_figures(community: Community) -> ResponseReturnValue:
    """What was held in a period, and what came of it."""
    since, until = _asked()
    period = _period(since, until)
    placed, came = figures.people_in(community, period)
    return render_template(
        "webinar/figures.html", community=community, since=since, until=until, placed=placed,
        came=came, page=figures.webinars_in(community, period),
        total=figures.total(community, period), stars=_stars, hours=_hours,
    )  # fmt: skip


@webinar_community.get("/figures.csv")
@requires("webinar.run")
def figures_table(community: Community) -> ResponseReturnValue:
    """The same as a table for Excel."""
    since, until = _asked()
    name = f"webinars-{since.isoformat()}-{until.isoformat()}.csv"
    return csv_file(_rows(community, _period(since, until)), name)


def _rows(community: Community, period: Period) -> Iterator[Sequence[str | int]]:
    yield (
        _("Webinar"), _("First meeting"), _("Meetings held"), _("Had places"), _("Visits"),
        _("Hours of all together"), _("Average of feedback"), _("Answers"), _("Recordings"),
    )  # fmt: skip
    for row in figures.all_webinars_in(community, period):
        yield (
            row.title, timestamp(row.first).striptags(), row.meetings, row.places, row.came,
            _hours(row.minutes), _stars(row), row.ratings, row.recordings,
        )  # fmt: skip


def _asked() -> tuple[date, date]:
    """The days of the address, both included; without them the school year until today."""
    today = utcnow().astimezone(current_zone()).date()
    year = today.year if today.month >= SEPTEMBER else today.year - 1
    since = _day(request.args.get("since", ""), date(year, SEPTEMBER, 1))
    until = _day(request.args.get("until", ""), today)
    return min(since, until), max(since, until)


def _day(typed: str, otherwise: date) -> date:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return otherwise
    return day if 1970 <= day.year <= 2900 else otherwise


def _period(since: date, until: date) -> Period:
    zone = current_zone()
    start, end = (datetime.combine(day, time(), zone) for day in (since, until + timedelta(days=1)))
    return Period(start, end)


def _stars(row: object) -> str:
    """As people write an average: «4,7»; empty where nobody has said anything."""
    ratings, stars = getattr(row, "ratings", 0), getattr(row, "stars", 0)
    return format_decimal(stars / ratings, "0.0", current_locale()) if ratings else ""


def _hours(minutes: int) -> str:
    return format_decimal(round(minutes / 60, 1), "0.#", current_locale())
