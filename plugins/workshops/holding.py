"""Holding a workshop, so that its seats, stages and reviews change one after the other."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from core.api import HOLD, Actor, DomainError, Missing, db, utcnow
from plugins.workshops.models import Extension, Master, Place, PlaceState, Stage, Workshop
from plugins.workshops.stages import Course, StageKind, in_order
from plugins.workshops.words import _


def locked(workshop_id: int) -> Workshop:
    """A workshop that nobody else changes until the operation ends."""
    db.session.flush()
    query = select(Workshop).where(Workshop.id == workshop_id).with_for_update(**HOLD)
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise Missing(_("This workshop is there no longer."))
    return found


def hold_all(workshops: Iterable[int]) -> None:
    """Nobody else changes these until the operation ends. In one order everywhere, and before
    anything that stands in them is changed, so that no two operations wait for each other."""
    query = select(Workshop.id).where(Workshop.id.in_(set(workshops))).order_by(Workshop.id)
    db.session.execute(query.with_for_update(**HOLD)).all()


def course_of(workshop: Workshop) -> Course:
    """The stages of a workshop; one query."""
    query = select(Stage).where(Stage.workshop_id == workshop.id)
    stages = db.session.scalars(query.execution_options(populate_existing=True))
    return Course(in_order(stages), workshop.stage_by_hand, workshop.switched_at)


def place_of(workshop: Workshop, user_id: int | None) -> Place | None:
    """Somebody's place as it is stored, whatever its state."""
    query = select(Place).where(Place.workshop_id == workshop.id, Place.user_id == user_id)
    return db.session.scalar(query.execution_options(populate_existing=True))


def seat_of(workshop: Workshop, actor: Actor) -> Place:
    """The seat of whoever does something that only participants can. Raises DomainError."""
    place = place_of(workshop, actor.id)
    if place is None or place.state != PlaceState.HELD:
        raise DomainError(_("Only those who have a place take part. Sign up first."))
    return place


def ensure_open(workshop: Workshop) -> None:
    """Raise DomainError where nothing can be done any more, or not yet."""
    if not workshop.activity.is_open(utcnow()):
        raise DomainError(_("This workshop is not open."))


def ensure_time_for(workshop: Workshop, kind: StageKind, place: Place) -> bool:
    """Whether somebody is late with permission. Raises DomainError outside of the stage, unless the
    master gave them more time."""
    ensure_open(workshop)
    now = utcnow()
    course = course_of(workshop)
    if course.is_on(kind, now):
        return False
    extension = db.session.get(Extension, {"place_id": place.id, "kind": kind})
    if extension is not None and extension.until is not None and now < extension.until:
        return True
    if course.reached(kind, now):
        raise DomainError(_("The time for this is over. Ask the master for more time."))
    raise DomainError(_("This stage has not begun yet."))


def participants(workshop_id: int) -> list[int]:
    """Everybody who has a seat, by their ids."""
    query = select(Place.user_id).where(
        Place.workshop_id == workshop_id, Place.state == PlaceState.HELD
    )
    return list(db.session.scalars(query.order_by(Place.user_id)))


def masters_of(workshop_id: int) -> list[int]:
    """Everybody who leads a workshop, by their ids."""
    query = select(Master.user_id).where(Master.workshop_id == workshop_id)
    return list(db.session.scalars(query.order_by(Master.user_id)))
