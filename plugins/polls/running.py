"""The course of a poll: its opening, more time, an early end, reminders, and what follows."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, select

from core.api import (
    SYSTEM,
    Activity,
    Actor,
    Conflict,
    DomainError,
    Event,
    changed,
    db,
    enqueue,
    notify,
    operation,
    record,
    utcnow,
)
from plugins.polls import electorate, events, notices
from plugins.polls.handing import settle
from plugins.polls.locking import held
from plugins.polls.models import Decision, Poll, Results, Unfinished, Voter
from plugins.polls.urn import has_closed, is_sealed, open_urn
from plugins.polls.words import _

REASON_LENGTH = 500
# Whoever has not answered is reminded so long before the end, unless the poll is shorter than two
# of these; by hand not more often than this.
REMINDED = timedelta(hours=24)
BY_HAND = timedelta(hours=20)
OPENING, CLOSING, REMINDING = "polls.opening", "polls.closing", "polls.reminding"
# What somebody began and never sent is kept for so long after the end, in case there is more time.
FORGETTING = "polls.forgetting"
KEPT = timedelta(days=30)


def schedule(poll: Poll) -> None:
    """Wish for what follows from the dates of a poll, inside the operation that set them.

    None of it decides anything: whether a poll is open is asked of the clock.
    """
    activity, now = poll.activity, utcnow()
    if activity.opens_at is not None and activity.opens_at > now:
        enqueue(OPENING, at=activity.opens_at, key=f"poll:{activity.id}", poll=activity.id)
    if activity.closes_at is None:
        return
    enqueue(CLOSING, at=max(activity.closes_at, now), key=f"poll:{activity.id}", poll=activity.id)
    forget = activity.closes_at + KEPT
    enqueue(FORGETTING, at=max(forget, now), key=f"poll:{activity.id}", poll=activity.id)
    last_call = activity.closes_at - REMINDED
    if last_call - max(activity.opens_at or now, now) >= REMINDED:
        enqueue(REMINDING, at=last_call, key=f"poll:{activity.id}", poll=activity.id)


def opened(event: Event) -> None:
    """A poll was set up or published: ask those whom it asks, or wait for its hour."""
    poll = db.session.get(Poll, event.activity_id or 0)
    if poll is None:
        return
    schedule(poll)
    announce_opening(SYSTEM, poll.activity_id)


@operation
def announce_opening(actor: Actor, poll: int) -> None:
    """Settle the list of a poll that has opened, and tell those on it; once."""
    electorate.settle(actor, poll)
    found = held(poll)
    if found.by_link or not _asks(found):
        return
    notify(
        notices.OPENED, voters(poll), by=found.activity.author_id, about=found.activity,
        once=f"polls.opened:{poll}",
    )  # fmt: skip


def _asks(poll: Poll) -> bool:
    """Whether there is anybody whom a poll asks now; in a community that has ended, nobody."""
    return poll.activity.is_open(utcnow()) and poll.activity.community.state != "liquidated"


def voters(activity_id: int) -> Select[int]:
    """Everybody on the list."""
    return select(Voter.user_id).where(Voter.activity_id == activity_id)


def silent(poll: Poll) -> Select[int]:
    """Those on the list who have not answered, nor anybody else of their school where it has one
    voice."""
    query = voters(poll.activity_id).where(Voter.answered.is_(False))
    if not poll.by_school:
        return query
    heard = select(Voter.school_id).where(Voter.activity_id == poll.activity_id, Voter.answered)
    return query.where(Voter.school_id.not_in(heard.where(Voter.school_id.is_not(None))))


@operation
def close_early(actor: Actor, activity: Activity, reason: str) -> None:
    """End a poll now, with a reason that everybody reads. Raises DomainError without one."""
    poll = held(activity.id)
    reason = " ".join(reason.split())
    if not poll.activity.is_open(utcnow()):
        raise Conflict(_("This poll is not open, so there is nothing to close."))
    if not reason:
        raise DomainError(_("Give a reason: everybody who looks at the poll will read it."))
    if len(reason) > REASON_LENGTH:
        raise DomainError(_("This reason is too long: 500 characters fit."))
    poll.activity.closes_at = utcnow()
    poll.close_reason, poll.closed_by_id = reason, actor.id
    schedule(poll)
    record(events.CLOSED, actor, activity=poll.activity, reason=reason)
    changed(poll.activity, "results")


@operation
def extend(actor: Actor, activity: Activity, until: datetime) -> None:
    """Give a poll more time and let everybody know. Raises DomainError where that is impossible."""
    poll = held(activity.id)
    former = poll.activity.closes_at
    if former is None:
        raise DomainError(_("This poll has no end, so it needs no more time."))
    if until <= utcnow() or until <= former:
        raise DomainError(_("The new end must be later than the one there is."))
    ensure_extendable(poll, closed=has_closed(poll))
    poll.activity.closes_at = until
    note_extension(actor, poll, former)


def ensure_extendable(poll: Poll, *, closed: bool) -> None:
    """Raise unless a poll may go on: what was counted in secret, or decided, stays as it is."""
    if poll.is_secret and closed:
        raise DomainError(_("A secret poll that has closed cannot be opened again."))
    decided = select(Decision.id).where(Decision.activity_id == poll.activity_id)
    if db.session.scalar(decided) is not None:
        raise DomainError(_("The decision is published already. Set up another poll instead."))


def note_extension(actor: Actor, poll: Poll, former: datetime) -> None:
    """Remember until when a poll was to be open before, and tell those whom it asks."""
    activity = poll.activity
    poll.postponed = [*poll.postponed, former.isoformat()]
    poll.close_reason, poll.closed_by_id = "", None
    schedule(poll)
    number = len(poll.postponed)
    record(events.EXTENDED, actor, activity=activity, until=_iso(activity.closes_at))
    if poll.electorate is None:
        # Its former end had passed before anybody was asked.
        announce_opening(actor, activity.id)
        return
    notify(
        notices.EXTENDED, voters(activity.id), by=actor.id, about=activity,
        once=f"polls.extended:{activity.id}:{number}", until=_iso(activity.closes_at),
    )  # fmt: skip


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment is not None else ""


@operation
def remind(actor: Actor, activity: Activity) -> int:
    """Remind those who have not answered, and nobody else; how many they are.

    Raises DomainError when they were reminded within the last day, or the poll is closed.
    """
    poll = held(activity.id)
    if not poll.activity.is_open(utcnow()):
        raise DomainError(_("This poll is not open, so there is nobody to remind."))
    if poll.reminded_at is not None and poll.reminded_at > utcnow() - BY_HAND:
        raise DomainError(_("They were reminded within the last day. Once a day is enough."))
    people = list(db.session.scalars(silent(poll)))
    if not people:
        raise DomainError(_("Everybody who is asked has answered."))
    _remind(actor, poll, people)
    return len(people)


@operation
def remind_in_time(actor: Actor, activity_id: int) -> None:
    """The reminder a day before the end; none where somebody reminded by hand just before."""
    poll = held(activity_id)
    closes = poll.activity.closes_at
    recently = poll.reminded_at is not None and poll.reminded_at > utcnow() - BY_HAND
    if recently or not _asks(poll) or closes is None:
        return
    if closes - utcnow() > REMINDED + timedelta(minutes=1):
        return
    _remind(actor, poll, list(db.session.scalars(silent(poll))))


def _remind(actor: Actor, poll: Poll, people: list[int]) -> None:
    poll.reminded_at = utcnow()
    notify(
        notices.REMINDER, people, about=poll.activity,
        once=f"polls.reminder:{poll.activity_id}:{poll.reminded_at:%Y%m%d%H%M}",
        until=_iso(poll.activity.closes_at),
    )  # fmt: skip
    record(events.REMINDED, actor, activity=poll.activity, people=len(people))


@operation
def renew_link(actor: Actor, activity: Activity) -> None:
    """Give a poll another link; whoever has the former one cannot answer by it any more."""
    poll = held(activity.id)
    if not poll.by_link:
        raise DomainError(_("This poll is not answered by a link."))
    poll.token = secrets.token_urlsafe(16)
    record(events.EDITED, actor, activity=activity)


def open_now(poll: int) -> None:
    """The job of a poll's opening."""
    announce_opening(SYSTEM, poll)


