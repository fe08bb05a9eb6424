"""The urn of a secret poll.

Who took part is a mark on the list of voters; what was answered lies in the urn, with nothing
beside it. Every ballot that comes in is mixed with the others and all are sealed as one piece of
bytes, so that neither numbers nor order, times or transactions of rows say which came when; two
copies of the database, taken before and after a vote, differ in a mark and in bytes that nobody
can read. The urn is opened when the poll has closed: then its ballots become rows, in an order of
chance.
"""

from __future__ import annotations

import json
import secrets
from typing import Any

from sqlalchemy import select

from core.api import Actor, Conflict, DomainError, SealBroken, db, operation, seal, unseal, utcnow
from plugins.polls.ballots import store_answers
from plugins.polls.locking import held
from plugins.polls.models import Ballot, Poll, Urn
from plugins.polls.structure import Answers, structure_of
from plugins.polls.words import _

CHANCE = secrets.SystemRandom()


def put_in(poll: Poll, answers: Answers) -> None:
    """Add a ballot, inside an operation that holds the poll."""
    if _was_opened(poll):
        raise Conflict(_("The votes have been counted. Nobody can vote here any more."))
    urn = db.session.get(Urn, poll.activity_id, populate_existing=True)
    ballots = _content(urn) if urn is not None else []
    ballots.append(dict(answers))
    CHANCE.shuffle(ballots)
    sealed = seal(_purpose(poll.activity_id), json.dumps(ballots, ensure_ascii=False).encode())
    if urn is None:
        db.session.add(Urn(activity_id=poll.activity_id, sealed=sealed))
    else:
        urn.sealed = sealed


@operation
def open_urn(actor: Actor, activity_id: int) -> None:
    """Make rows of the ballots of a poll that has closed; nothing happens before, or twice."""
    poll = held(activity_id)
    urn = db.session.get(Urn, activity_id, populate_existing=True)
    if urn is None or not has_closed(poll):
        return
    structure = structure_of(activity_id)
    ballots = _content(urn)
    CHANCE.shuffle(ballots)
    for answers in ballots:
        ballot = Ballot(activity_id=activity_id)
        db.session.add(ballot)
        db.session.flush()
        store_answers(structure, ballot.id, answers)
    db.session.delete(urn)


def _was_opened(poll: Poll) -> bool:
    counted = select(Ballot.id).where(Ballot.activity_id == poll.activity_id).limit(1)
    return db.session.scalar(counted) is not None


def has_closed(poll: Poll) -> bool:
    """Whether nobody can answer any more, for good: its time is over, or it is in the archive."""
    activity = poll.activity
    over = activity.closes_at is not None and activity.closes_at <= utcnow()
    return over or activity.state == "archived"


def is_sealed(activity_id: int) -> bool:
    """Whether a poll's ballots lie in its urn still."""
    return (
        db.session.scalar(select(Urn.activity_id).where(Urn.activity_id == activity_id)) is not None
    )


def _content(urn: Urn) -> list[dict[str, Any]]:
    try:
        ballots: list[dict[str, Any]] = json.loads(unseal(_purpose(urn.activity_id), urn.sealed))
    except SealBroken as error:
        raise DomainError(
            _(
                "The votes are sealed with another secret key of this site than it has now. "
                "Nothing is lost: the administrator has to put the former key back."
            )
        ) from error
    return ballots


def _purpose(activity_id: int) -> str:
    return f"polls.urn:{activity_id}"
