"""Polls on the pages of others: in a discussion, at a meeting, on any page about a content."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from core.api import (
    Activity,
    Actor,
    Community,
    Content,
    DomainError,
    db,
    entities,
    operation,
    record,
    rows,
)
from plugins.polls import events
from plugins.polls.locking import held
from plugins.polls.models import Audience, Place, Poll
from plugins.polls.words import _

MOST = 3
OFFERED = 100

# Put together once: every page about a content asks, and hardly any has a poll.
ANY_PLACED = select(Place.activity_id).where(Place.content_id == bindparam("content")).limit(1)
PLACED = (
    select(Poll)
    .join(Place, Place.activity_id == Poll.activity_id)
    .where(Place.content_id == bindparam("content"))
    .order_by(Place.activity_id)
)


@operation
def put(actor: Actor, activity: Activity, content: Content) -> None:
    """Let a poll stand on the page of a content too. Twice is once."""
    poll = held(activity.id)
    if poll.by_link:
        raise DomainError(_("A poll that is answered by its link alone stands on no page."))
    if content.community_id != poll.activity.community_id:
        raise DomainError(_("A poll can only stand in its own community."))
    key = {"content_id": content.id, "activity_id": activity.id}
    if db.session.get(Place, key) is not None:
        return
    there = db.session.scalars(select(Place).where(Place.content_id == content.id)).all()
    if len(there) >= MOST:
        raise DomainError(_("Three polls stand here already. Take one off first."))
    db.session.add(Place(**key))
    record(events.PLACED, actor, activity=poll.activity, content=content)


@operation
def take_off(actor: Actor, activity: Activity, content: Content) -> None:
    """Take a poll off a page; the poll itself stays."""
    place = db.session.get(Place, {"content_id": content.id, "activity_id": activity.id})
    if place is not None:
        db.session.delete(place)
        record(events.REMOVED, actor, activity=activity, content=content)


def placed_on(content_id: int) -> Sequence[Poll]:
    """The polls that stand on the page of a content; one query where there are none, else two."""
    facts = {"content": content_id}
    if rows(ANY_PLACED, facts).first() is None:
        return []
    found = entities(PLACED, facts).scalars()
    return [poll for poll in found if poll.activity.state != "draft"]


def placeable(community: Community) -> Sequence[Activity]:
    """The polls of a community that can be put onto pages, the latest first."""
    query = (
        select(Activity)
        .join(Poll, Poll.activity_id == Activity.id)
        .where(Activity.community_id == community.id, Activity.state == "published")
        .where(Poll.audience != Audience.LINK)
        .order_by(Activity.id.desc())
        .limit(OFFERED)
    )
    return db.session.scalars(query).all()
