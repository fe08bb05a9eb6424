"""Rows below a poll, for the guard: None for what is elsewhere."""

from __future__ import annotations

from sqlalchemy import select

from core.api import Activity, Community, Content, current_viewer, db, visible_among
from plugins.polls.models import PollSection, Question


def section(activity: Activity, number: int) -> PollSection | None:
    """A section of this poll."""
    query = select(PollSection).where(
        PollSection.id == number, PollSection.activity_id == activity.id
    )
    return db.session.scalar(query)


def question(activity: Activity, number: int) -> Question | None:
    """A question of this poll."""
    query = select(Question).where(Question.id == number, Question.activity_id == activity.id)
    return db.session.scalar(query)


def content(community: Community, number: int) -> Content | None:
    """A content of this community that the viewer may see."""
    found = visible_among(current_viewer(), [number]).get(number)
    return found if found is not None and found.community_id == community.id else None
