"""Changes of activities, whatever their form."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.access.actors import Actor
from core.activities import kinds
from core.activities.models import Activity, ActivityState
from core.communities.models import Community
from core.contract.manifest import ActivityType
from core.contract.registry import registry
from core.errors import DomainError
from core.events.log import record
from core.platform.db import db, operation
from core.platform.i18n import core_domain

_ = core_domain.gettext


def activity_type(activity: Activity) -> ActivityType:
    """The form of an activity; raises KeyError when its plugin is gone."""
    return registry().activity_types()[activity.plugin, activity.kind]


@operation
def create_activity(
    actor: Actor, community: Community, plugin: str, kind: str, title: str, form: Any = None,
    *, state: ActivityState = ActivityState.PUBLISHED,
) -> Activity:  # fmt: skip
    """Set up one activity of some form in a community; ``form`` holds the form's own settings."""
    activity = Activity(
        community_id=community.id, community=community, plugin=plugin, kind=kind, title=title,
        state=state, author_id=actor.id,
    )  # fmt: skip
    db.session.add(activity)
    db.session.flush()
    activity_type(activity).saved(actor, activity, form)
    record(kinds.CREATED, actor, activity=activity, title=title)
    return activity


@operation
def change_activity(
    actor: Actor,
    activity: Activity,
    title: str,
    opens_at: datetime | None,
    closes_at: datetime | None,
    form: Any,
) -> None:
    """Change an activity's name, dates and settings. Raises DomainError for an impossible term."""
    if opens_at and closes_at and closes_at <= opens_at:
        raise DomainError(_("It closes before it opens. Check the dates."))
    activity.title, activity.opens_at, activity.closes_at = title, opens_at, closes_at
    activity_type(activity).saved(actor, activity, form)
    record(kinds.CHANGED, actor, activity=activity)


@operation
def set_activity_state(actor: Actor, activity: Activity, state: ActivityState) -> None:
    """Publish a draft, put something into the archive, or take it out again."""
    activity.state = state
    named = {ActivityState.PUBLISHED: kinds.PUBLISHED, ActivityState.ARCHIVED: kinds.ARCHIVED}
    record(named.get(state, kinds.CHANGED), actor, activity=activity)
