"""Sessions: planning, opening, the steps of the agenda, ending; minutes follow from ending."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from core.api import (
    SYSTEM,
    Activity,
    Actor,
    DomainError,
    Periodic,
    Refused,
    db,
    new_content,
    note_revision,
    operation,
    record,
    upsert,
    utcnow,
)
from plugins.chat import events, minutes
from plugins.chat.messages import locked, show
from plugins.chat.models import Member, Room, Session
from plugins.chat.words import _

SESSION = "chat.session"
TITLE_LENGTH = 200
MOST_STEPS = 20
LONGEST = timedelta(hours=24)
EXTENSION = timedelta(minutes=10)
# A number at the end of a line, bare or in brackets, with or without a word for minutes.
_STEP = re.compile(
    r"^(?P<title>.*?)[\s,—–-]*[(\[]?\s*(?P<minutes>[0-9]{1,3})\s*(?:мин\w*|min\w*)?\.?\s*[)\]]?$"
)
_LOCAL = re.compile(r"/(?![/\\])[^\s\\]{0,498}")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A session as the form gives it; moments are in UTC, ``agenda`` has a step a line."""

    title: str
    opens_at: datetime
    closes_at: datetime
    about: str = ""
    agenda: str = ""
    hosts: Sequence[int] = ()

    def check(self) -> None:
        """Raise DomainError for what cannot take place."""
        if not self.title.strip():
            raise DomainError(_("A session needs a topic."))
        if self.closes_at <= self.opens_at:
            raise DomainError(_("It ends before it begins. Check the dates."))
        if self.closes_at - self.opens_at > LONGEST:
            raise DomainError(_("A session lasts a day at most."))


def steps_of(agenda: str) -> list[dict[str, Any]]:
    """The steps of an agenda: one a line; a number at the end of a line is its minutes."""
    lines = [" ".join(line.split()) for line in agenda.splitlines()]
    steps = []
    for line in [line for line in lines if line][:MOST_STEPS]:
        found = _STEP.match(line)
        title = found["title"].strip(" ,—–-") if found else ""
        steps.append(
            {
                "title": (title or line)[:TITLE_LENGTH],
                "minutes": int(found["minutes"]) if title and found else 0,
            }
        )
    return steps


def agenda_text(session: Session) -> str:
    """The agenda as one types it."""
    return "\n".join(
        f"{step['title']} ({step['minutes']})" if step["minutes"] else step["title"]
        for step in session.agenda
    )


@operation
def plan(actor: Actor, place: Activity, wanted: Plan) -> Session:
    """Announce a session. Raises DomainError for one that cannot take place."""
    wanted.check()
    if wanted.closes_at <= utcnow():
        raise DomainError(_("This time is past. Check the dates."))
    content = new_content(actor, SESSION, place)
    session = Session(
        id=content.id, content=content, activity_id=place.id, title=wanted.title.strip(),
        about=wanted.about, agenda=steps_of(wanted.agenda),
    )  # fmt: skip
    db.session.add(session)
    db.session.flush()
    session.room = Room(
        activity_id=place.id, session_id=session.id, opens_at=wanted.opens_at,
        closes_at=wanted.closes_at,
    )  # fmt: skip
    db.session.flush()
    _set_hosts(session, wanted.hosts or ([actor.id] if actor.id is not None else []))
    _note(events.PLANNED, actor, place, session)
    return session


@operation
def change(
    actor: Actor, place: Activity, session: Session, wanted: Plan, *, seen_version: int
) -> None:  # fmt: skip
    """Change a session that is not over. Raises Conflict when somebody else did meanwhile."""
    wanted.check()
    room = _open(place, session)
    note_revision(
        actor, session.content, minutes.paragraph(session.about), seen_version=seen_version
    )
    begun = room.opens_at is not None and room.opens_at <= utcnow() and room.last_number
    session.title, session.about = wanted.title.strip(), wanted.about
    if not begun:
        session.agenda, room.opens_at = steps_of(wanted.agenda), wanted.opens_at
    room.closes_at = wanted.closes_at
    _set_hosts(session, wanted.hosts)
    _changed(session)
    _note(events.CHANGED, actor, place, session)


def _set_hosts(session: Session, people: Sequence[int]) -> None:
    others = update(Member).where(Member.room_id == session.room.id, Member.user_id.not_in(people))
    db.session.execute(
        others.values(is_host=False), execution_options={"synchronize_session": False}
    )
    for number in dict.fromkeys(people):
        upsert(Member, {"room_id": session.room.id, "user_id": number}, {"is_host": True})


