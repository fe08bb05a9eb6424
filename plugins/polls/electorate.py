"""Who may answer: the list that is settled when a poll opens, and does not change afterwards."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, literal, select

from core.api import Activity, Actor, Community, School, User, db, holders_at, operation, utcnow
from plugins.polls.locking import held
from plugins.polls.models import Audience, Poll, Voter


@operation
def settle(actor: Actor, activity_id: int) -> None:
    """Settle the list of a poll that has opened; nothing happens before, or twice."""
    poll = held(activity_id)
    if poll.electorate is None and not poll.by_link and poll.activity.is_open(utcnow()):
        write_list(poll)


def write_list(poll: Poll) -> None:
    """Put everybody on the list who belonged there when the poll opened; the poll is held.

    Whoever came or went since then makes no difference, however late this is done.
    """
    chosen = _chosen(poll, _opening(poll.activity))
    columns = ["activity_id", "user_id", "school_id", "category", "answered"]
    db.session.execute(insert(Voter).from_select(columns, chosen))
    voices = func.count(Voter.school_id.distinct()) if poll.by_school else func.count()
    poll.electorate = db.session.scalar(
        select(voices).select_from(Voter).where(Voter.activity_id == poll.activity_id)
    )
    db.session.flush()


def _opening(activity: Activity) -> datetime:
    """When a poll that is open now opened: by its date, or when it was published."""
    published = activity.changed_at or activity.created_at
    return min(max(activity.opens_at or published, activity.created_at), utcnow())


def _chosen(poll: Poll, moment: datetime) -> Select[*tuple[Any, ...]]:
    community_id = poll.activity.community_id
    keys = poll.audience_keys if poll.audience == Audience.ROLES else ()
    query = (
        select(
            literal(poll.activity_id), User.id, User.school_id,
            func.coalesce(School.category, ""), literal(False),
        )
        .outerjoin(School, School.id == User.school_id)
        .where(User.state == "active", User.id.in_(holders_at(community_id, moment, keys)))
    )  # fmt: skip
    if poll.audience == Audience.CATEGORIES:
        query = query.where(School.category.in_(poll.audience_keys))
    return query.where(User.school_id.is_not(None)) if poll.by_school else query


def categories_in(community: Community) -> list[str]:
    """The categories of the schools at which people of a community work."""
    query = (
        select(School.category)
        .join(User, User.school_id == School.id)
        .where(User.id.in_(holders_at(community.id, utcnow())), School.category != "")
    )
    return list(db.session.scalars(query.distinct().order_by(School.category)))
