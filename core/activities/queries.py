"""What is read of activities and the places they stand in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import g, url_for
from sqlalchemy import and_, select
from sqlalchemy.orm import contains_eager

from core.access.actors import Viewer
from core.access.guard import Place
from core.access.standing import can
from core.activities.models import Activity, ActivityState
from core.communities.models import Community, Membership
from core.contract.manifest import ActivityType
from core.contract.registry import registry
from core.platform.db import db


def place_of(slug: str, activity_id: int | None, viewer_id: int | None) -> Place | None:
    """What an address means, with the viewer's membership: one query. None if nothing fits."""
    own = and_(Membership.community_id == Community.id, Membership.user_id == viewer_id)
    if activity_id is None:
        query = select(Community, Membership).outerjoin(Membership, own)
        row = db.session.execute(query.where(Community.slug == slug)).one_or_none()
        return Place(row[0], None, row[1]) if row else None
    found = db.session.execute(
        select(Activity, Membership)
        .join(Activity.community)
        .outerjoin(Membership, own)
        .options(contains_eager(Activity.community))
        .where(Community.slug == slug, Activity.id == activity_id)
    ).one_or_none()
    return Place(found[0].community, found[0], found[1]) if found else None


@dataclass(frozen=True)
class NavActivity:
    """An activity as a menu shows it."""

    activity: Activity
    type: ActivityType
    url: str
    unread: int = 0


def activities_of(community: Community, viewer: Viewer) -> list[Activity]:
    """The activities of a community that the viewer may know of, in order; kept for the request."""
    if "activities" not in g:
        types = registry().activity_types()
        on = registry().enabled_in(community.id)
        query = select(Activity).where(Activity.community_id == community.id)
        if not can(viewer, "activities.manage", community):
            query = query.where(Activity.state != ActivityState.DRAFT)
        found = db.session.scalars(query.order_by(Activity.position, Activity.id))
        g.activities = [a for a in found if a.plugin in on and (a.plugin, a.kind) in types]
    kept: list[Activity] = g.activities
    return kept


def nav_activities(community: Community, viewer: Viewer) -> list[NavActivity]:
    """Activities for the left column, grouped by form, with what is unread in each."""
    types = registry().activity_types()
    shown = [a for a in activities_of(community, viewer) if a.state != ActivityState.ARCHIVED]
    unread = unread_counts(shown, viewer)
    order = {key: place for place, key in enumerate(types)}
    shown.sort(key=lambda a: (order[a.plugin, a.kind], a.position, a.id))
    return [
        NavActivity(
            a,
            types[a.plugin, a.kind],
            url_for(types[a.plugin, a.kind].home, community=community, activity=a),
            unread.get(a.id, 0),
        )
        for a in shown
    ]


def unread_counts(activities: Sequence[Activity], viewer: Viewer) -> dict[int, int]:
    """How much the viewer has not seen, by activity; asks each form once."""
    counts: dict[int, int] = {}
    if not viewer.is_authenticated:
        return counts
    for (plugin, key), kind in registry().activity_types().items():
        mine = [a for a in activities if (a.plugin, a.kind) == (plugin, key)]
        if mine and kind.unread is not None:
            counts.update(kind.unread(mine, viewer))
    return counts
