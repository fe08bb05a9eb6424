"""The dates that activities have whatever their form: when they open and when they close."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from sqlalchemy import Select, and_, bindparam, case, or_, select
from sqlalchemy.orm import contains_eager

from core.activities.models import Activity, ActivityState
from core.activities.news import address_of
from core.activities.queries import available, switched_on
from core.contract.manifest import CalendarItem
from core.contract.models import CommunityPlugin
from core.people.models import User
from core.platform.conditions import among
from core.platform.db import Moment, db, utcnow
from core.platform.i18n import core_domain

_l = core_domain.lazy

# So many activities at most are read for one calendar.
MOST = 1_000


def dates_of(activity: Activity, zone_name: str = "") -> Iterator[CalendarItem]:
    """When an activity opens and closes; nothing of a draft. ``zone_name`` is its author's."""
    if activity.state == ActivityState.DRAFT:
        return
    for name, what, at in (
        ("opens", _l("opens"), activity.opens_at),
        ("closes", _l("closes"), activity.closes_at),
    ):
        if at is not None:
            yield CalendarItem(
                key=f"activities.{activity.id}.{name}", title=activity.title, what=what, start=at,
                community=activity.community, activity=activity, url=address_of(activity),
                zone_name=zone_name, sequence=activity.revision,
                updated=activity.changed_at or activity.created_at,
                cancelled=_called_off(activity, at),
            )  # fmt: skip


def _called_off(activity: Activity, at: datetime) -> bool:
    """Put into the archive before its time; what was over by then has taken place."""
    return activity.state == ActivityState.ARCHIVED and at > (activity.changed_at or utcnow())


def _dated() -> Select[Activity, str | None]:
    start, end = bindparam("start", type_=Moment), bindparam("end", type_=Moment)
    opens = and_(Activity.opens_at >= start, Activity.opens_at < end)
    closes = and_(Activity.closes_at >= start, Activity.closes_at < end)
    return (
        select(Activity, User.zone_name)
        .join(Activity.community)
        .join(CommunityPlugin, switched_on())
        .outerjoin(User, User.id == Activity.author_id)
        .options(contains_eager(Activity.community))
        .where(among(Activity.community_id, "communities"))
        .where(Activity.state != ActivityState.DRAFT, or_(opens, closes))
        .order_by(case((opens, Activity.opens_at), else_=Activity.closes_at), Activity.id)
        .limit(MOST)
    )


# Put together once: calendars are opened, and asked for by phones, all day long.
DATED = _dated()


def dates_in(
    community_ids: Collection[int], start: datetime, end: datetime
) -> Iterable[CalendarItem]:
    """What opens or closes from ``start`` until before ``end`` in many communities; one query."""
    facts = {"communities": list(community_ids), "start": start, "end": end}
    zones = {row[0]: row[1] or "" for row in db.session.execute(DATED, facts)}
    for activity in available(zones):
        yield from dates_of(activity, zones[activity])
