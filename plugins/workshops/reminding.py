"""Reminders before a stage ends, to those alone who have something left to do; and more time for
one person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from core.api import SYSTEM, Actor, DomainError, db, enqueue, notify, operation, record, utcnow
from plugins.workshops import allocating, events, notices
from plugins.workshops.holding import course_of, locked, masters_of, participants, seat_of
from plugins.workshops.models import (
    Answer,
    Extension,
    Passed,
    Place,
    PlaceState,
    Review,
    ReviewState,
    Work,
    Workshop,
    WorkState,
)
from plugins.workshops.running import LAST_CALL
from plugins.workshops.stages import StageKind
from plugins.workshops.words import _

REMIND_ONE = "workshops.remind_one"
# Stages in which somebody can be given more time.
EXTENDABLE = (StageKind.PRACTICE, StageKind.REVIEW, StageKind.REFLECTION)
REASON_LENGTH = 500


def idle(workshop: Workshop, kind: StageKind) -> Sequence[int]:
    """Whose turn it still is in a stage, by their ids."""
    seated = select(Place.user_id).where(
        Place.workshop_id == workshop.id, Place.state == PlaceState.HELD
    )
    if kind == StageKind.FEEDBACK:
        waiting = select(Work.id).where(*_waits_for_feedback(workshop)).limit(1)
        return masters_of(workshop.id) if db.session.scalar(waiting) is not None else []
    query = _idle_among(seated, workshop, kind)
    return list(db.session.scalars(query)) if query is not None else []


def _idle_among(seated: Select[Any], workshop: Workshop, kind: StageKind) -> Select[Any] | None:
    if kind == StageKind.DEMONSTRATION:
        came = select(Passed.place_id).where(Passed.kind == kind)
        return seated.where(Place.id.not_in(came))
    if kind == StageKind.PRACTICE:
        handed = select(Work.author_id).where(
            Work.workshop_id == workshop.id, Work.state == WorkState.HANDED_IN,
            Work.author_id.is_not(None), ~Work.is_example,
        )  # fmt: skip
        return seated.where(Place.user_id.not_in(handed))
    if kind == StageKind.REVIEW:
        return (
            select(Review.reviewer_id)
            .join(Review.work)
            .where(Work.workshop_id == workshop.id, ~Work.is_example)
            .where(Review.state != ReviewState.DONE, Review.reviewer_id.in_(seated))
            .distinct()
        )
    if kind == StageKind.REFLECTION:
        return seated.where(Place.id.not_in(select(Answer.place_id)))
    return None


def _waits_for_feedback(workshop: Workshop) -> tuple[ColumnElement[bool], ...]:
    return (
        Work.workshop_id == workshop.id, Work.state == WorkState.HANDED_IN,
        Work.feedback_at.is_(None), ~Work.is_example,
    )  # fmt: skip


def remind_on_time(workshop: int, kind: str, until: str) -> None:
    """A job, a day before a stage ends."""
    _remind(SYSTEM, workshop, StageKind(kind), datetime.fromisoformat(until))


@operation
def _remind(actor: Actor, number: int, kind: StageKind, until: datetime) -> None:
    """Nothing happens where the end was moved meanwhile."""
    workshop = locked(number)
    now, course = utcnow(), course_of(workshop)
    if course.at(now) != kind or course.until(kind, now) != until:
        return
    if workshop.activity.is_open(now):
        _tell(workshop, kind, until, idle(workshop, kind))


def _tell(workshop: Workshop, kind: StageKind, until: datetime, people: Sequence[int]) -> None:
    notify(
        notices.REMINDER, people, about=workshop.activity, stage=kind, until=until.isoformat(),
        once=f"{notices.REMINDER}:{workshop.id}:{kind}:{until.isoformat()}",
    )  # fmt: skip


def remind_of_demonstration(workshop: int, hours: int, moment: str) -> None:
    """A job, a day and an hour before the demonstration."""
    _remind_of_demonstration(SYSTEM, workshop, hours, datetime.fromisoformat(moment))


@operation
def _remind_of_demonstration(actor: Actor, number: int, hours: int, moment: datetime) -> None:
    workshop = locked(number)
    planned = [s.begins_at for s in course_of(workshop).stages if s.kind == StageKind.DEMONSTRATION]
    if planned != [moment] or not workshop.activity.is_open(utcnow()) or utcnow() >= moment:
        return
    people = {*participants(number), *masters_of(number)}
    notify(
        notices.COMING, people, about=workshop.activity, hours=hours, moment=moment.isoformat(),
        once=f"{notices.COMING}:{number}:{hours}:{moment.isoformat()}",
    )  # fmt: skip


def replace_on_time(workshop: int, kind: str, until: str) -> None:
    """A job: the works of those who have not begun to review go to others."""
    _replace(SYSTEM, workshop, datetime.fromisoformat(until))


@operation
def _replace(actor: Actor, number: int, until: datetime) -> None:
    """Nothing happens where the end was moved, or the master says otherwise by now."""
    workshop = locked(number)
    now, course = utcnow(), course_of(workshop)
    if course.at(now) != StageKind.REVIEW or course.until(StageKind.REVIEW, now) != until:
        return
    days = workshop.replace_days
    if days and now >= until - timedelta(days=days) and workshop.activity.is_open(now):
        allocating.replace_idle(actor, workshop)


# ---- More time for one person


@operation
def ask_for_time(actor: Actor, workshop: Workshop, kind: StageKind, reason: str) -> None:
    """Ask the master for more time in a stage. Raises DomainError without a reason."""
    _check_extendable(kind)
    workshop = locked(workshop.id)
    place = seat_of(workshop, actor)
    reason = " ".join(reason.split())[:REASON_LENGTH]
    if not reason:
        raise DomainError(_("Say why you need more time: the master reads it."))
    extension = _extension(place, kind)
    extension.reason = reason
    notify(
        notices.TIME_ASKED, masters_of(workshop.id), by=actor.id, about=workshop.activity,
        stage=kind, once=f"{notices.TIME_ASKED}:{place.id}:{kind}:{utcnow():%Y%m%d}",
    )  # fmt: skip


@operation
def give_time(actor: Actor, place: Place, kind: StageKind, until: datetime) -> None:
    """Let one person act until a moment of their own, though the stage is over for others."""
    _check_extendable(kind)
    workshop = locked(place.workshop_id)
    if until <= utcnow():
        raise DomainError(_("This moment has passed. Choose a later one."))
    extension = _extension(place, kind)
    extension.until = until
    if kind == StageKind.REVIEW:
        # Whoever was replaced may be given works again.
        place.reviews = True
    record(
        events.EXTENDED, actor, activity=workshop.activity, subject_id=place.user_id, stage=kind,
        until=until.isoformat(),
    )  # fmt: skip
    notify(
        notices.EXTENDED, [place.user_id], by=actor.id, about=workshop.activity, stage=kind,
        until=until.isoformat(), once=f"{notices.EXTENDED}:{place.id}:{kind}:{until.isoformat()}",
    )  # fmt: skip
    if until - LAST_CALL > utcnow():
        enqueue(
            REMIND_ONE, at=until - LAST_CALL, key=f"{place.id}:{kind}", place=place.id,
            kind=str(kind), until=until.isoformat(),
        )  # fmt: skip


def _check_extendable(kind: StageKind) -> None:
    if kind not in EXTENDABLE:
        raise DomainError(_("In this stage nobody needs more time."))


def _extension(place: Place, kind: StageKind) -> Extension:
    found = db.session.get(Extension, {"place_id": place.id, "kind": kind})
    if found is None:
        found = Extension(place_id=place.id, kind=kind, reason="")
        db.session.add(found)
        db.session.flush()
    return found


def remind_one_on_time(place: int, kind: str, until: str) -> None:
    """A job, a day before somebody's own time is over."""
    _remind_one(SYSTEM, place, StageKind(kind), datetime.fromisoformat(until))


@operation
def _remind_one(actor: Actor, number: int, kind: StageKind, until: datetime) -> None:
    extension = db.session.get(Extension, {"place_id": number, "kind": kind})
    place = db.session.get(Place, number)
    if place is None or extension is None or extension.until != until:
        return
    workshop = locked(place.workshop_id)
    if place.user_id in idle(workshop, kind):
        _tell(workshop, kind, until, [place.user_id])
