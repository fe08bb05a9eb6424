"""What the settings of a community show: its switches, and what it may be part of."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from core.access.actors import Viewer
from core.access.standing import can
from core.activities.models import Activity
from core.communities.models import Community, CommunityState
from core.communities.queries import communities_of
from core.contract.registry import registry
from core.platform.db import db


@dataclass(frozen=True)
class Switch:
    """A plugin with its switch here; ``activities`` is how many of its kind stand here."""

    name: str
    title: str
    summary: str
    icon: str
    hue: str
    enabled: bool
    activities: int
    has_settings: bool


def switches_of(community: Community) -> list[Switch]:
    """Every plugin that the site has on, by title."""
    on_site, on_here = registry().enabled_in(None), registry().enabled_in(community.id)
    standing = _activities_by_plugin(community)
    switches = []
    for name, plugin in registry().installed.items():
        if name in on_site:
            facts = plugin.manifest
            hue = facts.activity_types[0].hue if facts.activity_types else "slate"
            switches.append(
                Switch(
                    name, str(facts.title), str(facts.summary), facts.icon, hue,
                    name in on_here, standing.get(name, 0), facts.settings_in_communities,
                )
            )  # fmt: skip
    return sorted(switches, key=lambda s: s.title.casefold())


def _activities_by_plugin(community: Community) -> dict[str, int]:
    query = (
        select(Activity.plugin, func.count())
        .where(Activity.community_id == community.id)
        .group_by(Activity.plugin)
    )
    return dict(iter(db.session.execute(query)))


def possible_parents(community: Community, viewer: Viewer) -> list[tuple[int, str]]:
    """What a community may become a part of: others that the viewer manages, and its parent."""
    mine = [c.id for c in communities_of(viewer) if c.id != community.id]
    query = select(Community).where(
        Community.id.in_([*mine, community.parent_id or 0]),
        Community.state == CommunityState.ACTIVE,
        Community.parent_id.is_distinct_from(community.id),
    )
    return [
        (other.id, other.title)
        for other in db.session.scalars(query.order_by(Community.title))
        if other.id == community.parent_id or can(viewer, "communities.manage", other)
    ]
