"""What lists say about polls: one line each, and whether it waits for the viewer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Integer, and_, bindparam, select
from sqlalchemy.orm import aliased

from core.api import Activity, Summary, Viewer, among, at_most, rows, utcnow
from plugins.polls.models import Decision, Poll, Voter
from plugins.polls.words import _, ngettext

Colleague = aliased(Voter)

# Asked on homes, so it is put together once. Of a school's voice it asks whether anybody used it.
NEWS = (
    select(
        Poll.activity_id, Poll.answer_count, Poll.electorate, Poll.changeable, Voter.user_id,
        Voter.answered, Decision.id.label("decision"),
        select(Colleague.user_id)
        .where(
            Poll.by_school, Colleague.activity_id == Poll.activity_id,
            Colleague.school_id == Voter.school_id, Colleague.answered,
        )
        .limit(at_most(1)).correlate(Poll, Voter).scalar_subquery().label("colleague"),
    )
    .outerjoin(
        Voter,
        and_(
            Voter.activity_id == Poll.activity_id,
            Voter.user_id == bindparam("viewer_id", type_=Integer),
        ),
    )
    .outerjoin(Decision, Decision.activity_id == Poll.activity_id)
    .where(among(Poll.activity_id, "polls"))
)  # fmt: skip


def summaries(activities: Sequence[Activity], viewer: Viewer) -> Mapping[int, Summary]:
    """How many have answered, and whether the viewer has; one query for all."""
    facts = {"polls": [activity.id for activity in activities], "viewer_id": viewer.id or 0}
    found = {row.activity_id: row for row in rows(NEWS, facts)}
    return {a.id: _summary(a, found[a.id]) for a in activities if a.id in found}


def _summary(activity: Activity, row: Any) -> Summary:
    text = turnout(row.answer_count, row.electorate)
    if not activity.is_open(utcnow()):
        decided = row.decision is not None
        return Summary(text=text, state=_("decision published") if decided else "")
    if row.user_id is None or not activity.community.is_active:
        return Summary(text=text)
    if row.answered or row.colleague is not None:
        mine = _("you have answered") if row.answered else _("your school has answered")
        return Summary(text=text, state=mine)
    return Summary(
        text=text, state=_("you have not answered yet"), waits=True, due=activity.closes_at
    )


def turnout(answered: int, electorate: int | None) -> str:
    """How many have answered, of how many where there is a list."""
    if electorate:
        return _("%(n)s of %(all)s have answered", n=answered, all=electorate)
    if not answered:
        return _("Nobody has answered yet")
    return ngettext("%(n)s has answered", "%(n)s have answered", answered)
