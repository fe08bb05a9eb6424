"""The activities of one form that somebody takes part in, wherever they stand."""

from __future__ import annotations

import functools
from typing import Any

from sqlalchemy import Select, bindparam, or_, select

from core.access.actors import Viewer
from core.access.models import Appointment, Role
from core.activities.models import Activity, ActivityState
from core.communities.models import Community, CommunityState
from core.contract.manifest import GUEST
from core.contract.models import CommunityPlugin
from core.platform.db import Moment, utcnow


@functools.cache
def own_activity_ids(plugin: str) -> Select[int]:
    """Published activities of a plugin in the viewer's communities that have it switched on.

    A query to narrow another one with: ``Topic.activity_id.in_(own_activity_ids("forum"))``. It is
    made once, because it is asked on every page; execute it with the parameters of :func:`mine`.
    """
    now = bindparam("now", type_=Moment)
    places = (
        select(Role.community_id)
        .join(Appointment, Appointment.role_id == Role.id)
        .where(Appointment.user_id == bindparam("viewer_id"), Role.archetype != GUEST)
        .where(Appointment.starts_at <= now)
        .where(or_(Appointment.ends_at.is_(None), Appointment.ends_at > now))
    )
    switched_on = (CommunityPlugin.community_id == Community.id) & (
        CommunityPlugin.plugin == Activity.plugin
    )
    return (
        select(Activity.id)
        .join(Community, Community.id == Activity.community_id)
        .join(CommunityPlugin, switched_on)
        .where(
            Activity.plugin == plugin,
            Activity.state == ActivityState.PUBLISHED,
            Community.state == CommunityState.ACTIVE,
            Community.id.in_(places),
        )
    )


def mine(viewer: Viewer) -> dict[str, Any]:
    """The parameters of a query with :func:`own_activity_ids` in it: ``viewer_id``, ``now``."""
    return {"viewer_id": viewer.id, "now": utcnow()}
