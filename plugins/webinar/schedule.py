"""When people come together: planning meetings, moving and calling them off, opening and ending."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from core.api import (
    HOLD,
    SYSTEM,
    Actor,
    DomainError,
    User,
    changed,
    current_zone,
    db,
    enqueue,
    notify,
    operation,
    record,
    utcnow,
)
from plugins.webinar import events, notices
from plugins.webinar.models import (
    Attendance,
    Host,
    Meeting,
    MeetingState,
    Place,
    PlaceState,
    Rating,
    Room,
    Webinar,
)
from plugins.webinar.words import _

REMIND = "webinar.remind"
CLOSE = "webinar.close"
FEEDBACK = "webinar.feedback"
# How long before a meeting those who have a place are reminded, by the name of the reminder.
BEFORE = {
    notices.DAY: timedelta(days=1), notices.HOUR: timedelta(hours=1), notices.NOW: timedelta(0),
}  # fmt: skip
# For so long after its end those who came are asked what they thought.
FRESH = timedelta(days=1)
# So many meetings a webinar has at most.
MOST = 60


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A meeting as a form gives it; ``begins_at`` in UTC."""

    begins_at: datetime
    minutes: int
    topic: str = ""

    @property
    def ends_at(self) -> datetime:
        return self.begins_at + timedelta(minutes=self.minutes)


@operation
def plan_series(actor: Actor, webinar: Webinar, plan: Plan, *, every: int, times: int) -> None:
    """Plan so many meetings, ``every`` so many days, at the same hour of the organiser's clock."""
    first = plan.begins_at.astimezone(current_zone())
    for number in range(times if every else 1):
        moment = (first + timedelta(days=every * number)).astimezone(plan.begins_at.tzinfo)
        plan_meeting(actor, webinar, Plan(begins_at=moment, minutes=plan.minutes, topic=plan.topic))


@operation
def plan_meeting(actor: Actor, webinar: Webinar, plan: Plan) -> Meeting:
    """Plan one meeting. Raises DomainError for one in the past, or one too many."""
    _check(plan)
    locked(webinar.id)
    planned = select(Meeting.id).where(Meeting.webinar_id == webinar.id)
    if len(db.session.scalars(planned.limit(MOST)).all()) >= MOST:
        raise DomainError(_("There are too many meetings already. Begin another series."))
    meeting = Meeting(
        activity_id=webinar.activity_id, webinar_id=webinar.id, topic=plan.topic,
        begins_at=plan.begins_at, ends_at=plan.ends_at, changed_at=utcnow(),
    )  # fmt: skip
    db.session.add(meeting)
    db.session.flush()
    _remind(meeting)
    _note(events.PLANNED, actor, meeting)
    _tell(notices.ADDED, actor, meeting)
    return meeting


@operation
def change_meeting(actor: Actor, meeting: Meeting, plan: Plan, *, seen: int) -> None:
    """Move a meeting, or call it otherwise; ``seen`` is the version that the form began with."""
    meeting = held(meeting.id)
    if meeting.sequence != seen:
        raise DomainError(_("Somebody else has changed this meeting just now. Look once more."))
    _still_ahead(meeting)
    moved = plan.begins_at != meeting.begins_at or plan.ends_at != meeting.ends_at
    if moved:
        _check(plan)
    meeting.topic, meeting.begins_at, meeting.ends_at = plan.topic, plan.begins_at, plan.ends_at
    _changed(meeting)
    if moved:
        _remind(meeting)
        _tell(notices.MOVED, actor, meeting)
    _note(events.CHANGED, actor, meeting)


@operation
def cancel_meeting(actor: Actor, meeting: Meeting, reason: str) -> None:
    """Call a meeting off, with a reason that those who signed up read."""
    meeting = held(meeting.id)
    _still_ahead(meeting)
    if not reason.strip():
        raise DomainError(_("Give a reason: everybody who signed up will read it."))
    meeting.state, meeting.reason = MeetingState.CANCELLED, reason.strip()
    _changed(meeting)
    _close_room(meeting)
    _note(events.CANCELLED, actor, meeting, reason=meeting.reason)
    _tell(notices.CALLED_OFF, actor, meeting)


@operation
def open_meeting(actor: Actor, meeting: Meeting) -> None:
    """A host is there: let people in. Nothing happens where it is open already; one that was ended
    too early is opened again."""
    meeting = held(meeting.id)
    if meeting.state == MeetingState.ON:
        return
    now = utcnow()
    if not meeting.may_reopen(now):
        _still_ahead(meeting)
    meeting.state, meeting.ended_at = MeetingState.ON, None
    meeting.started_at = meeting.started_at or now
    _note(events.OPENED, actor, meeting)
    changed(meeting.webinar.activity, "door")
    remind(SYSTEM, meeting, notices.NOW)


@operation
def end_meeting(actor: Actor, meeting: Meeting) -> None:
    """It is over. Nothing happens where it was ended already."""
    meeting = held(meeting.id)
    if meeting.state == MeetingState.OVER:
        return
    if meeting.state == MeetingState.CANCELLED:
        raise DomainError(_("This meeting was called off."))
    meeting.state, meeting.ended_at = MeetingState.OVER, utcnow()
    _close_room(meeting)
    _note(events.ENDED, actor, meeting)
    changed(meeting.webinar.activity, "door")


