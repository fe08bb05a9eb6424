"""Who takes the next question: those who are there, are qualified, and have the least to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Row,
    ScalarSelect,
    Select,
    case,
    func,
    literal,
    or_,
    select,
)

from core.api import Content, User, db, holders_at, utcnow
from plugins.consultations.models import Consultant, Line, Question, QuestionState
from plugins.consultations.terms import today_in
from plugins.consultations.tutoring_models import Evidence, Ward

MONTH = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Load:
    """What somebody of a team has to do. ``waiting`` questions are for them now, ``lately`` were in
    thirty days. ``available``: the next question can be given to them."""

    user_id: int
    waiting: int
    lately: int
    available: bool
    qualified: bool
    away: bool


def loads_of(line: Line) -> Sequence[Load]:
    """The load of everybody in a team; one query."""
    day = today_in(line.zone_name)
    return [_load(row, line, day) for row in db.session.execute(_loads(line, day))]


def _loads(line: Line, day: date) -> Select[*tuple[Any, ...]]:
    waiting = case((Question.state == QuestionState.WAITING, 1), else_=0)
    lately = case((Content.created_at >= utcnow() - MONTH, 1), else_=0)
    return (
        select(Consultant, func.sum(waiting), func.sum(lately), qualified(line, day))
        .outerjoin(
            Question,
            (Question.consultant_id == Consultant.user_id) & (Question.line_id == line.id),
        )
        .outerjoin(Content, Content.id == Question.id)
        .where(Consultant.line_id == line.id)
        .group_by(Consultant.id)
        .order_by(Consultant.id)
    )


def _load(row: Row[*tuple[Any, ...]], line: Line, day: date) -> Load:
    consultant, waiting, lately, is_qualified = row
    away = consultant.is_away(day)
    room = consultant.most_open is None or (waiting or 0) < consultant.most_open
    fit = bool(is_qualified) or not line.needs_evidence
    return Load(
        user_id=consultant.user_id, waiting=waiting or 0, lately=lately or 0,
        available=room and fit and not away, qualified=bool(is_qualified), away=away,
    )  # fmt: skip


def qualified(line: Line, day: date) -> ScalarSelect[Any]:
    """Whether a consultant's qualification is recorded in the line's community and valid."""
    return (
        select(func.count() > 0)
        .select_from(Evidence)
        .where(
            Evidence.user_id == Consultant.user_id,
            Evidence.community_id == line.activity.community_id,
            valid_on(day),
        )
        .correlate(Consultant)
        .scalar_subquery()
    )


def valid_on(day: date) -> ColumnElement[bool]:
    """Evidence that qualifies on a day."""
    today = literal(day, Date)
    still = or_(Evidence.valid_until.is_(None), Evidence.valid_until >= today)
    return (Evidence.valid_from <= today) & still


def next_consultant(line: Line, asker_id: int | None, tutor_id: int | None) -> int | None:
    """Whom to give the next question: the asker's own tutor if they are there, else whoever has
    the least to do; None when nobody is there. The line is held."""
    there = [load for load in loads_of(line) if load.available and load.user_id != asker_id]
    if any(load.user_id == tutor_id for load in there):
        return tutor_id
    there.sort(key=lambda load: (load.waiting, load.lately, load.user_id))
    return there[0].user_id if there else None


def goes_on(line: Line, user_id: int | None) -> bool:
    """Whether somebody who answered before is there to go on, however much waits for them."""
    return any(
        load.user_id == user_id and not load.away
        and (load.qualified or not line.needs_evidence)
        for load in loads_of(line)
    )  # fmt: skip


def tutor_of(user_id: int | None, community_id: int, day: date) -> int | None:
    """The tutor who looks after somebody: personally first, then through their school. Whoever is
    no member of the community that day, or not qualified, is nobody's tutor there."""
    fit = select(Evidence.user_id).where(Evidence.community_id == community_id, valid_on(day))
    school = select(User.school_id).where(User.id == user_id).scalar_subquery()
    query = (
        select(Ward.tutor_id)
        .where(Ward.community_id == community_id, Ward.since <= day)
        .where(or_(Ward.until.is_(None), Ward.until >= day))
        .where(or_(Ward.user_id == user_id, Ward.school_id == school))
        .where(Ward.tutor_id.in_(holders_at(community_id, utcnow())), Ward.tutor_id.in_(fit))
        .order_by(Ward.user_id.is_(None), Ward.since.desc(), Ward.id.desc())
        .limit(1)
    )
    return db.session.scalar(query) if user_id is not None else None
