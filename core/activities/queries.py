"""What is read of activities."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import g
from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    case,
    false,
    func,
    inspect,
    or_,
    select,
)
from sqlalchemy.orm import contains_eager, joinedload
from sqlalchemy.orm.util import identity_key

from core.access.actors import Viewer
from core.access.standing import can, known_standing, prepare_standings, standing_of
from core.activities.models import Activity, ActivityState
from core.admin.switches import prepare_switches
from core.communities.models import (
    Community,
    CommunityState,
    Membership,
    MembershipState,
    Visibility,
)
from core.contract.models import CommunityPlugin
from core.contract.registry import registry
from core.platform.conditions import among, one_of
from core.platform.db import Moment, db, entities, rows
from core.platform.paging import Page, paginate

# So many activities of one form stand in a menu and on a home page; the others on a list.
SHOWN_OF_A_FORM = 25
# So many activities of all one's communities are asked for their news.
ASKED_FOR_NEWS = 500
# So many of those open to all are named on the front page.
OPEN_SHOWN = 10

Form = tuple[str, str]


def may_look_inside(viewer: Viewer, community: Community) -> bool:
    """Whether somebody who may know of a community also sees what is done in it."""
    return community.visibility == "public" or not standing_of(viewer, community).is_guest


@dataclass(frozen=True)
class Shelf:
    """The activities of a community that are not in the archive.

    ``shown`` stand in the order of their forms; ``totals`` say how many of each form there are
    altogether; ``unavailable`` are those whose plugin is switched off or gone.
    """

    shown: list[Activity] = field(default_factory=list)
    totals: dict[Form, int] = field(default_factory=dict)
    unavailable: list[Activity] = field(default_factory=list)


def shelf_of(community: Community, viewer: Viewer) -> Shelf:
    """What of a community's activities the viewer may know; one query, kept for the request."""
    if "shelf" not in g:
        drafts = can(viewer, "activities.manage", community)
        g.shelf = _shelf(community.id, drafts) if may_look_inside(viewer, community) else Shelf()
    kept: Shelf = g.shelf
    return kept


def _shelf(community_id: int, drafts: bool) -> Shelf:
    order = {key: place for place, key in enumerate(registry().activity_types())}
    on = registry().enabled_in(community_id)
    shelf = Shelf()
    for activity, total in entities(RANKED[drafts], {"community": community_id}):
        key = (activity.plugin, activity.kind)
        if activity.plugin in on and key in order:
            shelf.shown.append(activity)
            shelf.totals[key] = total
        elif drafts:
            shelf.unavailable.append(activity)
    shelf.shown.sort(key=lambda a: order[a.plugin, a.kind])
    return shelf


def _ranked(*, drafts: bool) -> Select[*tuple[Any, ...]]:
    """The first activities of each form; put together once, with and without drafts."""
    hidden = [ActivityState.ARCHIVED] if drafts else [ActivityState.ARCHIVED, ActivityState.DRAFT]
    form = (Activity.plugin, Activity.kind)
    ranked = (
        select(
            Activity.id,
            func.row_number()
            .over(partition_by=form, order_by=(Activity.position, Activity.id))
            .label("place"),
            func.count().over(partition_by=form).label("total"),
        )
        .where(Activity.community_id == bindparam("community"), ~one_of(Activity.state, hidden))
        .subquery()
    )
    return (
        select(Activity, ranked.c.total)
        .join(ranked, ranked.c.id == Activity.id)
        .where(ranked.c.place <= SHOWN_OF_A_FORM)
        .order_by(Activity.position, Activity.id)
    )


RANKED = {drafts: _ranked(drafts=drafts) for drafts in (True, False)}


def with_places(ids: Collection[int]) -> dict[int, Activity]:
    """Activities with their communities, by their ids; one query at most."""
    if not ids:
        return {}
    with_community = joinedload(Activity.community)
    query = select(Activity).options(with_community).where(Activity.id.in_(ids))
    return {activity.id: activity for activity in db.session.scalars(query)}


def activities_by_id(ids: Collection[int]) -> dict[int, Activity]:
    """Activities by their ids: those that the page has read already, the others in one query."""
    session = db.session()
    found = {}
    for number in ids:
        activity = session.identity_map.get(identity_key(Activity, number))
        if activity is not None and not inspect(activity).expired:
            found[number] = activity
    return found | with_places([number for number in ids if number not in found])


def archived_in(community: Community) -> Page[Row[*tuple[Any, ...]]]:
    """A page of the archive, what came last first; unavailable ones are left out."""
    known = [key for key in registry().activity_types() if key[0] in _on(community)]
    query = select(Activity).where(
        Activity.community_id == community.id,
        Activity.state == ActivityState.ARCHIVED,
        or_(false(), *(_is_form(key) for key in known)),
    )
    return paginate(query.order_by(Activity.id.desc()))


def all_in(community: Community) -> Page[Row[*tuple[Any, ...]]]:
    """A page of everything that stands in a community, for those who manage it."""
    query = select(Activity).where(
        Activity.community_id == community.id, Activity.state != ActivityState.ARCHIVED
    )
    order = (Activity.plugin, Activity.kind, Activity.position, Activity.id)
    return paginate(query.order_by(*order))


def _on(community: Community) -> frozenset[str]:
    return registry().enabled_in(community.id)


def _is_form(key: Form) -> ColumnElement[bool]:
    return and_(Activity.plugin == key[0], Activity.kind == key[1])


def is_available(activity: Activity) -> bool:
    """Whether the plugin of an activity is there and on in its community."""
    known = (activity.plugin, activity.kind) in registry().activity_types()
    return known and activity.plugin in registry().enabled_in(activity.community_id)