def send_reminder(meeting: int, which: str) -> None:
    """A job, at its moment: remind those who have a place, unless the meeting was moved since."""
    row = db.session.get(Meeting, meeting)
    if row is not None and row.state in (MeetingState.PLANNED, MeetingState.ON):
        due = row.begins_at - BEFORE[which] - timedelta(minutes=1)
        if due <= utcnow() < row.ends_at:
            remind(SYSTEM, row, which)


def ask_for_feedback(meeting: int) -> None:
    """A job, at the planned end: ask those who came what they thought, unless it was moved."""
    row = db.session.get(Meeting, meeting)
    if row is None or row.state == MeetingState.CANCELLED:
        return
    if row.ends_at <= utcnow() < row.ends_at + FRESH:
        thank(SYSTEM, row)


@operation
def thank(actor: Actor, meeting: Meeting) -> None:
    """Tell those who came that it is over, and where to say what they thought; once."""
    came = select(Attendance.user_id).where(Attendance.meeting_id == meeting.id)
    seated = came.where(Attendance.user_id.in_(going_to(meeting.webinar_id, hosts=False)))
    said = select(Rating.user_id).where(Rating.meeting_id == meeting.id)
    people = list(db.session.scalars(seated.where(Attendance.user_id.not_in(said))))
    if people and meeting.webinar.activity.state == "published":
        notify(
            notices.AFTER, people, about=meeting.webinar.activity, meeting=meeting.id,
            once=f"{notices.AFTER}:{meeting.id}",
        )  # fmt: skip


@operation
def remind(actor: Actor, meeting: Meeting, which: str) -> None:
    """Tell everybody who has a place, and the hosts, of what is near; once for each time."""
    activity = meeting.webinar.activity
    if activity.state != "published":
        return
    notify(
        which, going_to(meeting.webinar_id), about=activity, meeting=meeting.id,
        once=f"{which}:{meeting.id}:{meeting.begins_at.isoformat()}",
    )  # fmt: skip


def going_to(webinar_id: int, *, hosts: bool = True) -> list[int]:
    """Who has a place in a webinar, and who runs it."""
    seated = select(Place.user_id).where(
        Place.webinar_id == webinar_id, Place.state == PlaceState.HELD
    )
    running = select(Host.user_id).where(Host.webinar_id == webinar_id)
    query = seated.union(running) if hosts else seated
    return list(db.session.scalars(query))


def locked(webinar_id: int) -> Webinar:
    """A webinar that nobody else changes until the operation ends."""
    db.session.flush()
    query = select(Webinar).where(Webinar.id == webinar_id).with_for_update(**HOLD)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def held(meeting_id: int) -> Meeting:
    """A meeting that nobody else changes until the operation ends."""
    db.session.flush()
    query = select(Meeting).where(Meeting.id == meeting_id).with_for_update(**HOLD)
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise DomainError(_("This meeting is there no longer."))
    return found


def _check(plan: Plan) -> None:
    if plan.begins_at < utcnow() - timedelta(minutes=5):
        raise DomainError(_("A meeting cannot begin in the past. Check the date and the time."))


def _still_ahead(meeting: Meeting) -> None:
    if meeting.state == MeetingState.CANCELLED:
        raise DomainError(_("This meeting was called off."))
    if meeting.is_over(utcnow()):
        raise DomainError(_("This meeting is over."))


def _changed(meeting: Meeting) -> None:
    meeting.sequence += 1
    meeting.changed_at = utcnow()
    changed(meeting.webinar.activity, "door")


def _close_room(meeting: Meeting) -> None:
    """What is open on a server is closed there too, by a job."""
    room = db.session.get(Room, meeting.id)
    if room is not None and room.lives_since is not None:
        enqueue(CLOSE, key=f"close:{meeting.id}", meeting=meeting.id)


def _remind(meeting: Meeting) -> None:
    now = utcnow()
    for which, before in BEFORE.items():
        moment = meeting.begins_at - before
        if moment > now:
            enqueue(REMIND, at=moment, key=f"{which}:{meeting.id}", meeting=meeting.id, which=which)
    enqueue(FEEDBACK, at=meeting.ends_at, key=f"feedback:{meeting.id}", meeting=meeting.id)


def _tell(kind: str, actor: Actor, meeting: Meeting) -> None:
    """Those who have a place hear of it, with the date for their calendars."""
    notify(
        kind, going_to(meeting.webinar_id), by=actor.id, about=meeting.webinar.activity,
        meeting=meeting.id, once=f"{kind}:{meeting.id}:{meeting.sequence}",
    )  # fmt: skip


def _note(kind: str, actor: Actor, meeting: Meeting, **facts: Any) -> None:
    record(
        kind, actor, activity=meeting.webinar.activity, meeting=meeting.id,
        begins_at=meeting.begins_at.isoformat(), **facts,
    )  # fmt: skip


def zone_of(actor: Actor) -> str:
    """The clock of whoever plans, which calendars name beside the viewer's."""
    user = db.session.get(User, actor.id) if actor.id is not None else None
    return user.zone_name or "" if user is not None else ""
