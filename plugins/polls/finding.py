"""Rows below a poll, for the guard: None for what is elsewhere."""

from __future__ import annotations

from sqlalchemy import select

from core.api import Activity, Community, Content, Missing, current_viewer, db, visible_among
from plugins.polls.models import Answer, Ballot, PollSection, Question
from plugins.polls.words import _


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


def answer(activity: Activity, number: int) -> Answer | None:
    """A piece of a ballot of this poll."""
    here = select(Answer).join(Ballot, Ballot.id == Answer.ballot_id)
    return db.session.scalar(here.where(Answer.id == number, Ballot.activity_id == activity.id))


def content(community: Community, number: int) -> Content | None:
    """A content of this community; whether the viewer may see it is for the view to check."""
    query = select(Content).where(Content.id == number, Content.community_id == community.id)
    return db.session.scalar(query)


def seen(content: Content) -> Content:
    """The content, once it is certain that the viewer may see it. Raises Missing."""
    if content.id not in visible_among(current_viewer(), [content.id]):
        raise Missing(_("There is no such page, or it is not open to you."))
    return content
