"""Setting a webinar up, and who has a place in it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from sqlalchemy import delete, func, select

from core.api import (
    Activity,
    Actor,
    DomainError,
    db,
    new_content,
    note_revision,
    notify,
    operation,
    readers_among,
    record,
    search_again,
    utcnow,
)
from plugins.webinar import events, notices
from plugins.webinar.forms import WebinarForm
from plugins.webinar.models import (
    Admission,
    Host,
    Meeting,
    MeetingState,
    Place,
    PlaceState,
    Recorded,
    Webinar,
)
from plugins.webinar.schedule import Plan, locked, plan_series, zone_of
from plugins.webinar.words import _

WEBINAR = "webinar.webinar"
MOST_HOSTS = 20


@operation
def webinar_saved(actor: Actor, activity: Activity, form: WebinarForm | None) -> None:
    """Inside the operation in which an activity was made or changed."""
    webinar = db.session.scalar(select(Webinar).where(Webinar.activity_id == activity.id))
    if webinar is None:
        webinar = _begun(actor, activity)
    if form is None:
        return
    _settle(actor, webinar, form)
    if form.schedules:
        plan = Plan(begins_at=form.begins_at.data or utcnow(), minutes=form.minutes.data)
        plan_series(actor, webinar, plan, every=int(form.every.data), times=form.times.data or 1)


def _begun(actor: Actor, activity: Activity) -> Webinar:
    content = new_content(actor, WEBINAR, activity)
    webinar = Webinar(
        id=content.id, content=content, activity_id=activity.id, activity=activity,
        provider="link", secret=secrets.token_hex(12), zone_name=zone_of(actor),
        admission=Admission.OPEN, early=15, held=0, waiting=0, about="", speakers="", address="",
        recorded=Recorded.ASK,
    )  # fmt: skip
    db.session.add(webinar)
    db.session.flush()
    if actor.id is not None:
        db.session.add(Host(webinar_id=content.id, user_id=actor.id))
    db.session.flush()
    return webinar


def _settle(actor: Actor, webinar: Webinar, form: WebinarForm) -> None:
    webinar = locked(webinar.id)
    if webinar.about and webinar.about != form.about.data:
        note_revision(actor, webinar.content, webinar.about, seen_version=webinar.content.version)
    webinar.about, webinar.speakers = form.about.data, form.speakers.data or ""
    webinar.provider, webinar.address = form.provider.data, form.address.data or ""
    webinar.admission, webinar.early = form.admission.data, form.early.data
    webinar.recorded = form.recorded.data
    webinar.seats = form.seats.data
    search_again([webinar.id])
    _fill_seats(webinar)


@operation
def sign_up(actor: Actor, webinar: Webinar) -> Place:
    """Ask for a place. Whoever has asked already gets the same answer again.

    Raises DomainError when there is nothing left to come to.
    """
    webinar = locked(webinar.id)
    if not _meetings_ahead(webinar):
        raise DomainError(_("There is nothing ahead to sign up for."))
    place = _place_of(webinar, actor)
    if place is not None and place.state not in (PlaceState.LEFT, PlaceState.REFUSED):
        return place
    if place is not None and place.state == PlaceState.REFUSED:
        raise DomainError(_("The hosts could not give you a place. Write to them."))
    if place is None:
        place = Place(
            webinar_id=webinar.id, activity_id=webinar.activity_id, user_id=actor.id, state=""
        )
        db.session.add(place)
    place.asked_at, place.state = utcnow(), _first_state(webinar)
    _count(webinar)
    record(events.SIGNED_UP, actor, activity=webinar.activity, state=place.state)
    _answer(webinar, place)
    return place


def _first_state(webinar: Webinar) -> PlaceState:
    if webinar.admission == Admission.APPROVAL:
        return PlaceState.ASKED
    return PlaceState.WAITING if webinar.is_full else PlaceState.HELD


@operation
def leave(actor: Actor, webinar: Webinar) -> bool:
    """Give up one's place, which whoever waits longest gets, or take back that one asked for one.

    Whether it was a place.
    """
    webinar = locked(webinar.id)
    place = _place_of(webinar, actor)
    if place is None or place.state in (PlaceState.LEFT, PlaceState.REFUSED):
        return False
    had_place = place.state == PlaceState.HELD
    place.state = PlaceState.LEFT
    record(events.LEFT, actor, activity=webinar.activity)
    _fill_seats(webinar)
    return had_place


@operation
def admit(actor: Actor, place: Place) -> None:
    """Give somebody who asked a place, or one in the queue when all seats are taken."""
    webinar, place = _asked(place)
    place.state = PlaceState.WAITING if webinar.is_full else PlaceState.HELD
    _count(webinar)
    record(
        events.ADMITTED, actor, activity=webinar.activity, subject_id=place.user_id,
        state=place.state,
    )  # fmt: skip
    _answer(webinar, place)


@operation
def refuse(actor: Actor, place: Place) -> None:
    """Tell somebody that there is no place for them."""
    webinar, place = _asked(place)
    place.state = PlaceState.REFUSED
    _count(webinar)
    record(events.REFUSED, actor, activity=webinar.activity, subject_id=place.user_id)
    notify(
        notices.REFUSED, [place.user_id], by=actor.id, about=webinar.activity,
        once=f"{notices.REFUSED}:{place.id}",
    )  # fmt: skip


def _asked(place: Place) -> tuple[Webinar, Place]:
    webinar = locked(place.webinar_id)
    place = db.session.get_one(Place, place.id, populate_existing=True)
    if place.state != PlaceState.ASKED:
        raise DomainError(_("Somebody has already decided on this."))
    return webinar, place


def _answer(webinar: Webinar, place: Place) -> None:
    """A place is confirmed with the dates; of a question the hosts are told."""
    moment = place.asked_at.isoformat()
    if place.state == PlaceState.HELD:
        notify(
            notices.CONFIRMED, [place.user_id], about=webinar.activity,
            once=f"{notices.CONFIRMED}:{place.id}:{moment}",
        )  # fmt: skip
    elif place.state == PlaceState.ASKED:
        hosts = db.session.scalars(select(Host.user_id).where(Host.webinar_id == webinar.id))
        notify(
            notices.ASKED, list(hosts), by=place.user_id, about=webinar.activity,
            once=f"{notices.ASKED}:{place.id}:{moment}",
        )  # fmt: skip


def _fill_seats(webinar: Webinar) -> None:
    """Give free seats to those who wait, the first first; they hear of it."""
    _count(webinar)
    free = None if webinar.seats is None else max(webinar.seats - webinar.held, 0)
    queue = (
        select(Place)
        .where(Place.webinar_id == webinar.id, Place.state == PlaceState.WAITING)
        .order_by(Place.asked_at, Place.id)
        .limit(free)
    )
    for place in db.session.scalars(queue).all():
        place.state = PlaceState.HELD
        _answer(webinar, place)
    _count(webinar)


def _count(webinar: Webinar) -> None:
    db.session.flush()
    query = select(Place.state, func.count()).where(Place.webinar_id == webinar.id)
    found = db.session.execute(query.group_by(Place.state))
    counts = {row[0]: row[1] for row in found}
    webinar.held = counts.get(PlaceState.HELD, 0)
    webinar.waiting = counts.get(PlaceState.WAITING, 0)


def _place_of(webinar: Webinar, actor: Actor) -> Place | None:
    query = select(Place).where(Place.webinar_id == webinar.id, Place.user_id == actor.id)
    return db.session.scalar(query.execution_options(populate_existing=True))


def _meetings_ahead(webinar: Webinar) -> bool:
    query = select(Meeting).where(
        Meeting.webinar_id == webinar.id,
        Meeting.state.in_([MeetingState.PLANNED, MeetingState.ON]),
    )
    now = utcnow()
    return any(not meeting.is_over(now) for meeting in db.session.scalars(query))


@operation
def set_hosts(actor: Actor, webinar: Webinar, people: Iterable[int]) -> None:
    """Say who runs a webinar: members of its community, at least one.

    Raises DomainError for nobody, too many, or somebody who is no member.
    """
    webinar = locked(webinar.id)
    wanted = set(people)
    if not wanted or len(wanted) > MOST_HOSTS:
        raise DomainError(_("A webinar has at least one host, and not more than twenty."))
    if readers_among(webinar.activity.community, wanted) != wanted:
        raise DomainError(_("Only members of the community can run its webinars."))
    db.session.execute(delete(Host).where(Host.webinar_id == webinar.id))
    db.session.add_all([Host(webinar_id=webinar.id, user_id=number) for number in sorted(wanted)])
    record(events.HOSTS_CHANGED, actor, activity=webinar.activity, hosts=sorted(wanted))


@operation
def forget(actor: Actor, webinar_id: int) -> None:
    """Somebody was forgotten: their seat is free for the next."""
    _fill_seats(locked(webinar_id))
