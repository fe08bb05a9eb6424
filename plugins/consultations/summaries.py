"""One line of news about each line, for lists of activities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, case, func, select

from core.api import Activity, Summary, Viewer, db, utcnow
from plugins.consultations.models import Consultant, Line, Question, QuestionState
from plugins.consultations.words import _, ngettext


def summaries(activities: Sequence[Activity], viewer: Viewer) -> Mapping[int, Summary]:
    """How many were helped, and what waits for the viewer; two queries."""
    ids = [activity.id for activity in activities]
    figures = {row.activity_id: row for row in db.session.execute(_figures(ids, viewer))}
    mine = {row.activity_id for row in db.session.execute(_lines(ids, viewer))}
    return {number: _summary(figures.get(number), number in mine) for number in ids}


def _figures(ids: Sequence[int], viewer: Viewer) -> Any:
    waits = (Question.state == QuestionState.WAITING) & Question.due_at.is_not(None)
    viewer_id = viewer.id or 0
    for_me = waits & (Question.consultant_id == viewer_id)
    new = (Question.state == QuestionState.ANSWERED) & (Question.asker_id == viewer_id)
    return (
        select(
            Question.activity_id,
            _sum(Question.answered_at.is_not(None)).label("answered"),
            _sum(waits).label("waiting"),
            _sum(for_me).label("for_me"),
            func.min(case((for_me, Question.due_at))).label("due_at"),
            _sum(for_me & (Question.due_at < utcnow())).label("overdue"),
            _sum(new).label("new"),
        )
        .where(Question.activity_id.in_(ids))
        .group_by(Question.activity_id)
    )


def _sum(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))


def _lines(ids: Sequence[int], viewer: Viewer) -> Any:
    return (
        select(Line.activity_id)
        .join(Consultant, Consultant.line_id == Line.id)
        .where(Line.activity_id.in_(ids), Consultant.user_id == viewer.id)
    )


def _summary(row: Row[*tuple[Any, ...]] | None, in_team: bool) -> Summary:
    if row is None:
        return Summary(text=_("Ask the first question"))
    text = ngettext("%(n)s question answered", "%(n)s questions answered", row.answered or 0)
    if row.for_me:
        words = ngettext("%(n)s question waits for you", "%(n)s questions wait for you", row.for_me)
        return Summary(text=words, waits=True, due=row.due_at, state=_state(row))
    if in_team and row.waiting:
        waiting = ngettext("%(n)s waits", "%(n)s wait", row.waiting)
        return Summary(text=f"{text} · {waiting}")
    if row.new:
        return Summary(text=text, state=_("there is an answer for you"))
    return Summary(text=text)


def _state(row: Row[*tuple[Any, ...]]) -> str:
    return _("beyond the term") if row.overdue else ""
