"""Holding a poll, so that what is counted, closed or changed there happens one after the other."""

from __future__ import annotations

from sqlalchemy import select

from core.api import Missing, db
from plugins.polls.models import Poll
from plugins.polls.words import _


def held(activity_id: int) -> Poll:
    """The poll with its activity, read anew and held until the operation ends."""
    db.session.flush()
    query = (
        select(Poll)
        .where(Poll.activity_id == activity_id)
        .with_for_update(key_share=True, of=Poll)
        .execution_options(populate_existing=True)
    )
    poll = db.session.scalar(query)
    if poll is None:
        raise Missing(_("There is no such poll any more."))
    return poll


def find(activity_id: int) -> Poll:
    """The poll of an activity; raises Missing for one that has lost it."""
    poll = db.session.get(Poll, activity_id)
    if poll is None:
        raise Missing(_("There is no such poll any more."))
    return poll
