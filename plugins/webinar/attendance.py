"""Who came and for how long, what they thought of it, and what was recorded."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from core.api import (
    Actor,
    DomainError,
    File,
    User,
    attach,
    db,
    new_content,
    notify,
    operation,
    record,
    sent_before,
    upsert,
    utcnow,
)
from plugins.webinar import events, notices
from plugins.webinar.models import Attendance, Meeting, Place, PlaceState, Rating, Recording
from plugins.webinar.schedule import going_to
from plugins.webinar.words import _

RECORDING = "webinar.recording"
DOOR, LIST = "door", "list"
LONGEST = 24 * 60
CELLS = re.compile(r"[;,\t]")
NUMBER = re.compile(r"[0-9]{1,4}(?:[.,][0-9]+)?")


@operation
def come(actor: Actor, meeting: Meeting) -> None:
    """Somebody goes through the door; only the first time is noted."""
    key = {"meeting_id": meeting.id, "user_id": actor.id}
    if actor.id is None or db.session.get(Attendance, key) is not None:
        return
    upsert(Attendance, key, {"first_at": utcnow(), "minutes": None, "source": DOOR})
    record(events.CAME, actor, activity=meeting.webinar.activity, meeting=meeting.id)


@dataclass
class Brought:
    """What a list of attendance came to: minutes by person, and lines that name nobody known."""

    minutes: dict[int, int] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)


def read_list(meeting: Meeting, table: str) -> Brought:
    """Find those who have a place in what a host pasted: by e-mail address, or by name in any
    order. Minutes of several lines about one person are added up."""
    known = _known(meeting.webinar_id)
    brought = Brought()
    for line in table.splitlines():
        if not line.strip():
            continue
        cells = [cell.strip().strip('"') for cell in CELLS.split(line)]
        person = next((known[key] for cell in cells if (key := _key(cell)) in known), None)
        minutes = next((int(float(c)) for c in reversed(cells) if NUMBER.fullmatch(c)), None)
        if person is None or minutes is None:
            brought.unknown.append(line.strip()[:200])
        else:
            total = brought.minutes.get(person, 0) + minutes
            brought.minutes[person] = min(total, LONGEST)
    return brought


def _known(webinar_id: int) -> Mapping[str, int]:
    query = (
        select(User)
        .join(Place, Place.user_id == User.id)
        .where(Place.webinar_id == webinar_id, Place.state == PlaceState.HELD)
    )
    found: dict[str, int] = {}
    for user in db.session.scalars(query):
        found[_key(user.name)] = user.id
        found[_key(f"{user.surname} {user.given_name}")] = user.id
        if user.email:
            found[_key(user.email)] = user.id
    return found


def _key(words: str) -> str:
    """Names come in any order and case: «Ольга Семёнова» is «Семёнова Ольга»."""
    return " ".join(sorted(words.casefold().replace("ё", "е").split()))


@operation
def count(actor: Actor, meeting: Meeting, minutes: Mapping[int, int]) -> None:
    """Take over who attended for how many minutes; what is known already is replaced."""
    for person, number in minutes.items():
        key = {"meeting_id": meeting.id, "user_id": person}
        came = db.session.get(Attendance, key)
        first = came.first_at if came is not None else meeting.begins_at
        upsert(Attendance, key, {"first_at": first, "minutes": number, "source": LIST})
        record(
            events.COUNTED, actor, activity=meeting.webinar.activity, subject_id=person,
            meeting=meeting.id, minutes=number,
        )  # fmt: skip


@operation
def rate(actor: Actor, meeting: Meeting, stars: int, words: str) -> None:
    """What somebody who has a place thought of a meeting; a second time replaces the first.

    Raises DomainError before it has begun, and for others.
    """
    if utcnow() < meeting.begins_at:
        raise DomainError(_("This meeting has not begun yet."))
    if actor.id not in going_to(meeting.webinar_id, hosts=False):
        raise DomainError(_("Only those who had a place can give feedback."))
    key = {"meeting_id": meeting.id, "user_id": actor.id}
    upsert(Rating, key, {"stars": stars, "words": words, "rated_at": utcnow()})
    record(events.RATED, actor, activity=meeting.webinar.activity, meeting=meeting.id)


@operation
def publish_recording(
    actor: Actor, meeting: Meeting, title: str, url: str, files: Sequence[File], submission: str
) -> Recording:
    """Keep what was recorded; a form that is sent twice gives one recording.

    Raises DomainError when there is neither an address nor a file.
    """
    sent = sent_before(actor, submission)
    if sent is not None:
        return db.session.get_one(Recording, sent.id)
    if not url and not files:
        raise DomainError(_("Give the address of the recording, or a file."))
    activity = meeting.webinar.activity
    content = new_content(actor, RECORDING, activity, submission=submission)
    recording = Recording(
        id=content.id, content=content, activity_id=activity.id, meeting_id=meeting.id,
        title=title, url=url,
    )  # fmt: skip
    db.session.add(recording)
    db.session.flush()
    attach(content, files)
    record(events.RECORDED, actor, activity=activity, content=content, meeting=meeting.id)
    notify(
        notices.RECORDED, going_to(meeting.webinar_id), by=actor.id, content=content,
        once=f"{notices.RECORDED}:{content.id}",
    )  # fmt: skip
    return recording
