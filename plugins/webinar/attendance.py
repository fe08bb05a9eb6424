"""Who came and for how long, what they thought of it, and what was recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.api import (
    Actor,
    DomainError,
    File,
    attach,
    db,
    new_content,
    notify,
    operation,
    readers_among,
    record,
    sent_before,
    upsert,
    utcnow,
)
from plugins.webinar import events, notices
from plugins.webinar.models import Attendance, Meeting, MeetingState, Rating, Recording
from plugins.webinar.schedule import going_to, held
from plugins.webinar.words import _, _l

RECORDING = "webinar.recording"
DOOR, SERVER, LIST = "door", "server", "list"
NO_PLACE = _l("Only those who had a place can give feedback.")


@operation
def come(actor: Actor, meeting: Meeting) -> None:
    """Somebody goes through the door; only the first time is noted."""
    key = {"meeting_id": meeting.id, "user_id": actor.id}
    if actor.id is None or db.session.get(Attendance, key) is not None:
        return
    upsert(Attendance, key, {"first_at": utcnow(), "minutes": None, "source": DOOR})
    record(events.CAME, actor, activity=meeting.webinar.activity, meeting=meeting.id)


@operation
def count(actor: Actor, meeting: Meeting, minutes: Mapping[int, int]) -> None:
    """Take over who attended for how many minutes; what is known already is replaced. The meeting
    is held: a look at the server in the same moment would write over it."""
    meeting = held(meeting.id)
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

    Raises DomainError before it has begun, where it was called off, and for others: whoever left
    the community, too.
    """
    if meeting.state == MeetingState.CANCELLED:
        raise DomainError(_("This meeting was called off."))
    if utcnow() < meeting.begins_at:
        raise DomainError(_("This meeting has not begun yet."))
    if actor.id not in going_to(meeting.webinar_id, hosts=False) or not readers_among(
        meeting.webinar.activity.community, [actor.id]
    ):
        raise DomainError(NO_PLACE)
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
