"""Whether it is somebody's turn to answer, and if not, why."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, func, select

from core.api import Activity, Actor, Refused, db, ensure_open, rows, utcnow
from plugins.polls.models import Ballot, Poll, Visitor, Voter
from plugins.polls.words import _


class Stand(enum.StrEnum):
    """Where somebody stands with a poll."""

    MAY = "may"
    DONE = "done"
    SCHOOL_DONE = "school_done"
    NOT_LISTED = "not_listed"
    NOT_OPEN = "not_open"
    CLOSED = "closed"
    GUEST = "guest"
    SHUT = "shut"


@dataclass(frozen=True)
class Turn:
    """Where somebody stands with a poll; ``changeable``: they may still answer otherwise;
    ``shut``: why nobody changes anything in its place, or this person not yet."""

    stand: Stand
    changeable: bool = False
    school_id: int | None = None
    shut: str = ""

    @property
    def may_answer(self) -> bool:
        return self.stand is Stand.MAY

    @property
    def has_answered(self) -> bool:
        return self.stand in (Stand.DONE, Stand.SCHOOL_DONE)

    @property
    def shows_form(self) -> bool:
        return self.may_answer or self.changeable


def turn_of(actor: Actor, poll: Poll, mark: str = "") -> Turn:
    """Where somebody stands with a poll; one query at most, and one more for schools."""
    activity = poll.activity
    if actor.id is None and not (poll.by_link and mark):
        return Turn(Stand.GUEST)
    if poll.by_link:
        stand, school_id = _by_link(actor, poll, mark), None
    else:
        stand, school_id = _on_list(actor, poll)
    open_now = activity.is_open(utcnow())
    shut = _shut(actor, activity)
    changeable = (
        open_now
        and not shut
        and poll.changeable
        and not poll.is_secret
        and stand in (Stand.DONE, Stand.SCHOOL_DONE)
    )
    if stand is Stand.MAY and not open_now:
        stand = Stand.NOT_OPEN if opens_later(activity) else Stand.CLOSED
    elif stand is Stand.MAY and shut:
        stand = Stand.SHUT
    return Turn(stand, changeable, school_id, shut)


def _shut(actor: Actor, activity: Activity) -> str:
    try:
        ensure_open(actor, activity)
    except Refused as refusal:
        return str(refusal)
    return ""


def opens_later(activity: Activity) -> bool:
    """Whether it is a poll to come."""
    coming = activity.opens_at is not None and activity.opens_at > utcnow()
    return activity.state == "draft" or (activity.state == "published" and coming)


def _by_link(actor: Actor, poll: Poll, mark: str) -> Stand:
    place = Ballot.activity_id == poll.activity_id
    answered: Select[Any]
    if actor.id is not None and not poll.is_secret:
        answered = select(Ballot.id).where(place, Ballot.user_id == actor.id)
    else:
        here = Visitor.activity_id == poll.activity_id
        answered = select(Visitor.mark).where(here, Visitor.mark == visitor_mark(actor, mark))
    return Stand.DONE if db.session.scalar(answered) is not None else Stand.MAY


def visitor_mark(actor: Actor, mark: str) -> str:
    """What a browser, or a person whose name is not kept with their answer, is known by."""
    return f"person:{actor.id}" if actor.id is not None else mark


def _on_list(actor: Actor, poll: Poll) -> tuple[Stand, int | None]:
    if poll.electorate is None:
        return Stand.MAY, None
    here = Voter.activity_id == poll.activity_id
    mine = rows(
        select(Voter.school_id, Voter.answered).where(here, Voter.user_id == actor.id)
    ).first()
    if mine is None:
        return Stand.NOT_LISTED, None
    if not poll.by_school:
        return (Stand.DONE if mine.answered else Stand.MAY), None
    voted = and_(here, Voter.school_id == mine.school_id, Voter.answered)
    if not db.session.scalar(select(func.count()).select_from(Voter).where(voted)):
        return Stand.MAY, mine.school_id
    return (Stand.DONE if mine.answered else Stand.SCHOOL_DONE), mine.school_id


def reason_of(turn: Turn, poll: Poll) -> str:
    """Why somebody cannot answer, as a sentence with the next step; empty when they can."""
    match turn.stand:
        case Stand.GUEST if poll.by_link:
            # The link is the permission, so no page that everybody sees may tell it.
            return _("Open the link that you were given to answer, or sign in.")
        case Stand.GUEST:
            return _("Sign in to answer.")
        case Stand.NOT_LISTED:
            return _(
                "You are not among those who are asked: the list was settled when the poll opened."
            )
        case Stand.NOT_OPEN:
            return _("This poll is not open yet.")
        case Stand.CLOSED:
            return _("This poll is closed.")
        case Stand.SHUT:
            return turn.shut
        case Stand.SCHOOL_DONE:
            return _("Your school has answered already: each school has one voice here.")
        case Stand.DONE:
            return _("You have answered. Thank you!")
    return ""
