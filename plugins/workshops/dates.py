"""Stages and their ends as calendars show them, and as phones keep them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from flask import url_for
from sqlalchemy import Row, Select, bindparam, select
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
from plugins.workshops.models import Demonstration, Stage, Workshop
from plugins.workshops.reminding import EXTENDABLE
from plugins.workshops.stages import TITLES, StageKind, in_order
from plugins.workshops.words import _l

# So many stages at most are told at once.
MOST = 800
DESCRIPTION = 300
# What the end of a stage is called.
ENDS: Mapping[str, Any] = {
    StageKind.PRACTICE: _l("works are in by now"),
    StageKind.REVIEW: _l("reviews are in by now"),
    StageKind.REFLECTION: _l("answers are in by now"),
}


def stages_in(
    communities: Sequence[Community], viewer: Viewer, start: datetime, end: datetime
) -> Iterator[CalendarItem]:
    """What begins and ends on these days in these communities; one query."""
    places = {community.id: community for community in communities}
    many = len(places) != 1
    facts = {"communities": list(places) if many else next(iter(places))}
    found = entities(SOON[many], facts | {"start": start, "end": end})
    for item in _items(found, places):
        ends: Any = item.end or item.start
        if item.start < end and ends >= start:
            yield item


def ahead(activity: Activity) -> list[CalendarItem]:
    """Everything of a workshop that is still to come."""
    query = _stages().where(Stage.activity_id == activity.id)
    now, places = utcnow(), {activity.community_id: activity.community}
    return [
        item for item in _items(db.session.execute(query), places)
        if isinstance(item.start, datetime) and item.start >= now
    ]  # fmt: skip


def _stages() -> Select[*tuple[Any, ...]]:
    return (
        select(Stage, Demonstration.minutes, Demonstration.address)
        .join(Stage.workshop)
        .join(Workshop.activity)
        .join(Workshop.content)
        .outerjoin(Demonstration, Demonstration.activity_id == Stage.activity_id)
        .where(Activity.state == "published", Activity.plugin == "workshops")
        .where(Content.hidden_at.is_(None), Content.held_at.is_(None))
        .options(contains_eager(Stage.workshop).contains_eager(Workshop.activity))
        .order_by(Stage.workshop_id)
    )


def _soon(*, many: bool) -> Select[*tuple[Any, ...]]:
    start, end = bindparam("start", type_=Moment), bindparam("end", type_=Moment)
    soon = select(Stage.workshop_id).where(Stage.begins_at < end, Stage.begins_at >= start)
    here = among(Activity.community_id, "communities", many=many)
    return _stages().where(here, Workshop.id.in_(soon.distinct())).limit(MOST)


# Put together once, for many communities and for one: every home and everybody's day asks.
SOON = {many: _soon(many=many) for many in (True, False)}


def _items(found: Iterable[Row[Any]], places: Mapping[int, Community]) -> Iterator[CalendarItem]:
    for _number, of_one in groupby(found, lambda row: row.Stage.workshop_id):
        rows = list(of_one)
        live = rows[0].minutes if rows[0].address else None
        yield from _of_workshop(in_order([row.Stage for row in rows]), live, places)


def _of_workshop(
    stages: Sequence[Stage], live: int | None, places: Mapping[int, Community]
) -> Iterator[CalendarItem]:
    for number, stage in enumerate(stages):
        if stage.begins_at is None:
            continue
        before = stages[number - 1].what if number else None
        minutes = live if stage.kind == StageKind.DEMONSTRATION else None
        end = stage.begins_at + timedelta(minutes=minutes) if minutes else None
        # One line a moment: that something is due by then matters more than what begins.
        yield _item(
            stage, stage.begins_at, end, places, ends=before if before in EXTENDABLE else None
        )


def _item(
    stage: Stage, start: datetime, end: datetime | None, places: Mapping[int, Community],
    *, ends: StageKind | None = None,
) -> CalendarItem:  # fmt: skip
    workshop, activity = stage.workshop, stage.workshop.activity
    community = places[activity.community_id]
    kind = ends or stage.what
    return CalendarItem(
        key=f"workshops.{'end' if ends else 'stage'}.{workshop.id}.{kind}",
        title=activity.title, what=ENDS[ends] if ends else TITLES[kind], community=community,
        activity=activity, url=url_for("workshops.home", community=community, activity=activity),
        start=start, end=end, zone_name=workshop.zone_name,
        description=excerpt(workshop.about, DESCRIPTION) if workshop.about else "",
        sequence=workshop.sequence, updated=workshop.changed_at,
    )  # fmt: skip
