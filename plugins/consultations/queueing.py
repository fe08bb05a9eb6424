"""The queue of live hours: people see their place and the wait, a consultant takes the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from math import ceil

from sqlalchemy import Row, case, func, select, update

from core.api import (
    SYSTEM,
    Actor,
    DomainError,
    Refused,
    User,
    Viewer,
    changed,
    changed_for,
    db,
    operation,
    record,
    utcnow,
)
from plugins.consultations import events, rooms
from plugins.consultations.finding import consults, held_line
from plugins.consultations.meeting_models import Room, Slot, Ticket, TicketState
from plugins.consultations.models import Line
from plugins.consultations.words import _

PART = "queue"
# So long before announced hours one can join; so long a ticket is good.
EARLY = timedelta(minutes=15)
GOOD_FOR = timedelta(hours=6)
# What a conversation takes until some have taken place, and how many are looked at.
USUAL = timedelta(minutes=15)
SAMPLE = 20


@dataclass(frozen=True, kw_only=True)
class Queue:
    """Live hours as somebody sees them: ``position`` counts from 1, 0 is not in the queue.
    ``wait`` is in minutes. ``room_id``: the room to which they were called."""

    on: Sequence[Slot]
    waiting: int
    position: int = 0
    wait: int = 0
    room_id: int | None = None

    @property
    def is_open(self) -> bool:
        return bool(self.on)


def queue_of(line: Line, viewer: Viewer) -> Queue:
    """The queue of a line with the wait; four queries."""
    queue = queue_with(line, viewer, live_now(line))
    before = queue.position or queue.waiting + 1
    wait = ceil(usual_length(line) * before / max(len(queue.on), 1) / timedelta(minutes=1))
    return replace(queue, wait=wait)


def queue_with(line: Line, viewer: Viewer, on: Sequence[Slot]) -> Queue:
    """The queue of a line with these live hours; two queries."""
    mine, ahead, waiting = _places(line, viewer)
    position = ahead + 1 if mine is not None else 0
    return Queue(on=on, waiting=waiting, position=position, room_id=_called_to(line, viewer))


def among_live(slots: Sequence[Slot]) -> Sequence[Slot]:
    """Those of some live hours that are on, or begin in a moment."""
    return [slot for slot in slots if slot.begins_at <= utcnow() + EARLY]


def live_now(line: Line) -> Sequence[Slot]:
    """Live hours that are on, or begin in a moment."""
    now = utcnow()
    query = select(Slot).where(
        Slot.line_id == line.id, Slot.live, Slot.cancelled_at.is_(None),
        Slot.begins_at <= now + EARLY, Slot.ends_at > now,
    )  # fmt: skip
    return db.session.scalars(query.order_by(Slot.begins_at, Slot.id)).all()


def _places(line: Line, viewer: Viewer) -> tuple[int | None, int, int]:
    """One's ticket, how many are before it, and how many there are."""
    own = (
        select(Ticket.id)
        .where(Ticket.line_id == line.id, Ticket.state == TicketState.WAITING)
        .where(Ticket.user_id == viewer.id)
        .scalar_subquery()
    )
    before = func.sum(case((Ticket.id < own, 1), else_=0))
    row = db.session.execute(
        select(own, before, func.count()).where(
            Ticket.line_id == line.id, Ticket.state == TicketState.WAITING
        )
    ).one()
    return row[0], row[1] or 0, row[2]


def _called_to(line: Line, viewer: Viewer) -> int | None:
    query = (
        select(Room.id)
        .join(Ticket, Ticket.room_id == Room.id)
        .where(Ticket.line_id == line.id, Ticket.user_id == viewer.id)
        .where(Ticket.state == TicketState.CALLED, Room.closed_at.is_(None))
        .order_by(Room.id.desc())
        .limit(1)
    )
    return db.session.scalar(query) if viewer.id is not None else None


