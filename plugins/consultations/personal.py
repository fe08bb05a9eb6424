"""What consultations keep about a person: given out when they ask, forgotten when they leave."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import delete, select, update

from core.api import SYSTEM, Activity, DataRecord, User, db, plain
from plugins.consultations import leaving, papers
from plugins.consultations.meeting_models import (
    Booking,
    DayOff,
    Hours,
    Room,
    RoomGuest,
    Slot,
    Ticket,
    Watch,
)
from plugins.consultations.models import Consultant, Question, Rating
from plugins.consultations.tutoring_models import EVIDENCE_TITLES, Evidence, EvidenceKind, Ward
from plugins.consultations.words import _

# Columns that name the person, of rows that stay.
NAMED = (
    Question.asker_id, Question.consultant_id, Question.tutor_id, Rating.consultant_id,
    Slot.consultant_id, Room.consultant_id, Consultant.substitute_id, Evidence.recorded_by_id,
)  # fmt: skip
# Rows that are theirs alone.
OWN = (
    (Watch, Watch.user_id), (RoomGuest, RoomGuest.user_id), (Ticket, Ticket.user_id),
    (Rating, Rating.user_id), (DayOff, DayOff.user_id), (Hours, Hours.consultant_id),
    (Evidence, Evidence.user_id), (Ward, Ward.user_id), (Ward, Ward.tutor_id),
)  # fmt: skip


def exported(user: User) -> Iterator[DataRecord]:
    """Where somebody booked and consults, what they thought, on what evidence they may consult."""
    bookings = select(Booking, Slot.begins_at, Activity.title).join(
        Slot, Slot.id == Booking.slot_id
    )
    bookings = bookings.join(Activity, Activity.id == Booking.activity_id)
    for row, begins_at, title in db.session.execute(bookings.where(Booking.user_id == user.id)):
        facts: dict[str, Any] = {
            "line": title, "when": begins_at.isoformat(), "state": row.state, "note": row.note,
        }  # fmt: skip
        yield DataRecord(_("Booked consultation"), facts)
    said = select(Rating).where(Rating.user_id == user.id)
    for rating in db.session.scalars(said):
        facts = {"stars": rating.stars, "words": rating.words, "when": rating.rated_at.isoformat()}
        yield DataRecord(_("Thanks for a consultation"), facts)
    yield from _of_consultant(user)


def _of_consultant(user: User) -> Iterator[DataRecord]:
    lines = select(Activity.title).join(Consultant, Consultant.activity_id == Activity.id)
    for title in db.session.scalars(lines.where(Consultant.user_id == user.id)):
        yield DataRecord(_("Consults on a line"), {"line": title})
    rooms = select(Room).where(Room.consultant_id == user.id, Room.notes != "")
    for room in db.session.scalars(rooms):
        yield DataRecord(_("Notes on a consultation"), {"notes": plain(room.notes)})
    for evidence in db.session.scalars(select(Evidence).where(Evidence.user_id == user.id)):
        facts = {
            "kind": str(EVIDENCE_TITLES[EvidenceKind(evidence.kind)]),
            "document": evidence.document, "from": evidence.valid_from.isoformat(),
            "until": evidence.valid_until.isoformat() if evidence.valid_until else None,
            "files": [file.name for file in papers.files_of([evidence])[evidence.id]],
        }  # fmt: skip
        yield DataRecord(_("Evidence of a qualification"), facts)
    wards = select(Ward).where((Ward.user_id == user.id) | (Ward.tutor_id == user.id))
    for ward in db.session.scalars(wards):
        yield DataRecord(_("Tutor's care"), {"since": ward.since.isoformat(), "basis": ward.basis})


def erased(user: User) -> None:
    """Forget somebody: what they asked stays nameless, their times and places go to others."""
    leaving.forget(SYSTEM, user.id)
    # Notes that a consultant kept for themselves are nobody's now.
    notes = update(Room).where(Room.consultant_id == user.id).values(notes="")
    db.session.execute(notes, execution_options={"synchronize_session": False})
    papers.forget(SYSTEM, user.id)
    for model, column in OWN:
        db.session.execute(delete(model).where(column == user.id))
    for column in NAMED:
        nameless = update(column.class_).where(column == user.id).values({column.key: None})
        db.session.execute(nameless, execution_options={"synchronize_session": False})
    db.session.expire_all()