@operation
def cancel(actor: Actor, place: Activity, session: Session) -> None:
    """Call a session off; what was asked beforehand stays."""
    room = _open(place, session)
    session.cancelled_at = utcnow()
    room.closes_at = room.opens_at
    _changed(session)
    _note(events.CANCELLED, actor, place, session)


@operation
def open_now(actor: Actor, place: Activity, session: Session) -> None:
    """Begin before the time."""
    room, now = _open(place, session), utcnow()
    if room.opens_at is None or room.opens_at <= now:
        return
    room.opens_at = now
    _changed(session)
    _note(events.OPENED, actor, place, session)


@operation
def go_to(actor: Actor, place: Activity, session: Session, step: int) -> None:
    """Begin a step of the agenda; its timer starts, and what is said from now on belongs to it."""
    room = _on(place, session)
    if not 0 <= step < len(session.agenda):
        raise DomainError(_("There is no such step."))
    agenda = [dict(each) for each in session.agenda]
    agenda[step] |= {"begun_at": utcnow().isoformat(), "from_number": room.last_number + 1}
    session.agenda, session.step = agenda, step
    db.session.flush()
    show(place, room, "panel")


@operation
def extend(actor: Actor, place: Activity, session: Session) -> None:
    """Give a session ten minutes more."""
    room = _on(place, session)
    if room.closes_at is not None:
        room.closes_at += EXTENSION
    _changed(session)
    show(place, room, "panel")


@operation
def show_link(actor: Actor, place: Activity, session: Session, title: str, url: str) -> None:
    """Show everybody a link, to a poll for example; an empty address takes it down.

    Raises DomainError for an address outside this site.
    """
    room = _open(place, session)
    if url and not _LOCAL.fullmatch(url):
        raise DomainError(_("Give the address of a page of this site."))
    session.link_url, session.link_title = url, title.strip()[:TITLE_LENGTH] if url else ""
    db.session.flush()
    show(place, room, "panel")


@operation
def close(actor: Actor, place: Activity, session: Session) -> None:
    """End a session; its minutes are begun. Nothing happens when it has ended already."""
    room = locked(place, session.room.id)
    db.session.refresh(session)
    if session.closed_at is not None or session.cancelled_at is not None:
        return
    now = utcnow()
    if room.opens_at is not None and room.opens_at > now:
        raise DomainError(_("It has not begun. Call it off instead."))
    if room.closes_at is None or room.closes_at > now:
        room.closes_at = now
        _changed(session)
    session.closed_at, room.by_turns = now, False
    db.session.execute(
        update(Member).where(Member.room_id == room.id).values(hand_at=None, floor_at=None),
        execution_options={"synchronize_session": False},
    )
    db.session.flush()
    minutes.begin(actor, place, session)
    _note(events.CLOSED, actor, place, session)


def close_due() -> None:
    """End every session whose time is up, each in an operation of its own."""
    due = (
        select(Session.id)
        .join(Session.room)
        .where(Room.closes_at <= utcnow(), Session.closed_at.is_(None))
        .where(Session.cancelled_at.is_(None))
        .order_by(Room.closes_at)
        .limit(100)
    )
    for number in db.session.scalars(due).all():
        _close_if_there(SYSTEM, number)


@operation
def _close_if_there(actor: Actor, number: int) -> None:
    session = db.session.get(Session, number)
    place = session.content.activity if session is not None else None
    if session is not None and place is not None:
        close(actor, place, session)


CLOSING = Periodic("sessions", timedelta(minutes=1), close_due)


def _open(place: Activity, session: Session) -> Room:
    """The room of a session that is not over, held until the operation ends."""
    room = locked(place, session.room.id)
    db.session.refresh(session)
    over = room.closes_at is not None and room.closes_at <= utcnow()
    if session.cancelled_at is not None or session.closed_at is not None or over:
        raise Refused(_("This session is over."))
    return room


def _on(place: Activity, session: Session) -> Room:
    room = _open(place, session)
    if not room.is_on(utcnow()):
        raise Refused(_("This session has not begun yet."))
    return room


def _changed(session: Session) -> None:
    """What calendars know it by."""
    session.revision = session.revision + 1
    session.changed_at = utcnow()
    db.session.flush()


def _note(kind: str, actor: Actor, place: Activity, session: Session) -> None:
    opens = session.room.opens_at
    for part in ("panel", "top"):
        show(place, session.room, part)
    record(
        kind, actor, activity=place, content=session.content, title=session.title,
        opens_at=opens.isoformat() if opens is not None else None,
    )  # fmt: skip