def remind_now(poll: int) -> None:
    """The job of the reminder a day before the end."""
    remind_in_time(SYSTEM, poll)


def close_now(poll: int) -> None:
    """The job of a poll's end: count what is secret, tell those whom it asked."""
    if is_sealed(poll):
        open_urn(SYSTEM, poll)
    announce_end(SYSTEM, poll)


def forget_now(poll: int) -> None:
    """The job some weeks after a poll's end."""
    forget_begun(SYSTEM, poll)


@operation
def forget_begun(actor: Actor, activity_id: int) -> None:
    """Throw away what was begun and never sent, with its files; nothing before its time."""
    poll = held(activity_id)
    closes = poll.activity.closes_at
    if closes is None or closes + KEPT > utcnow():
        return
    here = Unfinished.activity_id == activity_id
    people = list(db.session.scalars(select(Unfinished.user_id).where(here)))
    db.session.execute(delete(Unfinished).where(here))
    for person in people:
        settle(actor, poll, person)


@operation
def announce_end(actor: Actor, activity_id: int) -> None:
    """Tell that a poll has closed, where there is something to see; nothing before that."""
    poll = held(activity_id)
    closes = poll.activity.closes_at
    if not has_closed(poll) or closes is None or poll.results == Results.NEVER:
        return
    notify(
        notices.CLOSED, voters(activity_id), about=poll.activity,
        once=f"polls.closed:{activity_id}:{closes:%Y%m%d%H%M}",
    )  # fmt: skip
