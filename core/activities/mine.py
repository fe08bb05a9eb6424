"""The activities of one form that somebody takes part in, wherever they stand."""

from __future__ import annotations

from sqlalchemy import Select, select

from core.access.actors import Viewer
from core.access.models import Appointment, Role
from core.activities.models import Activity, ActivityState
from core.communities.models import Community, CommunityState
from core.communities.queries import in_term
from core.contract.manifest import GUEST
from core.contract.models import CommunityPlugin


def own_activity_ids(viewer: Viewer, plugin: str) -> Select[int]:
    """Published activities of a plugin in the viewer's communities that have it switched on.

    A query to narrow another one with: ``Topic.activity_id.in_(own_activity_ids(viewer, "forum"))``.
    """
    places = (
        select(Role.community_id)
        .join(Appointment, Appointment.role_id == Role.id)
        .where(Appointment.user_id == viewer.id, Role.archetype != GUEST)
    )
    query: Select[int] = (
        select(Activity.id)
        .join(Community, Community.id == Activity.community_id)
        .join(
            CommunityPlugin,
            (CommunityPlugin.community_id == Community.id)
            & (CommunityPlugin.plugin == Activity.plugin),
        )
        .where(
            Activity.plugin == plugin, Activity.state == ActivityState.PUBLISHED,
            Community.state == CommunityState.ACTIVE, Community.id.in_(in_term(places)),
        )
    )  # fmt: skip
    return query
