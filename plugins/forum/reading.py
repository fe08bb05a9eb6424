"""Whose unread marks there are, and how they move on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, insert, literal, or_, select, update
from sqlalchemy.orm import aliased

from core.api import Activity, Actor, changed_for, db, operation, upsert, utcnow
from plugins.forum.models import Read, Reader, Topic

# An operation that is still being stored may bear an earlier time than one that is stored already.
GRACE = timedelta(minutes=10)


# In a query about a reader whose row is changed by the same statement.
Follower = aliased(Reader)


def unread_condition(reader: Any = Reader) -> ColumnElement[bool]:
    """For queries with a topic, its reader and (from the outside) how far they have read it."""
    return and_(
        Topic.visible,
        Topic.last_post_at > reader.since,
        or_(Read.number.is_(None), Read.number < Topic.last_number),
    )


@operation
def follow(actor: Actor, community_id: int, user_id: int, since: datetime) -> None:
    """Somebody became a member: what was written before counts as read."""
    key = {"user_id": user_id, "community_id": community_id}
    if db.session.get(Reader, key) is None:
        upsert(Reader, key, {"since": since})


@operation
def forget(actor: Actor, community_id: int, user_id: int) -> None:
    """Somebody is a member no longer: nothing is kept of what they read."""
    topics = (
        select(Topic.id)
        .join(Activity, Activity.id == Topic.activity_id)
        .where(Activity.community_id == community_id)
    )
    db.session.execute(delete(Read).where(Read.user_id == user_id, Read.topic_id.in_(topics)))
    db.session.execute(
        delete(Reader).where(Reader.user_id == user_id, Reader.community_id == community_id)
    )


@operation
def mark_read(actor: Actor, community_id: int, topic_id: int, number: int) -> None:
    """Note that somebody was shown a topic up to a post; never backwards."""
    upsert(
        Read, {"user_id": actor.id, "topic_id": topic_id}, {"number": number},
        where=Read.number < number,
    )  # fmt: skip
    _move_on(actor, community_id)
    changed_for([actor.id or 0], "unread")


@operation
def mark_unread(actor: Actor, topic_id: int, number: int) -> None:
    """Let a topic count as unread from a post on, to come back to it."""
    upsert(Read, {"user_id": actor.id, "topic_id": topic_id}, {"number": max(0, number - 1)})
    changed_for([actor.id or 0], "unread")


@operation
def mark_all_read(actor: Actor, activity: Activity) -> None:
    """Let everything that stands in a forum now count as read."""
    mine = and_(Read.topic_id == Topic.id, Read.user_id == actor.id)
    me = and_(Reader.user_id == actor.id, Reader.community_id == activity.community_id)
    last = select(Topic.last_number).where(Topic.id == Read.topic_id).scalar_subquery()
    here = select(Topic.id).where(Topic.activity_id == activity.id)
    db.session.execute(
        update(Read).where(Read.user_id == actor.id, Read.topic_id.in_(here)).values(number=last),
        execution_options={"synchronize_session": False},
    )
    missing = (
        select(literal(actor.id), Topic.id, Topic.last_number)
        .join(Reader, me)
        .outerjoin(Read, mine)
        .where(Topic.activity_id == activity.id, Read.topic_id.is_(None), unread_condition())
    )
    db.session.execute(insert(Read).from_select(["user_id", "topic_id", "number"], missing))
    _move_on(actor, activity.community_id)
    changed_for([actor.id or 0], "unread")


def _move_on(actor: Actor, community_id: int) -> None:
    """When nothing is unread any more, later counts need not look at what was written till now."""
    unread = (
        select(Topic.id)
        .join(Activity, Activity.id == Topic.activity_id)
        .join(Follower, Follower.community_id == Activity.community_id)
        .outerjoin(Read, and_(Read.topic_id == Topic.id, Read.user_id == Follower.user_id))
        .where(Follower.community_id == community_id, Follower.user_id == actor.id)
        .where(unread_condition(Follower))
    )
    horizon = utcnow() - GRACE
    db.session.execute(
        update(Reader)
        .where(
            Reader.community_id == community_id, Reader.user_id == actor.id,
            Reader.since < horizon, ~unread.exists(),
        )
        .values(since=horizon),
        execution_options={"synchronize_session": False},
    )  # fmt: skip
