"""What servers say of meetings, taken over: where a room is, who is in it, when it has ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from core.api import SYSTEM, Actor, User, changed, db, operation, record, upsert, utcnow
from plugins.webinar import events
from plugins.webinar.attendance import LIST, SERVER
from plugins.webinar.models import Attendance, Meeting, MeetingState, Recorded, Room
from plugins.webinar.schedule import end_meeting, held

# How long until a server is asked again, while people are in a room.
NEXT_LOOK = timedelta(seconds=50)
# After its end: when recordings are first asked for, at most between two questions, and for how
# long they may take.
FIRST, SELDOM, PATIENCE = timedelta(minutes=2), timedelta(hours=1), timedelta(days=7)
# A server that told of a room so lately is not given up because it fails to answer once.
MOMENT = timedelta(minutes=3)
# So long whoever is seen for the first time, or was there at the last look, counts at most.
GAP = timedelta(seconds=60)


@dataclass(frozen=True)
class Standing:
    """Where a meeting is: the address of its server, empty for none; ``is_live``: the server told
    of the room a moment ago."""

    server: str = ""
    is_live: bool = False


def standing(meeting_id: int) -> Standing:
    """Where a meeting is. Afterwards no transaction is open: whoever asks is about to speak to that
    server."""
    room = db.session.get(Room, meeting_id)
    found = Standing(room.server, _is_live(room)) if room is not None else Standing()
    db.session.rollback()
    return found


def _is_live(room: Room) -> bool:
    """Whether there was a look since the room was made, a moment ago."""
    looked_at = room.looked_at
    if room.ended_at is not None or looked_at is None or looked_at == room.made_at:
        return False
    return utcnow() - looked_at < MOMENT


@operation
def keep(
    actor: Actor, meeting_id: int, server: str, *, since: datetime, instead_of: str = ""
) -> str:
    """Let a meeting be on this server, unless it has one already (other than ``instead_of``, which
    failed): then it is that. Two hosts who come at once meet on one: what another has made
    ``since`` this one began to try stays where it is, though it failed here."""
    held(meeting_id)
    room = db.session.get(Room, meeting_id)
    if room is None:
        room = Room(meeting_id=meeting_id, server=server)
        db.session.add(room)
    elif room.server == instead_of and (room.lives_since is None or room.lives_since <= since):
        room.server, room.made_at = server, None
    return room.server


@operation
def made(actor: Actor, meeting_id: int, server: str, session: str) -> None:
    """There is a room on the server; from now on it is looked into. An answer that comes when
    people meet on another server already changes nothing. That an earlier session was recorded is
    not forgotten."""
    held(meeting_id)
    room = db.session.get_one(Room, meeting_id)
    now = utcnow()
    if room.server != server and room.lives_since is not None:
        return
    if room.session != session or room.lives_since is None:
        room.made_at = room.looked_at = now
    room.server, room.session, room.ended_at = server, session, None
    room.marked = room.marked or None
    room.due_at = now + NEXT_LOOK


@operation
def postpone(actor: Actor, meeting_id: int) -> None:
    """The server did not answer: ask it later, the longer the thing is past the seldomer, and at
    last no more."""
    room = db.session.get(Room, meeting_id)
    if room is not None and room.due_at is not None:
        now = utcnow()
        since = room.ended_at or room.looked_at or now
        room.due_at = None if now - since > PATIENCE else _later(since, now, NEXT_LOOK)


@operation
def seen(actor: Actor, meeting_id: int, session: str, people: Iterable[int]) -> None:
    """Who is in the room just now: their minutes grow by the time since the last look."""
    meeting = held(meeting_id)
    room = db.session.get_one(Room, meeting_id)
    if room.ended_at is not None:
        return
    now = utcnow()
    _count(meeting, room, frozenset(people), now)
    room.session, room.looked_at, room.due_at = session, now, now + NEXT_LOOK


def _count(meeting: Meeting, room: Room, people: frozenset[int], now: datetime) -> None:
    """Time since the last look, or since somebody came in; what a host has brought stays."""
    looked_at = room.looked_at or now
    known = _attendance(meeting.id)
    accounts = set(db.session.scalars(select(User.id).where(User.id.in_(people - known.keys()))))
    for person in accounts:
        key = {"meeting_id": meeting.id, "user_id": person}
        first = max(looked_at, now - GAP)
        upsert(Attendance, key, {"first_at": first, "minutes": None, "source": SERVER})
    if accounts:
        known = _attendance(meeting.id)
    for row in known.values():
        if row.user_id in people and row.source != LIST:
            stayed = row.seen_at is not None and row.seen_at >= looked_at
            since = looked_at if stayed else max(looked_at, row.first_at, now - GAP)
            _add(row, now - since)
            row.seen_at = now


def _attendance(meeting_id: int) -> dict[int, Attendance]:
    found = db.session.scalars(select(Attendance).where(Attendance.meeting_id == meeting_id))
    return {row.user_id: row for row in found}


def _add(row: Attendance, time: timedelta) -> None:
    row.source = SERVER
    row.seconds += max(round(time.total_seconds()), 0)
    row.minutes = max((row.seconds + 30) // 60, 1)


@operation
def gone(actor: Actor, meeting_id: int, session: str) -> None:
    """This session is over: for the meeting too, unless it had hardly begun and a host may come
    again. Nothing happens where that is known, or a host opened the next one meanwhile."""
    meeting = held(meeting_id)
    room = db.session.get_one(Room, meeting_id)
    if room.ended_at is not None or room.made_at is None or room.session != session:
        return
    now = utcnow()
    _settle_last_minutes(actor, meeting, room, now)
    room.ended_at = room.looked_at = now
    records = meeting.webinar.recorded != Recorded.NO
    room.due_at = now + FIRST if records and room.marked is not False else None
    if meeting.state == MeetingState.ON:
        halfway = meeting.begins_at + (meeting.ends_at - meeting.begins_at) / 2
        if now < halfway:
            meeting.state, meeting.started_at = MeetingState.PLANNED, None
            changed(meeting.webinar.activity, "door")
        else:
            end_meeting(SYSTEM, meeting)


def _settle_last_minutes(actor: Actor, meeting: Meeting, room: Room, now: datetime) -> None:
    """Whoever was there at the last look stayed until about now; what came of it is noted."""
    looked_at = room.looked_at or now
    for row in _attendance(meeting.id).values():
        if row.source == SERVER and row.seen_at is not None and row.seen_at >= looked_at:
            _add(row, min(now - looked_at, GAP))
        if row.source == SERVER:
            record(
                events.COUNTED, actor, activity=meeting.webinar.activity, subject_id=row.user_id,
                meeting=meeting.id, minutes=row.minutes,
            )  # fmt: skip


@operation
def marked(actor: Actor, meeting_id: int, recorded: bool) -> None:
    """The server says whether the host recorded anything: in one session of several is enough."""
    held(meeting_id)
    room = db.session.get_one(Room, meeting_id)
    room.marked = room.marked or recorded
    room.due_at = utcnow()


@operation
def ask_later(actor: Actor, meeting_id: int, *, is_done: bool) -> None:
    """When recordings are asked for again: seldomer and seldomer, and not for ever."""
    held(meeting_id)
    room = db.session.get_one(Room, meeting_id)
    now = utcnow()
    ended = room.ended_at or now
    late = now - ended > (PATIENCE if room.marked else PATIENCE / 7)
    room.due_at = None if is_done or late else _later(ended, now, FIRST)
    if room.due_at is None:
        changed(room.meeting.webinar.activity, "door")


def _later(since: datetime, now: datetime, soonest: timedelta) -> datetime:
    return now + min(max((now - since) / 4, soonest), SELDOM)
