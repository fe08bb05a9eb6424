"""“Take me out of this picture”: asked, answered in a term, and never left lying."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from core.api import (
    SYSTEM,
    Actor,
    Conflict,
    DomainError,
    Periodic,
    Viewer,
    db,
    hide,
    operation,
    record,
    restore,
    settings_of,
    utcnow,
)
from plugins.gallery import events, pictures
from plugins.gallery.albums import held
from plugins.gallery.models import Picture, Request, RequestState
from plugins.gallery.words import _, domain

WORDS_LENGTH = 2_000
CONTACT_LENGTH = 200
# So many overdue ones are looked at in one go.
BATCH = 100


def days_for_answer(community_id: int) -> int:
    """How many days keepers have here to answer a request."""
    return int(settings_of("gallery", community_id)["days_for_answer"])


@operation
def ask(actor: Actor, picture: Picture, words: str, contact: str = "") -> Request:
    """Ask to be taken out of a picture: from this moment on outsiders do not see it.

    Whoever has asked already gets the request that is open. Raises DomainError when
    somebody without an account leaves no way to be answered.
    """
    album = held(picture.album_id)
    contact, words = contact.strip()[:CONTACT_LENGTH], words.strip()[:WORDS_LENGTH]
    if actor.id is None and not contact:
        raise DomainError(_("Leave an address or a telephone number, so that you can be answered."))
    there = _open_one(actor, picture, contact)
    if there is not None:
        return there
    days = days_for_answer(album.activity.community_id)
    request = Request(
        picture_id=picture.id, picture=picture, person_id=actor.id, words=words,
        contact="" if actor.id else contact, due_at=utcnow() + timedelta(days=days),
    )  # fmt: skip
    db.session.add(request)
    pictures.settle([picture.id])
    record(
        events.REMOVAL_ASKED, actor, activity=album.activity, content=picture.content,
        request=request.id,
    )  # fmt: skip
    return request


def _open_one(actor: Actor, picture: Picture, contact: str) -> Request | None:
    query = select(Request).where(
        Request.picture_id == picture.id, Request.state == RequestState.OPEN
    )
    if actor.id is not None:
        return db.session.scalar(query.where(Request.person_id == actor.id))
    return db.session.scalar(query.where(Request.person_id.is_(None), Request.contact == contact))


@operation
def grant(actor: Actor, request: Request) -> None:
    """Remove the picture, for good; the request goes with it."""
    picture = _open(request).picture
    record(
        events.REMOVAL_DECIDED, actor, activity=picture.album.activity,
        content=picture.album.content, subject_id=request.person_id, removed=True,
    )  # fmt: skip
    pictures.remove(actor, picture.album, [picture.id])


@operation
def keep(actor: Actor, request: Request, answer: str) -> None:
    """Leave the picture where it is, with a reason that the person reads."""
    answer = answer.strip()[:WORDS_LENGTH]
    if not answer:
        raise DomainError(_("Give a reason: the person will read it."))
    picture = _open(request).picture
    request.state, request.answer, request.decided_by_id = RequestState.KEPT, answer, actor.id
    _let_be(actor, request)
    record(
        events.REMOVAL_DECIDED, actor, activity=picture.album.activity, content=picture.content,
        subject_id=request.person_id, removed=False,
    )  # fmt: skip


@operation
def withdraw(actor: Actor, request: Request) -> None:
    """Take one's own request back."""
    _open(request).state = RequestState.WITHDRAWN
    _let_be(actor, request)


def _open(request: Request) -> Request:
    """The request, held; raises Conflict for one that was decided meanwhile."""
    held(request.picture.album_id)
    db.session.refresh(request)
    if request.state != RequestState.OPEN:
        raise Conflict(_("This request was decided meanwhile."))
    return request


def _let_be(actor: Actor, request: Request) -> None:
    """What was done because of the request is undone, unless others ask the same."""
    db.session.flush()
    pictures.settle([request.picture_id])
    others = select(Request.id).where(
        Request.picture_id == request.picture_id, Request.escalated_at.is_not(None),
        Request.state == RequestState.OPEN,
    )  # fmt: skip
    content = request.picture.content
    by_us = content.hidden_at is not None and content.hidden_by_id is None
    if request.escalated_at is not None and by_us and not db.session.scalar(others):
        restore(actor, content)


def escalate_overdue() -> None:
    """Once the term has passed a picture is out of sight until somebody answers, and those who lead
    the community are told. Run by the worker."""
    late = select(Request.id).where(
        Request.state == RequestState.OPEN,
        Request.escalated_at.is_(None),
        Request.due_at <= utcnow(),
    )
    for number in db.session.scalars(late.order_by(Request.due_at).limit(BATCH)).all():
        _escalate(SYSTEM, number)


@operation
def _escalate(actor: Actor, number: int) -> None:
    request = db.session.get(Request, number)
    if request is None:
        return
    album = held(request.picture.album_id)
    db.session.refresh(request)
    if request.state != RequestState.OPEN or request.escalated_at is not None:
        return
    request.escalated_at = utcnow()
    content = request.picture.content
    if content.hidden_at is None:
        reason = domain.gettext(
            "Somebody asked to be taken out of this picture and got no answer in time."
        )
        hide(actor, content, reason)
    record(events.REMOVAL_OVERDUE, actor, activity=album.activity, content=content, request=number)


def own_request(viewer: Viewer, picture: Picture) -> Request | None:
    """What the viewer has asked about a picture, the latest first."""
    if viewer.id is None:
        return None
    query = select(Request).where(
        Request.picture_id == picture.id, Request.person_id == viewer.id,
        Request.state != RequestState.WITHDRAWN,
    )  # fmt: skip
    return db.session.scalar(query.order_by(Request.id.desc()).limit(1))


ESCALATION = Periodic("gallery_removals", timedelta(minutes=10), escalate_overdue)
