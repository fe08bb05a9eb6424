"""The course of a workshop: planning its stages, going to one by hand, what a stage begins with."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete

from core.api import (
    SYSTEM,
    Actor,
    DomainError,
    db,
    enqueue,
    notify,
    operation,
    record,
    utcnow,
)
from plugins.workshops import allocating, demonstrating, events, notices, places
from plugins.workshops.holding import course_of, ensure_open, locked, masters_of, participants
from plugins.workshops.models import Stage, Workshop
from plugins.workshops.stages import ORDER, PASSABLE, Course, StageKind
from plugins.workshops.words import _

BEGIN, REMIND, COMING, REPLACE = (
    "workshops.begin", "workshops.remind", "workshops.coming", "workshops.replace",
)  # fmt: skip
# So long before a stage ends those are reminded who have something left to do.
LAST_CALL = timedelta(days=1)
# So many hours before the demonstration everybody is reminded of it.
HOURS_BEFORE = (24, 1)
MOST_HOURS = 200


@dataclass(frozen=True)
class Plan:
    """A stage as a form gives it; ``begins_at`` in UTC, None where a master begins it by hand."""

    begins_at: datetime | None = None
    hours: int = 0


@operation
def plan_stages(
    actor: Actor, workshop: Workshop, plans: Mapping[StageKind, Plan], *, seen: int
) -> None:
    """Say which stages there are and when they begin; ``seen`` is the version the form began with.

    Raises DomainError for none at all, and for dates that do not follow each other.
    """
    workshop = locked(workshop.id)
    _check_seen(workshop, seen)
    _check(plans)
    db.session.execute(delete(Stage).where(Stage.workshop_id == workshop.id))
    for kind in ORDER:
        if kind in plans:
            db.session.add(
                Stage(
                    workshop_id=workshop.id, activity_id=workshop.activity_id, kind=kind,
                    begins_at=plans[kind].begins_at,
                    hours=plans[kind].hours if kind in PASSABLE else 0,
                )
            )  # fmt: skip
    db.session.flush()
    _changed(workshop)
    schedule(workshop)
    demonstrating.open_in_time(workshop)
    places.fill_seats(workshop)
    record(events.PLANNED, actor, activity=workshop.activity, stages=[str(k) for k in plans])


def _check_seen(workshop: Workshop, seen: int) -> None:
    if workshop.sequence != seen:
        raise DomainError(_("Somebody else has changed the stages just now. Look once more."))


def _check(plans: Mapping[StageKind, Plan]) -> None:
    if not plans:
        raise DomainError(_("Keep at least one stage."))
    dates = [plan.begins_at for kind in ORDER if (plan := plans.get(kind)) and plan.begins_at]
    if any(later <= earlier for earlier, later in itertools.pairwise(dates)):
        raise DomainError(_("Each stage begins after the one before it. Check the dates."))


def _changed(workshop: Workshop) -> None:
    workshop.sequence += 1
    workshop.changed_at = utcnow()


@operation
def switch(actor: Actor, workshop: Workshop, kind: StageKind, *, seen: int) -> None:
    """Go to a stage now, forwards or back, whatever the dates say; those of later stages go on.

    Everything that the stage begins with happens together with it, or not at all.
    """
    workshop = locked(workshop.id)
    _check_seen(workshop, seen)
    ensure_open(workshop)
    course = course_of(workshop)
    if not course.has(kind):
        raise DomainError(_("This workshop has no such stage."))
    if course.at(utcnow()) == kind:
        return
    workshop.stage_by_hand, workshop.switched_at = kind, utcnow()
    _changed(workshop)
    record(events.SWITCHED, actor, activity=workshop.activity, stage=kind, by="hand")
    demonstrating.open_in_time(workshop)
    # Seats that became free while nobody could be taken.
    places.fill_seats(workshop)
    begin(actor, workshop, kind, workshop.switched_at)
    schedule(workshop)


def begin(actor: Actor, workshop: Workshop, kind: StageKind, moment: datetime) -> None:
    """What a stage begins with, inside an operation that holds the workshop: works are distributed,
    those who follow the community hear that one can sign up, or those whose turn it is, once."""
    if kind == StageKind.REVIEW:
        # Reviewers hear of their works; nobody else has anything to do.
        allocating.distribute(actor, workshop)
        return
    if kind == StageKind.REGISTRATION:
        notify(
            notices.OPENED, by=actor.id, about=workshop.activity,
            once=f"{notices.OPENED}:{workshop.id}",
        )  # fmt: skip
        return
    course = course_of(workshop)
    until = course.until(kind, moment)
    people = masters_of(workshop.id) if kind == StageKind.FEEDBACK else participants(workshop.id)
    notify(
        notices.TURN, people, by=actor.id, about=workshop.activity, stage=kind,
        until=until.isoformat() if until else "",
        once=f"{notices.TURN}:{workshop.id}:{kind}:{moment.isoformat()}",
    )  # fmt: skip
    _open_reviews(workshop, course, kind, moment)


def _open_reviews(workshop: Workshop, course: Course, kind: StageKind, moment: datetime) -> None:
    """With the first stage after the mutual review authors read what others wrote."""
    before = [stage.what for stage in course.stages if ORDER.index(stage.what) < ORDER.index(kind)]
    if before and before[-1] == StageKind.REVIEW:
        notify(
            notices.REVIEWED, allocating.reviewed_authors(workshop), about=workshop.activity,
            once=f"{notices.REVIEWED}:{workshop.id}:{moment.isoformat()}",
        )  # fmt: skip


def begin_on_time(workshop: int, kind: str, moment: str) -> None:
    """A job, when a stage begins by its date."""
    _begin_on_time(SYSTEM, workshop, StageKind(kind), datetime.fromisoformat(moment))


@operation
def _begin_on_time(actor: Actor, number: int, kind: StageKind, moment: datetime) -> None:
    """Nothing happens where the stage was moved, left out or is over by now."""
    workshop = locked(number)
    stage = db.session.get(Stage, {"workshop_id": number, "kind": kind})
    course = course_of(workshop)
    if stage is None or stage.begins_at != moment or course.at(utcnow()) != kind:
        return
    if workshop.stage_by_hand == kind or not workshop.activity.is_open(utcnow()):
        return
    record(events.SWITCHED, actor, activity=workshop.activity, stage=kind, by="date")
    demonstrating.open_in_time(workshop)
    begin(actor, workshop, kind, moment)


def schedule(workshop: Workshop) -> None:
    """Wish for what follows from the dates, inside the operation that set them.

    None of it decides anything: which stage is on is asked of the clock.
    """
    course, now = course_of(workshop), utcnow()
    for stage in course.stages:
        kind, begins = stage.what, stage.begins_at
        if begins is not None and begins > now:
            _wish(BEGIN, begins, workshop, kind, moment=begins.isoformat())
        if kind == StageKind.DEMONSTRATION and begins is not None:
            _schedule_coming(workshop, begins, now)
        until = course.until(kind, max(begins or now, now))
        if until is not None and course.at(until - LAST_CALL) == kind:
            _wish(REMIND, until - LAST_CALL, workshop, kind, until=until.isoformat())
        if until is not None and kind == StageKind.REVIEW and workshop.replace_days:
            moment = until - timedelta(days=workshop.replace_days)
            _wish(REPLACE, moment, workshop, kind, until=until.isoformat())


def _schedule_coming(workshop: Workshop, begins: datetime, now: datetime) -> None:
    for hours in HOURS_BEFORE:
        moment = begins - timedelta(hours=hours)
        if moment > now:
            enqueue(
                COMING, at=moment, key=f"{workshop.id}:{hours}", workshop=workshop.id, hours=hours,
                moment=begins.isoformat(),
            )  # fmt: skip


def _wish(name: str, at: datetime, workshop: Workshop, kind: StageKind, **facts: str) -> None:
    if at > utcnow():
        key = f"{workshop.id}:{kind}"
        enqueue(name, at=at, key=key, workshop=workshop.id, kind=str(kind), **facts)
