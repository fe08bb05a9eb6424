"""What lists say about workshops: which stage is on, until when, and whether it waits for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from core.api import (
    Activity,
    Community,
    Summary,
    Viewer,
    db,
    is_outsider,
    timestamp,
    utcnow,
)
from plugins.workshops.models import (
    Master,
    Passed,
    Place,
    PlaceState,
    Review,
    ReviewState,
    Stage,
    Work,
    Workshop,
    WorkState,
)
from plugins.workshops.stages import TITLES, Course, StageKind, in_order
from plugins.workshops.words import _


def summaries(activities: Sequence[Activity], viewer: Viewer) -> Mapping[int, Summary]:
    """One line of news about each workshop; two queries."""
    ids = [activity.id for activity in activities]
    stages: dict[int, list[Stage]] = {}
    for stage in db.session.scalars(select(Stage).where(Stage.activity_id.in_(ids))):
        stages.setdefault(stage.activity_id, []).append(stage)
    places = {activity.id: activity.community for activity in activities}
    return {
        row.activity_id: _summary(
            row, in_order(stages.get(row.activity_id, ())), places[row.activity_id], viewer
        )
        for row in db.session.execute(_news(ids, viewer))
    }


def _news(ids: Sequence[int], viewer: Viewer) -> Any:
    mine = and_(Place.workshop_id == Workshop.id, Place.user_id == (viewer.id or 0))
    handed = select(func.count()).where(
        Work.workshop_id == Workshop.id, Work.author_id == (viewer.id or 0),
        Work.state == WorkState.HANDED_IN, ~Work.is_example,
    )  # fmt: skip
    to_review = (
        select(func.count())
        .select_from(Review)
        .join(Work, Work.id == Review.work_id)
        .where(Work.workshop_id == Workshop.id, ~Work.is_example)
        .where(Review.reviewer_id == (viewer.id or 0), Review.state != ReviewState.DONE)
    )
    passed = select(func.count()).where(Passed.place_id == Place.id)
    leads = select(func.count()).where(
        Master.workshop_id == Workshop.id, Master.user_id == (viewer.id or 0)
    )
    unanswered = select(func.count()).where(
        Work.workshop_id == Workshop.id, Work.state == WorkState.HANDED_IN,
        Work.feedback_at.is_(None), ~Work.is_example,
    )  # fmt: skip
    # Another name for places, since one's own is joined.
    others = aliased(Place)
    asked = select(func.count()).where(
        others.workshop_id == Workshop.id, others.state == PlaceState.ASKED
    )
    return (
        select(
            Workshop.activity_id, Workshop.stage_by_hand, Workshop.switched_at, Workshop.seats,
            Workshop.held, Place.state.label("mine"),
            handed.correlate(Workshop).scalar_subquery().label("handed"),
            to_review.correlate(Workshop).scalar_subquery().label("to_review"),
            leads.correlate(Workshop).scalar_subquery().label("leads"),
            unanswered.correlate(Workshop).scalar_subquery().label("unanswered"),
            asked.correlate(Workshop).scalar_subquery().label("asked"),
            passed.where(Passed.kind == StageKind.DEMONSTRATION)
            .correlate(Place).scalar_subquery().label("saw"),
            passed.where(Passed.kind == StageKind.REFLECTION)
            .correlate(Place).scalar_subquery().label("reflected"),
        )
        .outerjoin(Place, mine)
        .where(Workshop.activity_id.in_(ids))
    )  # fmt: skip


def _summary(row: Any, stages: Sequence[Stage], community: Community, viewer: Viewer) -> Summary:
    course, now = Course(stages, row.stage_by_hand, row.switched_at), utcnow()
    kind = course.at(now)
    if kind is None:
        return Summary(text=_("Nothing is planned at present"))
    until = course.until(kind, now)
    text = str(TITLES[kind])
    if until is not None:
        text = _("%(stage)s, until %(until)s", stage=text, until=timestamp(until).striptags())
    if kind == StageKind.REGISTRATION and row.seats is not None:
        taken = _("%(held)s of %(seats)s places", held=row.held, seats=row.seats)
        text = f"{text} · {taken}"
    has_part = row.mine == PlaceState.HELD or row.leads
    if not has_part or is_outsider(viewer, community):
        return Summary(text=text)
    waits = _waits_for_master(row, kind) or (row.mine == PlaceState.HELD and _waits(row, kind))
    state = _("you take part") if row.mine == PlaceState.HELD else _("you lead it")
    state = _("it is your turn") if waits else state
    return Summary(text=text, state=state, waits=waits, due=until if waits else None)


def _waits_for_master(row: Any, kind: StageKind) -> bool:
    if not row.leads:
        return False
    return bool(row.asked) or (kind == StageKind.FEEDBACK and row.unanswered > 0)


def _waits(row: Any, kind: StageKind) -> bool:
    left: dict[StageKind, bool] = {
        StageKind.DEMONSTRATION: not row.saw,
        StageKind.PRACTICE: not row.handed,
        StageKind.REVIEW: row.to_review > 0,
        StageKind.REFLECTION: not row.reflected,
    }
    return left.get(kind, False)
