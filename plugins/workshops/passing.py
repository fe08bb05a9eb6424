"""Which stages somebody has passed: for how many hours, and on what ground."""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select

from core.api import Actor, DomainError, db, operation, record, upsert, utcnow
from plugins.workshops import events
from plugins.workshops.holding import course_of, ensure_open, locked
from plugins.workshops.models import (
    Passed,
    Place,
    PlaceState,
    Review,
    ReviewState,
    Stage,
    Work,
    Workshop,
)
from plugins.workshops.stages import PASSABLE, StageKind
from plugins.workshops.words import _, _l


class Basis(enum.StrEnum):
    """On what ground a stage counts as passed."""

    DOOR = "door"
    WATCHED = "watched"
    LIST = "list"
    WORK = "work"
    REVIEWS = "reviews"
    ANSWERS = "answers"
    STAGES = "stages"


GROUNDS: Mapping[str, Any] = {
    Basis.DOOR: _l("came to the demonstration"),
    Basis.WATCHED: _l("watched the recording"),
    Basis.LIST: _l("was noted by the master"),
    Basis.WORK: _l("handed in a work"),
    Basis.REVIEWS: _l("reviewed the works of others"),
    Basis.ANSWERS: _l("answered the questions of the reflection"),
    Basis.STAGES: _l("passed all stages"),
}


@operation
def note_passed(
    actor: Actor, workshop: Workshop, place: Place, kind: StageKind, basis: Basis
) -> None:
    """Count a stage as passed by somebody who has a seat, once, for as many hours as it has."""
    stage = db.session.get(Stage, {"workshop_id": workshop.id, "kind": kind})
    if (
        stage is None
        or place.state != PlaceState.HELD
        or not _store(place, kind, stage.hours, basis)
    ):
        return
    record(
        events.PASSED, actor, activity=workshop.activity, subject_id=place.user_id, stage=kind,
        hours=stage.hours, basis=basis,
    )  # fmt: skip
    _note_completed(actor, workshop, place)


def _store(place: Place, kind: StageKind, hours: int, basis: Basis) -> bool:
    """False when the stage was passed before."""
    key = {"place_id": place.id, "kind": kind}
    if db.session.get(Passed, key) is not None:
        return False
    upsert(Passed, key, {"hours": hours, "basis": basis, "passed_at": utcnow()})
    return True


def _note_completed(actor: Actor, workshop: Workshop, place: Place) -> None:
    """All stages that can be passed are passed: that is one event more, with the sum of hours."""
    there = select(Stage.kind).where(
        Stage.workshop_id == workshop.id, Stage.kind.in_([str(kind) for kind in PASSABLE])
    )
    passed = db.session.scalars(select(Passed).where(Passed.place_id == place.id)).all()
    done = {row.kind for row in passed}
    if not set(db.session.scalars(there)) <= done or StageKind.RESULTS in done:
        return
    _store(place, StageKind.RESULTS, 0, Basis.STAGES)
    record(
        events.COMPLETED, actor, activity=workshop.activity, subject_id=place.user_id,
        hours=sum(row.hours for row in passed), basis=Basis.STAGES, stages=sorted(done),
    )  # fmt: skip


def note_reviews(actor: Actor, workshop: Workshop, place: Place) -> None:
    """Count the mutual review as passed when nothing is left to review."""
    db.session.flush()
    query = (
        select(Review.state)
        .join(Review.work)
        .where(Review.activity_id == workshop.activity_id, ~Work.is_example)
        .where(Review.reviewer_id == place.user_id)
    )
    states = set(db.session.scalars(query))
    if states == {ReviewState.DONE}:
        note_passed(actor, workshop, place, StageKind.REVIEW, Basis.REVIEWS)


@operation
def note_attendances(actor: Actor, workshop: Workshop, places: Collection[int]) -> int:
    """A master saw these people at the demonstration; how many of them have a seat and were not
    noted before. Raises DomainError before the demonstration, and where there is none."""
    workshop = locked(workshop.id)
    ensure_open(workshop)
    course = course_of(workshop)
    if not course.has(StageKind.DEMONSTRATION) or not course.reached(
        StageKind.DEMONSTRATION, utcnow()
    ):
        raise DomainError(_("This stage has not begun yet."))
    noted = select(Passed.place_id).where(Passed.kind == StageKind.DEMONSTRATION)
    query = (
        select(Place)
        .where(Place.workshop_id == workshop.id, Place.id.in_(places))
        .where(Place.state == PlaceState.HELD, Place.id.not_in(noted))
        .order_by(Place.id)
        .execution_options(populate_existing=True)
    )
    there = db.session.scalars(query).all()
    for place in there:
        record(
            events.CAME, actor, activity=workshop.activity, subject_id=place.user_id,
            basis=Basis.LIST,
        )  # fmt: skip
        note_passed(actor, workshop, place, StageKind.DEMONSTRATION, Basis.LIST)
    return len(there)