def switched_on() -> ColumnElement[bool]:
    """Joins an activity to the switch of its plugin in its community."""
    return and_(
        CommunityPlugin.community_id == Activity.community_id,
        CommunityPlugin.plugin == Activity.plugin,
    )


def _under_way(limit: int) -> Select[Activity]:
    now, horizon = bindparam("now", type_=Moment), bindparam("horizon", type_=Moment)
    soon = or_(Activity.opens_at.between(now, horizon), Activity.closes_at.between(now, horizon))
    return (
        select(Activity)
        .join(Activity.community)
        .join(CommunityPlugin, switched_on())
        .options(contains_eager(Activity.community))
        .where(Activity.state == ActivityState.PUBLISHED)
        .order_by(case((soon, 0), else_=1), Activity.id.desc())
        .limit(limit)
    )


# Put together once, like those above: my day and the front page are opened all day long.
UNDER_WAY = _under_way(ASKED_FOR_NEWS).where(among(Activity.community_id, "communities"))
OPEN_TO_ALL = _under_way(OPEN_SHOWN).where(
    Community.visibility == Visibility.PUBLIC, Community.state == CommunityState.ACTIVE
)


@dataclass(frozen=True)
class UnderWay:
    """Published activities of many communities; ``whole`` if these are all there are."""

    activities: list[Activity]
    whole: bool


def activities_in(community_ids: Collection[int], now: datetime, horizon: datetime) -> UnderWay:
    """Published activities of many communities, those with a date until ``horizon`` first; one
    query, their communities with them."""
    facts = {"communities": list(community_ids), "now": now, "horizon": horizon}
    found = entities(UNDER_WAY, facts).scalars().all()
    return UnderWay(available(found), whole=len(found) < ASKED_FOR_NEWS)


def activities_open_to_all(now: datetime, horizon: datetime) -> list[Activity]:
    """Published activities of communities that everybody may read, in the same order."""
    return available(entities(OPEN_TO_ALL, {"now": now, "horizon": horizon}).scalars())


def available(found: Iterable[Activity]) -> list[Activity]:
    """Those whose plugin is there and on on the site."""
    on, types = registry().enabled_in(None), registry().activity_types()
    return [a for a in found if a.plugin in on and (a.plugin, a.kind) in types]


@dataclass(frozen=True)
class Waiting:
    """A community with requests that the viewer may decide on."""

    community: Community
    count: int


def _requests() -> Select[Community, int]:
    return (
        select(Community, func.count())
        .join(Membership, Membership.community_id == Community.id)
        .where(or_(among(Community.id, "communities"), among(Community.parent_id, "communities")))
        .where(Membership.state == MembershipState.REQUESTED)
        .where(Community.state == CommunityState.ACTIVE)
        .group_by(Community.id)
        .order_by(Community.title)
    )


REQUESTS = _requests()


def requests_waiting_for(viewer: Viewer, community_ids: Collection[int]) -> list[Waiting]:
    """Requests in these communities and their sub-communities; two queries and the switches, none
    for somebody of whom it is known that they may not decide in any of these."""
    if not any(_may_admit(viewer, number) for number in community_ids):
        return []
    facts = {"communities": list(community_ids)}
    found = [Waiting(community, count) for community, count in entities(REQUESTS, facts)]
    communities = [waiting.community for waiting in found]
    prepare_switches(c.id for c in communities)
    prepare_standings(viewer, communities)
    return [w for w in found if can(viewer, "communities.admit", w.community)]


def _may_admit(viewer: Viewer, community_id: int) -> bool:
    """Whether somebody perhaps decides on requests there, and so in what lies below it."""
    standing = known_standing(viewer, community_id)
    admit = registry().capabilities()["communities.admit"]
    return standing is None or bool(standing.granting(admit))


@dataclass(frozen=True)
class Relative:
    """A community above or below another, as a list shows it."""

    slug: str
    title: str
    member_count: int
    is_parent: bool


def relatives_of(community: Community, viewer: Viewer) -> list[Relative]:
    """The parent and the sub-communities that the viewer may know of; one query."""
    manages = can(viewer, "communities.manage", community)
    facts = {"community": community.id, "parent": community.parent_id}
    return [
        Relative(row.slug, row.title, row.member_count, row.id == community.parent_id)
        for row in rows(RELATIVES[manages], facts)
    ]


def _relatives(*, private: bool) -> Select[*tuple[Any, ...]]:
    of = (Community.parent_id == bindparam("community"), Community.id == bindparam("parent"))
    query = (
        select(Community.id, Community.slug, Community.title, Community.member_count)
        .where(or_(*of), Community.state == CommunityState.ACTIVE)
        .order_by(Community.title)
        .limit(SHOWN_OF_A_FORM)
    )
    return query if private else query.where(Community.visibility != Visibility.PRIVATE)


RELATIVES = {private: _relatives(private=private) for private in (True, False)}


@dataclass(frozen=True)
class Open:
    """Communities that everybody may know of, and how many there are besides those listed."""

    communities: list[Row[*tuple[Any, ...]]]
    total: int


def open_communities(limit: int) -> Open:
    """The largest of the communities that one can join; one query."""
    query = (
        select(
            Community.slug, Community.title, Community.summary, Community.subjects,
            Community.visibility, Community.member_count, Community.member_limit,
            func.count().over().label("total"),
        )
        .where(
            Community.state == CommunityState.ACTIVE,
            Community.visibility != Visibility.PRIVATE,
            Community.parent_id.is_(None),
        )
        .order_by(Community.member_count.desc(), Community.title)
        .limit(limit)
    )  # fmt: skip
    rows = list(db.session.execute(query))
    return Open(rows, rows[0].total if rows else 0)
