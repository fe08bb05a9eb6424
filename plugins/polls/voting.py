"""Answering: one voice each, in time to the second, whatever is sent how often."""

from __future__ import annotations

import enum

from sqlalchemy import delete, select, update

from core.api import (
    Activity,
    Actor,
    Conflict,
    DomainError,
    Refused,
    changed,
    db,
    operation,
    record,
    upsert,
    utcnow,
)
from plugins.polls import events
from plugins.polls.ballots import ballot_of, forget_answers, store_answers
from plugins.polls.electorate import write_list
from plugins.polls.filling import checked
from plugins.polls.handing import settle
from plugins.polls.locking import held
from plugins.polls.models import Ballot, Poll, Unfinished, Visitor, Voter
from plugins.polls.structure import Answers, Structure, structure_of
from plugins.polls.turns import Stand, Turn, opens_later, reason_of, turn_of, visitor_mark
from plugins.polls.urn import put_in
from plugins.polls.words import _


class Outcome(enum.StrEnum):
    """What became of an answer: KEPT says that an earlier one stands."""

    STORED = "stored"
    CHANGED = "changed"
    KEPT = "kept"


class Late(Conflict):
    """The poll closed while somebody was answering."""


@operation
def answer(actor: Actor, activity: Activity, answers: Answers, *, mark: str = "") -> Outcome:
    """Store what somebody answers, once: who sends it again changes it where that is allowed.

    ``mark`` knows a browser that came by the link. Raises Late when the poll is closed, Refused for
    whoever is not asked or may change nothing here, Incomplete when answers are missing or
    cannot be taken.
    """
    poll = held(activity.id)
    _ensure_open(poll)
    if poll.electorate is None and not poll.by_link:
        write_list(poll)
    turn = turn_of(actor, poll, mark)
    if turn.stand in (Stand.NOT_LISTED, Stand.GUEST, Stand.SHUT):
        raise Refused(reason_of(turn, poll))
    if turn.has_answered and not turn.changeable:
        return Outcome.KEPT
    structure = structure_of(poll.activity_id)
    given = checked(structure, answers)
    if turn.has_answered:
        _replace(actor, poll, structure, given, turn, mark)
        return Outcome.CHANGED
    if poll.is_secret:
        put_in(poll, given)
    else:
        _store(actor, poll, structure, given, turn, mark)
    _count(actor, poll, mark)
    settle(actor, poll, actor.id)
    return Outcome.STORED


def _ensure_open(poll: Poll) -> None:
    activity, now = poll.activity, utcnow()
    if activity.is_open(now):
        return
    if opens_later(activity):
        raise Late(_("This poll is not open yet."))
    raise Late(_("The poll has closed. Your answer came too late and is not counted."))


def _store(
    actor: Actor, poll: Poll, structure: Structure, given: Answers, turn: Turn, mark: str
) -> None:
    ballot = Ballot(
        activity_id=poll.activity_id, user_id=actor.id, school_id=turn.school_id,
        mark=mark if actor.id is None and mark else None, answered_at=utcnow(),
    )  # fmt: skip
    db.session.add(ballot)
    db.session.flush()
    store_answers(structure, ballot.id, given)


def _replace(
    actor: Actor, poll: Poll, structure: Structure, given: Answers, turn: Turn, mark: str
) -> None:
    ballot = ballot_of(actor, poll, mark, turn.school_id)
    if ballot is None:
        raise Conflict(_("Your answer was changed just now. Please look at it once more."))
    if ballot.user_id is None and ballot.mark is None:
        # Of a school whose first voice is forgotten: whoever speaks for it now goes on with it.
        ballot.user_id = actor.id
    forget_answers(ballot.id)
    store_answers(structure, ballot.id, given)
    ballot.answered_at = utcnow()
    forget_unfinished(actor, poll.activity_id, mark)
    # The ballot's own first: what it names belongs to it before the other's beginning lets go.
    for person in dict.fromkeys((ballot.user_id, actor.id)):
        settle(actor, poll, person)
    record(events.CHANGED, actor, activity=poll.activity)
    changed(poll.activity, "results")


def _count(actor: Actor, poll: Poll, mark: str) -> None:
    """Note that somebody took part, and nothing of what they answered."""
    poll.answer_count += 1
    if poll.by_link and (actor.id is None or poll.is_secret):
        db.session.add(Visitor(activity_id=poll.activity_id, mark=visitor_mark(actor, mark)))
    elif not poll.by_link:
        here = (Voter.activity_id == poll.activity_id, Voter.user_id == actor.id)
        db.session.execute(update(Voter).where(*here).values(answered=True))
    forget_unfinished(actor, poll.activity_id, mark)
    record(events.ANSWERED, actor, activity=poll.activity)
    changed(poll.activity, "results")


@operation
def keep(
    actor: Actor, activity: Activity, answers: Answers, section_id: int | None, *, mark: str = ""
) -> None:
    """Keep what somebody has answered so far, to go on with later, on another device too.

    Nothing is kept of a secret poll before it is sent. Raises Late when the poll is closed.
    """
    poll = held(activity.id)
    _ensure_open(poll)
    if poll.is_secret:
        raise DomainError(
            _("A secret poll is answered in one go: nothing is kept before you send it.")
        )
    turn = turn_of(actor, poll, mark)
    if not turn.shows_form:
        raise Refused(reason_of(turn, poll))
    key = {"activity_id": activity.id} | _whose(actor, mark)
    values = {"answers": dict(answers), "section_id": section_id, "saved_at": utcnow()}
    upsert(Unfinished, key, values)
    settle(actor, poll, actor.id)


def unfinished_of(actor: Actor, activity_id: int, mark: str = "") -> Unfinished | None:
    """What somebody has begun to answer."""
    if actor.id is None and not mark:
        return None
    return db.session.scalar(
        select(Unfinished).filter_by(activity_id=activity_id, **_whose(actor, mark))
    )


def forget_unfinished(actor: Actor, activity_id: int, mark: str = "") -> None:
    """Forget what somebody began, since it is sent, or thrown away."""
    if actor.id is not None or mark:
        db.session.execute(
            delete(Unfinished).filter_by(activity_id=activity_id, **_whose(actor, mark))
        )


def _whose(actor: Actor, mark: str) -> dict[str, int | str]:
    return {"user_id": actor.id} if actor.id is not None else {"mark": mark}


@operation
def begin_again(actor: Actor, activity: Activity, *, mark: str = "") -> None:
    """Throw away what one has begun to answer."""
    poll = held(activity.id)
    forget_unfinished(actor, activity.id, mark)
    settle(actor, poll, actor.id)
