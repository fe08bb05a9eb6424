"""What discussions, posts and problems are found by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from core.api import SearchText, db
from plugins.forum.models import Problem, ProblemState, Topic


def topics(ids: Sequence[int]) -> Mapping[int, SearchText]:
    """Titles and decisions; of discussions that were merged the others are found."""
    query = select(Topic.id, Topic.title, Topic.decision).where(
        Topic.id.in_(ids), Topic.merged_into_id.is_(None)
    )
    return {
        row.id: SearchText(title=row.title, body=row.decision) for row in db.session.execute(query)
    }


def problems(ids: Sequence[int]) -> Mapping[int, SearchText]:
    """Problems of the agenda, but for those that were cancelled."""
    query = select(Problem.id, Problem.title, Problem.body).where(
        Problem.id.in_(ids), Problem.state != ProblemState.CANCELLED
    )
    return {row.id: SearchText(title=row.title, body=row.body) for row in db.session.execute(query)}
