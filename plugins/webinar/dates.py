"""Meetings as calendars show them, and as phones keep them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from flask import url_for
from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import contains_eager

from core.api import (
    Activity,
    CalendarItem,
    Community,
    Content,
    Moment,
    Viewer,
    among,
    db,
    entities,
    excerpt,
    utcnow,
)
from plugins.webinar.models import Meeting, MeetingState, Webinar
from plugins.webinar.words import _l

# So many meetings at most are told at once.
MOST = 500
DESCRIPTION = 300
WORDS = {
    "webinar": _l("webinar"),
    "videoconference": _l("videoconference"),
    "teleconference": _l("teleconference"),
}


def meetings_in(
    communities: Sequence[Community], viewer: Viewer, start: datetime, end: datetime
) -> Iterator[CalendarItem]:
    """The meetings of these days in these communities; one query."""
    many = len(communities) != 1
    ids = [community.id for community in communities]
    facts = {"communities": ids if many else ids[0], "start": start, "end": end}
    return _items(entities(SOON[many], facts).scalars(), communities)


def of_meeting(activity: Activity, number: int) -> list[CalendarItem]:
    """The date of one meeting."""
    query = _meetings().where(Meeting.id == number, Meeting.activity_id == activity.id)
    return list(_items(db.session.scalars(query), [activity.community]))


def ahead(activity: Activity) -> list[CalendarItem]:
    """All meetings of a webinar that are still to come."""
    query = _meetings().where(
        Meeting.activity_id == activity.id, Meeting.ends_at >= utcnow(),
        Meeting.state != MeetingState.CANCELLED,
    )  # fmt: skip
    return list(_items(db.session.scalars(query), [activity.community]))


def _meetings() -> Select[Meeting]:
    return (
        select(Meeting)
        .join(Meeting.webinar)
        .join(Webinar.activity)
        .join(Webinar.content)
        .where(Activity.state == "published", Activity.plugin == "webinar")
        .where(Content.hidden_at.is_(None), Content.held_at.is_(None))
        .options(contains_eager(Meeting.webinar).contains_eager(Webinar.activity))
        .order_by(Meeting.begins_at, Meeting.id)
    )


def _soon(*, many: bool) -> Select[Meeting]:
    here = among(Activity.community_id, "communities", many=many)
    begins = Meeting.begins_at < bindparam("end", type_=Moment)
    lasts = Meeting.ends_at >= bindparam("start", type_=Moment)
    return _meetings().where(here, begins, lasts).limit(MOST)


# Put together once, for many communities and for one: every home and everybody's day asks.
SOON = {many: _soon(many=many) for many in (True, False)}


def _items(meetings: Iterable[Meeting], communities: Iterable[Community]) -> Iterator[CalendarItem]:
    places = {community.id: community for community in communities}
    for meeting in meetings:
        yield _item(meeting, places[meeting.webinar.activity.community_id])


def _item(meeting: Meeting, community: Community) -> CalendarItem:
    webinar, activity = meeting.webinar, meeting.webinar.activity
    title = f"{activity.title}: {meeting.topic}" if meeting.topic else activity.title
    return CalendarItem(
        key=f"webinar.meeting.{meeting.id}", title=title, what=WORDS[activity.kind],
        community=community, activity=activity,
        url=url_for("webinar.home", community=community, activity=activity),
        start=meeting.begins_at, end=meeting.ends_at, zone_name=webinar.zone_name,
        description=excerpt(webinar.about, DESCRIPTION) if webinar.about else "",
        sequence=meeting.sequence, updated=meeting.changed_at,
        cancelled=meeting.state == MeetingState.CANCELLED,
    )  # fmt: skip
