"""Looking into rooms on servers: every minute, and at once when a server calls.

What a server calls to say is a hint; what is so we ask it ourselves. So a call that was lost, comes
twice or is forged changes nothing but the moment. No transaction is open while we ask.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from sqlalchemy import select

from core.api import SYSTEM, db, settings_of, utcnow
from plugins.webinar import films, rooms
from plugins.webinar.asking import Trouble
from plugins.webinar.bbb import Server
from plugins.webinar.bigbluebutton import BigBlueButton, password
from plugins.webinar.models import Meeting, MeetingState, Room

log = logging.getLogger("sreda.webinar")

LOOK = "webinar.look"
# So many rooms are looked into at one sweep.
MOST = 500


@dataclass(frozen=True)
class Known:
    """What we know of a room before we ask: its name, its server, the session that we ask about,
    and whether that has ended."""

    meeting_id: int
    room: str
    server: Server
    session: str
    has_ended: bool


def sweep() -> None:
    """Look into every room that is due; a server that does not answer is asked once only."""
    query = select(Room.meeting_id).where(Room.due_at <= utcnow()).order_by(Room.due_at)
    due = list(db.session.scalars(query.limit(MOST)))
    down: set[str] = set()
    for number in due:
        known = _known(number)
        if known is None or known.server.address in down:
            rooms.postpone(SYSTEM, number)
            continue
        try:
            _look(known)
        except Trouble:
            down.add(known.server.address)
            rooms.postpone(SYSTEM, number)
        except Exception:
            # What is wrong with one room must not keep us from the others.
            log.exception("looking into the room of meeting %s failed", number)
            rooms.postpone(SYSTEM, number)


def look(meeting: int) -> None:
    """A job: a server called about this meeting. Raises Trouble, to be tried again."""
    known = _known(meeting)
    if known is not None:
        _look(known)


def close(meeting: int) -> None:
    """A job: a host ended this meeting here, so it ends on the server, unless it was opened again
    meanwhile. Raises Trouble."""
    row = db.session.get(Meeting, meeting)
    if row is None or row.state not in (MeetingState.OVER, MeetingState.CANCELLED):
        return
    known = _known(meeting)
    if known is not None and not known.has_ended:
        known.server.end(known.room, password(known.server, known.room, leads=True))
        _look(known)


def _known(meeting_id: int) -> Known | None:
    """None for a room of a server that is not among the settings any more."""
    room = db.session.scalar(select(Room).where(Room.meeting_id == meeting_id).join(Room.meeting))
    servers = BigBlueButton.of(settings_of("webinar")).servers
    if room is None or room.server not in servers or room.made_at is None:
        return None
    known = Known(
        meeting_id, room.meeting.room, servers[room.server], room.session, room.ended_at is not None
    )
    db.session.rollback()
    return known


def _look(known: Known) -> None:
    if not known.has_ended:
        presence = known.server.presence(known.room)
        if presence is None:
            rooms.gone(SYSTEM, known.meeting_id, known.session)
        else:
            rooms.seen(SYSTEM, known.meeting_id, presence.session, presence.people)
        return
    found = known.server.films(known.room)
    films.found(SYSTEM, known.meeting_id, found)
