"""Recordings that a server made: found, looked at by a host, and published as a content."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select

from core.api import HOLD, Actor, DomainError, changed, db, notify, operation
from plugins.webinar import bbb, notices, rooms
from plugins.webinar.attendance import publish_recording
from plugins.webinar.models import (
    Film,
    FilmState,
    Host,
    Meeting,
    Recorded,
    Recording,
    Room,
)
from plugins.webinar.schedule import held
from plugins.webinar.words import _

# What the server has taken away; what its people have hidden they may show again.
DELETED, HIDDEN = "deleted", "unpublished"


@operation
def found(actor: Actor, meeting_id: int, films: Sequence[bbb.Film]) -> None:
    """Take over what the server has of a meeting. What is new and ready is published where the
    webinar wants that, else its hosts are asked. Nobody waits any more for what is gone."""
    meeting = held(meeting_id)
    there = [film for film in films if film.record_id and film.state not in (DELETED, HIDDEN)]
    for film in there:
        _take_over(actor, meeting, film)
    db.session.flush()
    _drop_lost(meeting, [film.record_id for film in there])
    deleted = [film.record_id for film in films if film.state == DELETED]
    rooms.ask_later(actor, meeting_id, is_done=_has_all(meeting_id, deleted))


def _drop_lost(meeting: Meeting, there: Collection[str]) -> None:
    """Forget what was in the making, and is not among what the server has."""
    making = select(Film).where(Film.meeting_id == meeting.id, Film.state == FilmState.MAKING)
    for film in db.session.scalars(making.where(Film.record_id.not_in(there))):
        db.session.delete(film)
        changed(meeting.webinar.activity, "door")
    db.session.flush()


def _take_over(actor: Actor, meeting: Meeting, film: bbb.Film) -> None:
    mine = select(Film).where(Film.meeting_id == meeting.id, Film.record_id == film.record_id)
    row = db.session.scalar(mine)
    if row is None:
        row = Film(
            activity_id=meeting.activity_id, meeting_id=meeting.id, record_id=film.record_id,
            state=FilmState.MAKING,
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        changed(meeting.webinar.activity, "door")
    if row.state != FilmState.MAKING or not film.is_ready:
        return
    row.state, row.url = FilmState.READY, film.url
    if meeting.webinar.recorded == Recorded.PUBLISH:
        publish(actor, row)
    else:
        _ask_hosts(meeting, row)


def _ask_hosts(meeting: Meeting, film: Film) -> None:
    hosts = db.session.scalars(select(Host.user_id).where(Host.webinar_id == meeting.webinar_id))
    notify(
        notices.FILM, list(hosts), about=meeting.webinar.activity, meeting=meeting.id,
        once=f"{notices.FILM}:{film.id}",
    )  # fmt: skip
    changed(meeting.webinar.activity, "door")


def _has_all(meeting_id: int, deleted: Collection[str]) -> bool:
    """Whether nothing is in the making, and the recording of the last session was there; servers
    call it after the session."""
    session = db.session.get_one(Room, meeting_id).session
    query = select(Film.record_id, Film.state).where(Film.meeting_id == meeting_id)
    states = {row.record_id: row.state for row in db.session.execute(query)}
    return FilmState.MAKING not in states.values() and (session in states or session in deleted)


@operation
def publish(actor: Actor, film: Film) -> Recording:
    """Make a recording a content of the community; those who had a place hear of it."""
    film = _ready(film)
    film.state = FilmState.PUBLISHED
    meeting = film.meeting
    title = _("Recording: %(title)s", title=meeting.topic or meeting.webinar.activity.title)
    return publish_recording(actor, meeting, title[:200], film.url, [], "")


@operation
def refuse(actor: Actor, film: Film) -> None:
    """Let a recording stay on the server, seen by nobody here."""
    film = _ready(film)
    film.state = FilmState.REFUSED
    changed(film.meeting.webinar.activity, "door")


def _ready(film: Film) -> Film:
    db.session.flush()
    query = select(Film).where(Film.id == film.id).with_for_update(**HOLD)
    row = db.session.scalars(query.execution_options(populate_existing=True)).one()
    if row.state != FilmState.READY:
        raise DomainError(_("Somebody has already decided on this."))
    return row
