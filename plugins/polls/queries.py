"""What those who run polls look up."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from core.api import Activity, User, db
from plugins.polls.models import Poll
from plugins.polls.running import silent


def silent_count(poll: Poll) -> int:
    """How many of those on the list have not answered."""
    return db.session.scalar(select(func.count()).select_from(silent(poll).subquery())) or 0


class People(NamedTuple):
    """Who set a poll up, and who closed it early."""

    author: User | None
    closer: User | None


def people_of(poll: Poll) -> People:
    """Who set a poll up, and who closed it; one query."""
    closer = aliased(User)
    query = (
        select(User, closer)
        .select_from(Poll)
        .join(Activity, Activity.id == Poll.activity_id)
        .outerjoin(User, User.id == Activity.author_id)
        .outerjoin(closer, closer.id == Poll.closed_by_id)
        .where(Poll.activity_id == poll.activity_id)
    )
    return People(*db.session.execute(query).one())
