"""Everything for which somebody settled how closely they follow it, as one page lists it.

The number of queries does not depend on how many lines there are.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import Row, Select, func, select

from core.access.actors import Viewer
from core.access.guard import Place, see
from core.access.standing import standing_of
from core.activities.models import Activity
from core.activities.news import address_of
from core.activities.operations import activity_type
from core.activities.queries import is_available, with_places
from core.communities.models import Community
from core.contents.among import communities_with_rights, seen_among
from core.contents.models import Content
from core.contents.queries import content_views, kind_title
from core.contract.manifest import ContentView
from core.contract.notices import Level
from core.errors import DomainError
from core.notices.models import Follow
from core.platform.db import db
from core.platform.i18n import core_domain
from core.platform.paging import Page, paginate

_ = core_domain.gettext

COMMUNITY_ID = func.coalesce(Content.community_id, Activity.community_id, Follow.community_id)


@dataclass(frozen=True, kw_only=True)
class Thing:
    """What is followed, as a line shows it; ``what`` and ``number`` stand in its menu's address."""

    what: str
    number: int
    title: str
    url: str
    kind: str
    icon: str
    hue: str
    place: str = ""


@dataclass(frozen=True, kw_only=True)
class Followed:
    """A level that somebody settled; ``thing`` is None where they may not see it any more."""

    id: int
    level: Level
    thing: Thing | None


@dataclass(frozen=True)
class Wanted:
    """What of it somebody looks for: in a community, by its address, and with a level."""

    community: str = ""
    level: Level | None = None

    def __bool__(self) -> bool:
        return bool(self.community) or self.level is not None


def settled_in(viewer: Viewer) -> dict[int, Community]:
    """The communities in which somebody settled anything, as far as they may look inside."""
    query = _with_places(select(COMMUNITY_ID.label("community"))).where(Follow.user_id == viewer.id)
    found = communities_with_rights(viewer, db.session.scalars(query.distinct()))
    return {number: one for number, one in found.items() if _is_open(viewer, one)}


def followed(
    viewer: Viewer, wanted: Wanted, communities: dict[int, Community]
) -> Page[Followed]:  # fmt: skip
    """A page of what somebody settled, the latest first; ``communities`` as of settled_in()."""
    query = _with_places(select(Follow)).where(Follow.user_id == viewer.id)
    if wanted.community:
        these = [number for number, one in communities.items() if one.slug == wanted.community]
        query = query.where(COMMUNITY_ID.in_(these))
    if wanted.level is not None:
        query = query.where(Follow.level == int(wanted.level))
    page = paginate(query.order_by(Follow.id.desc()))
    return Page(_lines(viewer, page.items, communities), page.number, page.total, page.size)


def _with_places(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return (
        query.select_from(Follow)
        .outerjoin(Content, Content.id == Follow.content_id)
        .outerjoin(Activity, Activity.id == Follow.activity_id)
    )


def _lines(
    viewer: Viewer, found: Sequence[Row[Any]], communities: dict[int, Community]
) -> list[Followed]:
    follows: list[Follow] = [row[0] for row in found]
    things = {
        **_contents(
            viewer, [f.content_id for f in follows if f.content_id is not None], communities
        ),
        **_activities(viewer, [f.activity_id for f in follows if f.activity_id is not None]),
        **_communities(communities),
    }
    return [Followed(id=f.id, level=Level(f.level), thing=things.get(_key(f))) for f in follows]


Key = tuple[str, int]


def _key(follow: Follow) -> Key:
    if follow.content_id is not None:
        return "content", follow.content_id
    if follow.activity_id is not None:
        return "activity", follow.activity_id
    return "community", follow.community_id or 0


def _contents(
    viewer: Viewer, ids: Collection[int], communities: dict[int, Community]
) -> dict[Key, Thing]:
    seen = seen_among(viewer, ids)
    views = content_views({number: content.kind for number, content in seen.items()})
    return {
        ("content", number): _of_content(content, views[number], communities[place])
        for number, content in seen.items()
        if number in views and (place := content.community_id or 0) in communities
    }


def _of_content(content: Content, view: ContentView, community: Community) -> Thing:
    activity = content.activity
    form = activity_type(activity) if activity is not None else None
    return Thing(
        what="content", number=content.id, title=str(view.title), url=view.url,
        kind=kind_title(content.kind), icon=form.icon if form else "file-earmark-text",
        hue=form.hue if form else "slate",
        place=" · ".join([activity.title, community.title] if activity else [community.title]),
    )  # fmt: skip


def _activities(viewer: Viewer, ids: Collection[int]) -> dict[Key, Thing]:
    return {
        ("activity", number): _of_activity(activity)
        for number, activity in with_places(ids).items()
        if is_available(activity) and _is_open(viewer, activity.community, activity)
    }


def _of_activity(activity: Activity) -> Thing:
    form = activity_type(activity)
    return Thing(
        what="activity", number=activity.id, title=activity.title, url=address_of(activity),
        kind=str(form.title), icon=form.icon, hue=form.hue, place=activity.community.title,
    )  # fmt: skip


def _communities(communities: dict[int, Community]) -> dict[Key, Thing]:
    return {
        ("community", number): Thing(
            what="community", number=number, title=one.title, kind=_("Community"), icon="people",
            hue="teal", url=url_for("communities.home", community=one),
        )
        for number, one in communities.items()
    }  # fmt: skip


def _is_open(viewer: Viewer, community: Community, activity: Activity | None = None) -> bool:
    """Whether somebody may still settle how closely they follow this."""
    try:
        see(viewer, Place(community, activity))
    except DomainError:
        return False
    return not standing_of(viewer, community).is_guest
