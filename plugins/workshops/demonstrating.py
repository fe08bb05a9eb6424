"""What the master shows: live, recorded, with materials; and who saw it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core.api import (
    SYSTEM,
    Activity,
    Actor,
    DomainError,
    File,
    attach,
    db,
    new_content,
    note_revision,
    operation,
    over_because,
    record,
    search_again,
    utcnow,
)
from plugins.workshops import events
from plugins.workshops.holding import course_of, ensure_open, locked, place_of, seat_of
from plugins.workshops.models import Demonstration, Workshop
from plugins.workshops.passing import Basis, note_passed
from plugins.workshops.showing import show_in, take_back
from plugins.workshops.stages import Course, StageKind
from plugins.workshops.words import _

DEMONSTRATION = "workshops.demonstration"
# The door opens so long before a live demonstration, and closes so long after its planned end.
EARLY, LINGER = timedelta(minutes=15), timedelta(minutes=30)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A demonstration as a form gives it."""

    body: str
    address: str
    minutes: int
    recording: str
    files: Sequence[File] = ()
    seen_version: int = 1


def demonstration_of(activity: Activity) -> Demonstration | None:
    """What the master shows, if they have prepared it."""
    query = select(Demonstration).where(Demonstration.activity_id == activity.id)
    return db.session.scalar(query.options(joinedload(Demonstration.content)))


@operation
def show(actor: Actor, workshop: Workshop, shown: Shown) -> Demonstration:
    """Publish or change the demonstration; members of the community read it once its stage has
    come."""
    workshop = locked(workshop.id)
    found = demonstration_of(workshop.activity)
    if found is None:
        content = new_content(actor, DEMONSTRATION)
        content.members_only = True
        found = Demonstration(id=content.id, content=content, activity_id=workshop.activity_id)
        db.session.add(found)
    elif found.body != shown.body:
        note_revision(actor, found.content, found.body, seen_version=shown.seen_version)
    found.body, found.address = shown.body, shown.address
    found.minutes, found.recording = shown.minutes, shown.recording
    db.session.flush()
    attach(found.content, shown.files)
    search_again([found.id])
    open_in_time(workshop)
    record(events.SHOWED, actor, activity=workshop.activity)
    return found


def is_open(course: Course, now: datetime) -> bool:
    """Whether participants read and watch it: from the beginning of its stage on."""
    kind = StageKind.DEMONSTRATION
    return course.has(kind) and course.reached(kind, now)


def open_in_time(workshop: Workshop) -> None:
    """A demonstration stands in the community while it is open, so that it is found there, and no
    address opens it before. Inside an operation that holds the workshop."""
    found = demonstration_of(workshop.activity)
    opened = is_open(course_of(workshop), utcnow())
    if found is None or opened == (found.content.community_id is not None):
        return
    if opened:
        show_in(found.content, workshop.activity)
    else:
        take_back(found.content)


def catch_up(workshop: Workshop, course: Course, found: Demonstration | None) -> None:
    """What the clock has opened stands in the community, too, though the job of its stage is late:
    the page, its addresses and search agree from the first visit on."""
    if found is not None and found.content.community_id is None and is_open(course, utcnow()):
        _open_now(SYSTEM, workshop.id)


@operation
def _open_now(actor: Actor, number: int) -> None:
    open_in_time(locked(number))


def live_from(course: Course) -> datetime | None:
    """When a live demonstration begins: with its stage, by its date or by hand."""
    if course.by_hand == StageKind.DEMONSTRATION:
        return course.switched_at
    stages = (s.begins_at for s in course.stages if s.kind == StageKind.DEMONSTRATION)
    return next(stages, None)


def is_live(course: Course, found: Demonstration | None, now: datetime) -> bool:
    """Whether one can come in: from shortly before it begins until a while after it ends."""
    begins = live_from(course)
    if found is None or not found.address or begins is None:
        return False
    return begins - EARLY <= now < begins + timedelta(minutes=found.minutes) + LINGER


@operation
def come_in(actor: Actor, workshop: Workshop, found: Demonstration, *, leads: bool) -> str:
    """The address of a live demonstration for somebody who has a seat or leads it; that they came
    is noted. Raises DomainError before and after it."""
    workshop = locked(workshop.id)
    ensure_open(workshop)
    over = over_because(workshop.activity.community, workshop.activity)
    if over or not is_live(course_of(workshop), found, utcnow()):
        raise DomainError(_("The demonstration is not on now."))
    place = place_of(workshop, actor.id) if leads else seat_of(workshop, actor)
    if place is not None:
        record(events.CAME, actor, activity=workshop.activity, basis=Basis.DOOR)
        note_passed(actor, workshop, place, StageKind.DEMONSTRATION, Basis.DOOR)
    return found.address


@operation
def note_watched(actor: Actor, workshop: Workshop) -> None:
    """Somebody says that they watched the recording and looked at the materials."""
    workshop = locked(workshop.id)
    ensure_open(workshop)
    place = seat_of(workshop, actor)
    if not course_of(workshop).reached(StageKind.DEMONSTRATION, utcnow()):
        raise DomainError(_("This stage has not begun yet."))
    found = demonstration_of(workshop.activity)
    if found is None or is_blank_demonstration(found):
        raise DomainError(_("There is nothing to watch yet."))
    note_passed(actor, workshop, place, StageKind.DEMONSTRATION, Basis.WATCHED)


def is_blank_demonstration(found: Demonstration) -> bool:
    """Whether there is neither a recording nor a word to read."""
    return not found.recording and not found.body
