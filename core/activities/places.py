"""Where addresses and numbers lead: a community or an activity, as somebody comes to it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, bindparam, select
from sqlalchemy.orm import contains_eager

from core.access.guard import Place
from core.activities.models import Activity
from core.admin.switches import keep_switches
from core.communities.models import Community, Membership
from core.contract.models import names_off, names_on
from core.platform.conditions import among
from core.platform.db import db, entities


def _own() -> ColumnElement[bool]:
    return and_(Membership.community_id == Community.id, Membership.user_id == bindparam("viewer"))


# Both say beside the place which plugins are on there, as every page asks.
SWITCHES = (names_off().label("off"), names_on(Community.id).label("on"))
# Put together once: every page of a community begins with one of them.
COMMUNITY = (
    select(Community, Membership, *SWITCHES)
    .outerjoin(Membership, _own())
    .where(Community.slug == bindparam("slug"))
)
ACTIVITY = (
    select(Activity, Membership, *SWITCHES)
    .join(Activity.community)
    .outerjoin(Membership, _own())
    .options(contains_eager(Activity.community))
    .where(Community.slug == bindparam("slug"), Activity.id == bindparam("activity"))
)


BY_NUMBER = (
    select(Activity, Membership)
    .join(Activity.community)
    .outerjoin(Membership, _own())
    .options(contains_eager(Activity.community))
    .where(Activity.id == bindparam("activity"))
)
ALONE = (
    select(Activity)
    .join(Activity.community)
    .options(contains_eager(Activity.community))
    .where(Activity.id == bindparam("activity"))
)
MEMBERSHIPS = select(Membership).where(
    Membership.community_id == bindparam("community"),
    among(Membership.user_id, "viewers"),
)
COMMUNITY_BY_NUMBER = (
    select(Community, Membership)
    .outerjoin(Membership, _own())
    .where(Community.id == bindparam("community"))
)


def place_of(slug: str, activity_id: int | None, viewer_id: int | None) -> Place | None:
    """What an address means, with the viewer's membership: one query, which reads the switches of
    plugins there, too. None if nothing fits."""
    facts = {"slug": slug, "viewer": viewer_id}
    if activity_id is None:
        row = entities(COMMUNITY, facts).one_or_none()
        return _entered(row[0], None, *row[1:]) if row else None
    found = entities(ACTIVITY, facts | {"activity": activity_id}).one_or_none()
    return _entered(found[0].community, *found) if found else None


def _entered(
    community: Community,
    activity: Activity | None,
    membership: Membership | None,
    off: str | None,
    on: str | None,
) -> Place:
    keep_switches(off, community.id, on)
    return Place(community, activity, membership)


def place_of_activity(number: int, viewer_id: int | None) -> Place | None:
    """Where an activity stands, for what comes over a socket; one query."""
    facts = {"activity": number, "viewer": viewer_id}
    found = entities(BY_NUMBER, facts).one_or_none()
    return Place(found[0].community, found[0], found[1]) if found else None


def places_of_activity(number: int, viewer_ids: Collection[int]) -> dict[int, Place]:
    """The same for many people at once, by their ids; two queries."""
    activity = entities(ALONE, {"activity": number}).scalar_one_or_none()
    return _places_for(activity.community, activity, viewer_ids) if activity else {}


def places_of_community(number: int, viewer_ids: Collection[int]) -> dict[int, Place]:
    """A community as a whole for many people at once, by their ids; two queries."""
    community = db.session.get(Community, number)
    return _places_for(community, None, viewer_ids) if community else {}


def _places_for(
    community: Community, activity: Activity | None, viewer_ids: Collection[int]
) -> dict[int, Place]:
    facts = {"community": community.id, "viewers": list(viewer_ids)}
    members = {member.user_id: member for member in entities(MEMBERSHIPS, facts).scalars()}
    return {viewer: Place(community, activity, members.get(viewer)) for viewer in viewer_ids}


def place_of_community(number: int, viewer_id: int | None) -> Place | None:
    """The same for a community as a whole."""
    facts = {"community": number, "viewer": viewer_id}
    row = entities(COMMUNITY_BY_NUMBER, facts).one_or_none()
    return Place(row[0], None, row[1]) if row else None
