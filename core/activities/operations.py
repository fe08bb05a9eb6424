"""Changes of activities, whatever their form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from core.access.actors import Actor
from core.activities import kinds
from core.activities.models import Activity, ActivityState
from core.communities.models import Community
from core.contents.models import Content
from core.contract.manifest import ActivityType
from core.contract.registry import registry
from core.errors import DomainError
from core.events.log import record
from core.platform.db import HOLD, db, operation
from core.platform.i18n import core_domain

_ = core_domain.gettext


@dataclass(frozen=True)
class Term:
    """From when until when one can act in an activity; None leaves that end open."""

    opens_at: datetime | None = None
    closes_at: datetime | None = None

    def check(self) -> None:
        """Raise DomainError for a term that ends before it begins."""
        if self.opens_at and self.closes_at and self.closes_at <= self.opens_at:
            raise DomainError(_("It closes before it opens. Check the dates."))


def activity_type(activity: Activity) -> ActivityType:
    """The form of an activity; raises KeyError when its plugin is gone."""
    return registry().activity_types()[activity.plugin, activity.kind]


@operation
def create_activity(
    actor: Actor, community: Community, plugin: str, kind: str, title: str, form: Any = None,
    *, state: ActivityState = ActivityState.PUBLISHED, term: Term = Term(),
) -> Activity:  # fmt: skip
    """Set up one activity of some form in a community, behind those of its form that are there.

    ``form`` holds the form's own settings. Raises DomainError for an impossible term.
    """
    term.check()
    activity = Activity(
        community_id=community.id, community=community, plugin=plugin, kind=kind, title=title,
        state=state, author_id=actor.id, opens_at=term.opens_at, closes_at=term.closes_at,
        position=_next_position(community, plugin, kind),
    )  # fmt: skip
    db.session.add(activity)
    db.session.flush()
    activity_type(activity).saved(actor, activity, form)
    record(kinds.CREATED, actor, activity=activity, title=title)
    return activity


def _next_position(community: Community, plugin: str, kind: str) -> int:
    last = db.session.scalar(
        select(func.max(Activity.position)).where(
            Activity.community_id == community.id,
            Activity.plugin == plugin,
            Activity.kind == kind,
        )
    )
    return 0 if last is None else last + 1


@operation
def change_activity(actor: Actor, activity: Activity, title: str, term: Term, form: Any) -> None:
    """Change an activity's name, term and settings. Raises DomainError for an impossible term."""
    term.check()
    activity.title, activity.opens_at, activity.closes_at = title, term.opens_at, term.closes_at
    activity_type(activity).saved(actor, activity, form)
    record(kinds.CHANGED, actor, activity=activity)


@operation
def set_activity_state(actor: Actor, activity: Activity, state: ActivityState) -> None:
    """Publish a draft, put something into the archive, or take it out again.

    Raises DomainError for a draft that its form does not find ready.
    """
    if activity.state == state:
        return
    if activity.state == ActivityState.DRAFT and state == ActivityState.PUBLISHED:
        _ensure_ready(activity)
    activity.state = state
    named = {ActivityState.PUBLISHED: kinds.PUBLISHED, ActivityState.ARCHIVED: kinds.ARCHIVED}
    record(named.get(state, kinds.CHANGED), actor, activity=activity)


def _ensure_ready(activity: Activity) -> None:
    form_type = registry().activity_types().get((activity.plugin, activity.kind))
    if form_type is not None and form_type.publishing is not None:
        form_type.publishing(activity)


@operation
def move_activity(actor: Actor, activity: Activity, steps: int) -> None:
    """Show an activity further up (negative) or down among those of its form."""
    # Held, so that two people who sort at once do not undo each other's order.
    db.session.scalar(
        select(Community.id)
        .where(Community.id == activity.community_id)
        .with_for_update(key_share=True)
    )
    query = (
        select(Activity)
        .where(
            Activity.community_id == activity.community_id,
            Activity.plugin == activity.plugin,
            Activity.kind == activity.kind,
            Activity.state != ActivityState.ARCHIVED,
        )
        .order_by(Activity.position, Activity.id)
        .execution_options(populate_existing=True)
    )
    siblings = list(db.session.scalars(query))
    if activity not in siblings:
        return
    place = siblings.index(activity)
    siblings.remove(activity)
    siblings.insert(max(0, place + steps), activity)
    for position, sibling in enumerate(siblings):
        sibling.position = position
    record(kinds.MOVED, actor, activity=activity)


@operation
def delete_activity(actor: Actor, activity: Activity) -> None:
    """Delete a draft in which nobody has written anything; all else can only be archived."""
    db.session.refresh(activity, with_for_update=HOLD)
    if activity.state != ActivityState.DRAFT or has_contents(activity):
        raise DomainError(_("Only an empty draft can be deleted. Archive it: nothing is lost."))
    record(
        kinds.DELETED, actor, community=activity.community,
        title=activity.title, plugin=activity.plugin, form=activity.kind,
    )  # fmt: skip
    db.session.delete(activity)


def has_contents(activity: Activity) -> bool:
    """Whether anybody has written or uploaded anything here."""
    query = select(Content.id).where(Content.activity_id == activity.id).limit(1)
    return db.session.scalar(query) is not None
