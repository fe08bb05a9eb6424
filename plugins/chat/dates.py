"""Sessions as dates: in calendars, on phones, on my day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from flask import url_for
from sqlalchemy import Row, Select, bindparam, select

from core.api import (
    Activity,
    CalendarItem,
    Community,
    Content,
    Moment,
    User,
    Viewer,
    activities_by_id,
    among,
    rows,
)
from plugins.chat.finding import Visit
from plugins.chat.models import Room, Session
from plugins.chat.words import _l

# So many sessions at most are told at once.
MOST = 500
DESCRIPTION = 300


def sessions_in(
    communities: Sequence[Community], viewer: Viewer, start: datetime, end: datetime
) -> Iterator[CalendarItem]:
    """The sessions that begin in these days; one query, and one for what the page has not read."""
    places = {community.id: community for community in communities}
    facts = {"communities": list(places), "start": start, "end": end}
    found = rows(_dates(), facts).all()
    chats = activities_by_id({row.activity_id for row in found})
    for row in found:
        yield _item(row, chats[row.activity_id], places[row.community_id])


@cache
def _dates() -> Select[*tuple[Any, ...]]:
    start, end = bindparam("start", type_=Moment), bindparam("end", type_=Moment)
    return (
        select(
            Room.activity_id, Activity.community_id, Session.id, Session.title, Session.about,
            Session.revision, Session.changed_at, Session.cancelled_at, Room.opens_at,
            Room.closes_at, User.zone_name,
        )
        .join(Activity, Activity.id == Room.activity_id)
        .join(Session, Session.id == Room.session_id)
        .join(Content, Content.id == Session.id)
        .outerjoin(User, User.id == Content.author_id)
        .where(among(Activity.community_id, "communities"))
        .where(Activity.state != "draft", Room.opens_at >= start, Room.opens_at < end)
        .where(Content.hidden_at.is_(None), Content.held_at.is_(None))
        .order_by(Room.opens_at, Session.id)
        .limit(MOST)
    )  # fmt: skip


def _item(row: Row[*tuple[Any, ...]], place: Activity, community: Community) -> CalendarItem:
    lasts = row.closes_at > row.opens_at
    return CalendarItem(
        key=f"chat.session.{row.id}", title=row.title, what=_l("chat"), community=community,
        activity=place, start=row.opens_at, end=row.closes_at if lasts else None,
        url=url_for("chat.session", community=community, activity=place, session=row.id),
        description=" ".join(row.about.split())[:DESCRIPTION], place=place.title,
        zone_name=row.zone_name or "", sequence=row.revision, updated=row.changed_at,
        cancelled=row.cancelled_at is not None,
    )  # fmt: skip


def date_of(visit: Visit, viewer: Viewer) -> CalendarItem | None:
    """The date of one session, as calendars have it."""
    opens = visit.room.opens_at
    if opens is None or visit.session is None:
        return None
    key, places = f"chat.session.{visit.session.id}", [visit.activity.community]
    found = sessions_in(places, viewer, opens, opens + timedelta(seconds=1))
    return next((item for item in found if item.key == key), None)
