"""What webinars keep about a person: given out when they ask, forgotten when they leave."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import delete, select

from core.api import SYSTEM, Activity, DataRecord, User, db
from plugins.webinar import operations
from plugins.webinar.models import Attendance, Host, Meeting, Place, Rating
from plugins.webinar.words import _

KEPT = (Attendance, Rating, Host)


def exported(user: User) -> Iterator[DataRecord]:
    """Where somebody signed up, what they attended, what they thought of it, and what they run."""
    places = select(Place, Activity.title).join(Activity, Activity.id == Place.activity_id)
    for place, title in db.session.execute(places.where(Place.user_id == user.id)):
        facts: dict[str, Any] = {
            "webinar": title,
            "state": place.state,
            "asked": place.asked_at.isoformat(),
        }
        yield DataRecord(_("Place in a webinar"), facts)
    came = select(Attendance, Meeting.begins_at).join(Meeting, Meeting.id == Attendance.meeting_id)
    for row, begins_at in db.session.execute(came.where(Attendance.user_id == user.id)):
        facts = {"meeting": begins_at.isoformat(), "minutes": row.minutes, "from": row.source}
        yield DataRecord(_("Attendance of a webinar"), facts)
    said = select(Rating).where(Rating.user_id == user.id)
    for rating in db.session.scalars(said):
        facts = {"stars": rating.stars, "words": rating.words, "when": rating.rated_at.isoformat()}
        yield DataRecord(_("Feedback on a webinar"), facts)
    hosts = select(Host.webinar_id).where(Host.user_id == user.id)
    for number in db.session.scalars(hosts):
        yield DataRecord(_("Runs a webinar"), {"webinar": number})


def erased(user: User) -> None:
    """Forget somebody; whoever waits gets their seat."""
    webinars = list(
        db.session.scalars(select(Place.webinar_id).where(Place.user_id == user.id).distinct())
    )
    db.session.execute(delete(Place).where(Place.user_id == user.id))
    for model in KEPT:
        db.session.execute(delete(model).where(model.user_id == user.id))
    for number in webinars:
        operations.forget(SYSTEM, number)
