"""Ballots as rows: storing what was answered, and reading one's own again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, insert, select

from core.api import Actor, db
from plugins.polls.kinds import KINDS
from plugins.polls.models import Answer, Ballot, Poll
from plugins.polls.structure import Answers, Structure

EMPTY: dict[str, Any] = {
    "option_id": None,
    "row_id": None,
    "number": None,
    "words": None,
    "file_id": None,
}


def store_answers(structure: Structure, ballot_id: int, answers: Answers) -> None:
    """The rows of a ballot, inside an operation."""
    rows = [
        EMPTY | row | {"ballot_id": ballot_id, "question_id": item.id}
        for item in structure.items
        if item.key in answers
        for row in KINDS[item.kind].store(answers[item.key])
    ]
    if rows:
        db.session.execute(insert(Answer), rows)


def forget_answers(ballot_id: int) -> None:
    """Make room for what somebody answers instead."""
    db.session.execute(delete(Answer).where(Answer.ballot_id == ballot_id))


def ballot_of(actor: Actor, poll: Poll, mark: str, school_id: int | None = None) -> Ballot | None:
    """What somebody, their browser or their school has answered; nothing in a secret poll."""
    query = select(Ballot).where(Ballot.activity_id == poll.activity_id)
    if school_id is not None:
        query = query.where(Ballot.school_id == school_id)
    elif actor.id is not None:
        query = query.where(Ballot.user_id == actor.id)
    elif mark:
        query = query.where(Ballot.mark == mark)
    else:
        return None
    return db.session.scalar(query.execution_options(populate_existing=True))


def answers_in(structure: Structure, ballot_id: int) -> dict[str, Any]:
    """The values of a ballot, as forms begin with them."""
    rows = db.session.scalars(
        select(Answer).where(Answer.ballot_id == ballot_id).order_by(Answer.id)
    )
    return values_of(structure, list(rows))


def values_of(structure: Structure, rows: Sequence[Answer]) -> dict[str, Any]:
    """The values of a ballot, out of its rows."""
    found: dict[int, list[Answer]] = {}
    for row in rows:
        found.setdefault(row.question_id, []).append(row)
    return {
        item.key: _value(item.kind, found[item.id]) for item in structure.items if item.id in found
    }


def _value(kind: str, rows: list[Answer]) -> Any:
    first = rows[0]
    match kind:
        case "one":
            return first.option_id
        case "many":
            return [row.option_id for row in rows]
        case "ranked":
            return [row.option_id for row in sorted(rows, key=lambda row: row.number or 0)]
        case "matrix":
            return {str(row.row_id): row.option_id for row in rows}
        case "file":
            return [row.file_id for row in rows]
        case "scale":
            return int(first.number or 0)
        case "number":
            return first.number
    return first.words