def usual_length(line: Line) -> timedelta:
    """How long a conversation from the queue takes, by the latest of them."""
    query = (
        select(Room.opened_at, Room.closed_at)
        .join(Ticket, Ticket.room_id == Room.id)
        .where(Room.line_id == line.id, Room.closed_at.is_not(None), Room.opened_at.is_not(None))
        .order_by(Room.id.desc())
        .limit(SAMPLE)
    )
    lengths = [row.closed_at - row.opened_at for row in db.session.execute(query)]
    return sum(lengths, timedelta()) / len(lengths) if lengths else USUAL


def waiting_in(line: Line) -> Sequence[Row[Ticket, User]]:
    """Who waits, the first first; for consultants."""
    query = (
        select(Ticket, User)
        .join(User, User.id == Ticket.user_id)
        .where(Ticket.line_id == line.id, Ticket.state == TicketState.WAITING)
        .order_by(Ticket.id)
        .limit(100)
    )
    return db.session.execute(query).all()


@operation
def join(actor: Actor, line: Line, note: str) -> Ticket:
    """Get into the queue. Whoever is in it already keeps their place."""
    line = held_line(line.id)
    if consults(actor, line.id):
        raise DomainError(_("You are a consultant of this line: take the next from the queue."))
    own = _waiting(line, actor)
    if own is not None:
        return own
    if not line.by_queue or not live_now(line):
        raise DomainError(_("There are no live hours just now. Ask in writing, or book a time."))
    ticket = Ticket(
        activity_id=line.activity_id, line_id=line.id, user_id=actor.id, note=note,
        state=TicketState.WAITING, asked_at=utcnow(),
    )  # fmt: skip
    db.session.add(ticket)
    db.session.flush()
    record(events.QUEUED, actor, activity=line.activity)
    changed(line.activity, PART)
    return ticket


def _waiting(line: Line, actor: Actor) -> Ticket | None:
    return db.session.scalar(
        select(Ticket).where(
            Ticket.line_id == line.id, Ticket.user_id == actor.id,
            Ticket.state == TicketState.WAITING,
        )
    )  # fmt: skip


@operation
def leave(actor: Actor, line: Line) -> None:
    """Get out of the queue."""
    line = held_line(line.id)
    ticket = _waiting(line, actor)
    if ticket is not None:
        ticket.state = TicketState.LEFT
        changed(line.activity, PART)


@operation
def call_next(actor: Actor, line: Line) -> Room:
    """Take whoever waits longest into a private room. Raises DomainError when nobody waits."""
    line = held_line(line.id)
    if not consults(actor, line.id):
        raise Refused(_("Only the consultants of this line can do this."))
    first = (
        select(Ticket)
        .where(Ticket.line_id == line.id, Ticket.state == TicketState.WAITING)
        .order_by(Ticket.id)
        .limit(1)
    )
    ticket = db.session.scalar(first)
    if ticket is None:
        raise DomainError(_("Nobody waits just now."))
    room = rooms.new_room(line, actor.id, " ".join(ticket.note.split())[: rooms.TOPIC_LENGTH])
    rooms.enter_queue_room(room, ticket.user_id)
    ticket.state, ticket.called_at, ticket.room_id = TicketState.CALLED, utcnow(), room.id
    db.session.flush()
    record(events.CALLED, actor, activity=line.activity)
    rooms.tell_open(actor, room)
    changed(line.activity, PART)
    changed_for([ticket.user_id], PART)
    return room


def let_old_go() -> None:
    """Again and again, in the worker: tickets of hours long past wait for nobody."""
    _let_old_go(SYSTEM)


@operation
def _let_old_go(actor: Actor) -> None:
    old = update(Ticket).where(
        Ticket.state == TicketState.WAITING, Ticket.asked_at < utcnow() - GOOD_FOR
    )
    db.session.execute(
        old.values(state=TicketState.LEFT), execution_options={"synchronize_session": False}
    )
