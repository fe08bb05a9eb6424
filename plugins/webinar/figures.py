"""What a report counts: how many webinars were held, who came, for how long, what they thought."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, Select, cast, distinct, func, select

from core.api import Activity, Community, Content, Page, db, paginate, utcnow
from plugins.webinar.models import (
    Attendance,
    Meeting,
    MeetingState,
    Place,
    PlaceState,
    Rating,
    Recording,
    Webinar,
)


@dataclass(frozen=True)
class Period:
    """From a moment until before another."""

    start: datetime
    end: datetime


def _each(model: Any, *columns: Any) -> Any:
    """Facts about each meeting that has any."""
    return select(model.meeting_id, *columns).group_by(model.meeting_id).subquery()


def _query(community: Community, period: Period, *first: Any) -> Select[Any]:
    """Meetings that were held, with what is counted of them."""
    came = _each(
        Attendance, func.count().label("people"), func.sum(Attendance.minutes).label("minutes")
    )
    liked = _each(Rating, func.count().label("count"), func.sum(Rating.stars).label("stars"))
    shown = Content.hidden_at.is_(None) & Content.held_at.is_(None)
    recorded = (
        select(Recording.meeting_id, func.count().label("count"))
        .join(Recording.content)
        .where(shown)
        .group_by(Recording.meeting_id)
        .subquery()
    )
    return (
        select(
            *first,
            func.count(Meeting.id).label("meetings"),
            _sum(came.c.people).label("came"),
            _sum(came.c.minutes).label("minutes"),
            _sum(liked.c.count).label("ratings"),
            _sum(liked.c.stars).label("stars"),
            _sum(recorded.c.count).label("recordings"),
        )
        .select_from(Meeting)
        .join(Webinar, Webinar.id == Meeting.webinar_id)
        .join(Activity, Activity.id == Webinar.activity_id)
        .outerjoin(came, came.c.meeting_id == Meeting.id)
        .outerjoin(liked, liked.c.meeting_id == Meeting.id)
        .outerjoin(recorded, recorded.c.meeting_id == Meeting.id)
        .where(*_held(community, period))
    )


def _sum(column: Any) -> Any:
    """PostgreSQL makes decimals of sums of sums."""
    return cast(func.coalesce(func.sum(column), 0), Integer)


def _held(community: Community, period: Period) -> tuple[ColumnElement[bool], ...]:
    return (
        Activity.community_id == community.id, Activity.state != "draft",
        Meeting.state != MeetingState.CANCELLED, Meeting.ends_at <= utcnow(),
        Meeting.begins_at >= period.start, Meeting.begins_at < period.end,
    )  # fmt: skip


def _webinars(community: Community, period: Period) -> Select[Any]:
    query = _query(community, period, Activity.id, Activity.title, Webinar.held.label("places"))
    first = func.min(Meeting.begins_at).label("first")
    return (
        query.add_columns(first)
        .group_by(Activity.id, Activity.title, Webinar.held)
        .order_by(first.desc(), Activity.id.desc())
    )


def webinars_in(community: Community, period: Period) -> Page[Row[Any]]:
    """A line for each webinar of a period, the latest first; a page of them."""
    return paginate(_webinars(community, period), 50)


def all_webinars_in(community: Community, period: Period) -> Iterator[Row[Any]]:
    """The same, all of it, for a table."""
    yield from db.session.execute(_webinars(community, period))


def total(community: Community, period: Period) -> Row[Any]:
    """The same of all webinars together."""
    return db.session.execute(_query(community, period)).one()


def people_in(community: Community, period: Period) -> tuple[int, int]:
    """How many different people had places in these webinars, and how many of them came."""
    meetings = (
        select(Meeting.id, Meeting.webinar_id)
        .join(Activity, Activity.id == Meeting.activity_id)
        .where(*_held(community, period))
        .subquery()
    )
    placed = select(func.count(distinct(Place.user_id))).where(
        Place.state == PlaceState.HELD, Place.webinar_id.in_(select(meetings.c.webinar_id))
    )
    came = select(func.count(distinct(Attendance.user_id))).where(
        Attendance.meeting_id.in_(select(meetings.c.id))
    )
    row = db.session.execute(select(placed.scalar_subquery(), came.scalar_subquery())).one()
    return row[0], row[1]
