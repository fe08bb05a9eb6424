"""Who has a place in a workshop: signing up, the queue, and masters who decide."""

from __future__ import annotations

from sqlalchemy import func, select

from core.api import Actor, DomainError, db, notify, operation, record, utcnow
from plugins.workshops import allocating, events, notices
from plugins.workshops.holding import course_of, ensure_open, locked, masters_of, place_of
from plugins.workshops.models import Admission, Place, PlaceState, Workshop
from plugins.workshops.stages import Course, StageKind
from plugins.workshops.words import _

GONE = (PlaceState.LEFT, PlaceState.REFUSED)


@operation
def sign_up(actor: Actor, workshop: Workshop) -> Place:
    """Ask for a place. Whoever has asked already gets the same answer again.

    Raises DomainError when signing up has not begun, or is over.
    """
    workshop = locked(workshop.id)
    place = place_of(workshop, actor.id)
    if place is not None and place.state not in GONE:
        return place
    if place is not None and place.state == PlaceState.REFUSED:
        raise DomainError(_("The master could not give you a place. Write to them."))
    ensure_takes_people(workshop)
    if place is None:
        place = Place(
            workshop_id=workshop.id, activity_id=workshop.activity_id, user_id=actor.id, state=""
        )
        db.session.add(place)
    place.asked_at, place.state = utcnow(), _first_state(workshop)
    _count(workshop)
    record(events.SIGNED_UP, actor, activity=workshop.activity, state=place.state)
    _answer(workshop, place)
    return place


def ensure_takes_people(workshop: Workshop) -> None:
    """Raise DomainError unless one can sign up now, and be given a place."""
    ensure_open(workshop)
    course = course_of(workshop)
    if takes_people(workshop, course):
        return
    if course.reached(StageKind.REVIEW, utcnow()):
        raise DomainError(_("Signing up is over: the works are in already."))
    raise DomainError(_("Signing up has not begun yet."))


def takes_people(workshop: Workshop, course: Course) -> bool:
    """Whether one can sign up now: from registration until the practice is over, so that latecomers
    are taken while they can still do everything."""
    now = utcnow()
    begun = course.reached(StageKind.REGISTRATION, now)
    over = course.reached(StageKind.REVIEW, now)
    return workshop.activity.is_open(now) and begun and not over


def _first_state(workshop: Workshop) -> PlaceState:
    if workshop.admission == Admission.APPROVAL:
        return PlaceState.ASKED
    return PlaceState.WAITING if workshop.is_full else PlaceState.HELD


@operation
def leave(actor: Actor, workshop: Workshop) -> bool:
    """Give up one's place, which whoever waits longest gets, while one's reviews go to others; or
    take back that one asked for one.

    Whether it was a place.
    """
    workshop = locked(workshop.id)
    place = place_of(workshop, actor.id)
    if place is None or place.state in GONE:
        return False
    had_place = place.state == PlaceState.HELD
    place.state = PlaceState.LEFT
    record(events.LEFT, actor, activity=workshop.activity)
    fill_seats(workshop)
    allocating.distribute_again(actor, workshop)
    return had_place


@operation
def admit(actor: Actor, place: Place) -> None:
    """Give somebody who asked a place, or one in the queue when all seats are taken. Raises
    DomainError when signing up is over."""
    workshop, place = _asked(place)
    ensure_takes_people(workshop)
    place.state = PlaceState.WAITING if workshop.is_full else PlaceState.HELD
    _count(workshop)
    record(
        events.ADMITTED, actor, activity=workshop.activity, subject_id=place.user_id,
        state=place.state,
    )  # fmt: skip
    _answer(workshop, place)


@operation
def refuse(actor: Actor, place: Place) -> None:
    """Tell somebody that there is no place for them."""
    workshop, place = _asked(place)
    place.state = PlaceState.REFUSED
    _count(workshop)
    record(events.REFUSED, actor, activity=workshop.activity, subject_id=place.user_id)
    notify(
        notices.REFUSED, [place.user_id], by=actor.id, about=workshop.activity,
        once=f"{notices.REFUSED}:{place.id}",
    )  # fmt: skip


def _asked(place: Place) -> tuple[Workshop, Place]:
    workshop = locked(place.workshop_id)
    place = db.session.get_one(Place, place.id, populate_existing=True)
    if place.state != PlaceState.ASKED:
        raise DomainError(_("Somebody has already decided on this."))
    return workshop, place


def _answer(workshop: Workshop, place: Place) -> None:
    """A place is confirmed with the dates; of a question the masters are told."""
    moment = place.asked_at.isoformat()
    if place.state == PlaceState.HELD:
        notify(
            notices.CONFIRMED, [place.user_id], about=workshop.activity,
            once=f"{notices.CONFIRMED}:{place.id}:{moment}",
        )  # fmt: skip
    elif place.state == PlaceState.ASKED:
        notify(
            notices.ASKED, masters_of(workshop.id), by=place.user_id, about=workshop.activity,
            once=f"{notices.ASKED}:{place.id}:{moment}",
        )  # fmt: skip


def fill_seats(workshop: Workshop) -> None:
    """Give free seats to those who wait, the first first; they hear of it. Nobody gets one when
    signing up is over. Inside an operation that holds the workshop."""
    _count(workshop)
    if not takes_people(workshop, course_of(workshop)):
        return
    free = None if workshop.seats is None else max(workshop.seats - workshop.held, 0)
    queue = (
        select(Place)
        .where(Place.workshop_id == workshop.id, Place.state == PlaceState.WAITING)
        .order_by(Place.asked_at, Place.id)
        .limit(free)
    )
    for place in db.session.scalars(queue).all():
        place.state = PlaceState.HELD
        _answer(workshop, place)
    _count(workshop)


def _count(workshop: Workshop) -> None:
    db.session.flush()
    query = select(Place.state, func.count()).where(Place.workshop_id == workshop.id)
    counts = {row[0]: row[1] for row in db.session.execute(query.group_by(Place.state))}
    workshop.held = counts.get(PlaceState.HELD, 0)
    workshop.waiting = counts.get(PlaceState.WAITING, 0)


@operation
def forget(actor: Actor, workshop_id: int) -> None:
    """Somebody was forgotten: their seat is free for the next, their reviews go to others."""
    workshop = locked(workshop_id)
    fill_seats(workshop)
    allocating.distribute_again(actor, workshop)
