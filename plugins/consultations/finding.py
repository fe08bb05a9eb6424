"""Which row an address means, and who may be there."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import joinedload

from core.api import (
    HOLD,
    Activity,
    Actor,
    Community,
    Missing,
    Refused,
    Viewer,
    can,
    current_viewer,
    db,
    over_because,
    visible_to,
)
from plugins.consultations.meeting_models import Booking, Hours, Room, RoomGuest, Slot
from plugins.consultations.models import Article, Consultant, Line, Question, Reply
from plugins.consultations.tutoring_models import Evidence, Ward
from plugins.consultations.words import _


def line_at(activity: Activity) -> Line:
    """The line of an activity, with its content."""
    query = select(Line).where(Line.activity_id == activity.id)
    return db.session.scalars(query.options(joinedload(Line.content))).one()


def held_line(line_id: int) -> Line:
    """A line that nobody else changes, and whose slots nobody else books, until the operation
    ends."""
    db.session.flush()
    query = select(Line).where(Line.id == line_id).with_for_update(**HOLD)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def team_ids(line_id: int) -> Select[int]:
    """A query for the people of a team."""
    return select(Consultant.user_id).where(Consultant.line_id == line_id)


def consults(person: Actor | Viewer, line_id: int) -> bool:
    """Whether somebody is in the team of a line."""
    if person.id is None:
        return False
    mine = team_ids(line_id).where(Consultant.user_id == person.id)
    return db.session.scalar(mine) is not None


def leads(viewer: Viewer, activity: Activity) -> bool:
    """Whether somebody leads the line: sees its load, sets up its team."""
    return can(viewer, "consultations.lead", activity.community, activity)


def ensure_consults(activity: Activity, line: Line) -> None:
    """Raise unless the viewer is in the team."""
    if not consults(current_viewer(), line.id):
        raise Refused(_("Only the consultants of this line can do this."))


def ensure_runs(activity: Activity, line: Line) -> None:
    """Raise unless the viewer is in the team or leads the line."""
    viewer = current_viewer()
    if not leads(viewer, activity) and not consults(viewer, line.id):
        raise Refused(_("Only the consultants of this line can do this."))


def ensure_goes_on(activity: Activity) -> None:
    """Raise where nothing can be changed any more."""
    over = over_because(activity.community, activity)
    if over:
        raise Refused(over)


def may_read(viewer: Viewer, community: Community, *, in_team: bool) -> ColumnElement[bool]:
    """For queries that join ``Content``: the questions of a line that somebody may read."""
    public = ~Question.private & visible_to(viewer, community)
    if viewer.id is None:
        return public
    if in_team:
        return or_(Question.private, public)
    return or_(public, Question.asker_id == viewer.id, Question.tutor_id == viewer.id)


def question_in(activity: Activity, number: int) -> Question | None:
    """A question of this activity that the viewer may read, for the guard."""
    viewer = current_viewer()
    query = select(Question).join(Question.content)
    query = query.where(Question.id == number, Question.activity_id == activity.id)
    found = db.session.scalar(
        query.options(joinedload(Question.content), joinedload(Question.line))
    )
    if found is None or (found.private and viewer.id in (found.asker_id, found.tutor_id)):
        return found if viewer.id is not None else None
    in_team = found.private and consults(viewer, found.line_id)
    readable = query.where(may_read(viewer, activity.community, in_team=in_team))
    return db.session.scalar(readable)


def reply_in(activity: Activity, number: int) -> Reply | None:
    """A reply of this activity to a question that the viewer may read, for the guard."""
    query = select(Reply).join(Reply.content).options(joinedload(Reply.content))
    query = query.where(Reply.id == number, Reply.activity_id == activity.id)
    found = db.session.scalar(query.where(visible_to(current_viewer(), activity.community)))
    if found is None or question_in(activity, found.question_id) is None:
        return None
    return found


def article_in(activity: Activity, number: int) -> Article | None:
    """An answer of the knowledge base, or one that waits for the viewer's word, for the guard."""
    viewer = current_viewer()
    query = select(Article).join(Article.content).options(joinedload(Article.content))
    query = query.where(Article.id == number, Article.activity_id == activity.id)
    found = db.session.scalar(query.where(visible_to(viewer, activity.community)))
    if found is None or found.published_at is not None:
        return found
    question = db.session.get(Question, found.question_id or 0)
    if question is None or viewer.id is None:
        return None
    return found if viewer.id == question.asker_id or consults(viewer, question.line_id) else None


def consultant_in(activity: Activity, number: int) -> Consultant | None:
    """Somebody of the team of this activity, for the guard."""
    query = select(Consultant).options(joinedload(Consultant.user), joinedload(Consultant.line))
    return db.session.scalar(
        query.where(Consultant.id == number, Consultant.activity_id == activity.id)
    )


def hours_in(activity: Activity, number: int) -> Hours | None:
    """Weekly hours of this activity, for the guard."""
    query = select(Hours).options(joinedload(Hours.line))
    return db.session.scalar(query.where(Hours.id == number, Hours.activity_id == activity.id))


def slot_in(activity: Activity, number: int) -> Slot | None:
    """A slot of this activity, for the guard."""
    query = select(Slot).options(joinedload(Slot.line), joinedload(Slot.consultant))
    return db.session.scalar(query.where(Slot.id == number, Slot.activity_id == activity.id))


def booking_in(activity: Activity, number: int) -> Booking | None:
    """A place in a slot of this activity, for the guard; the view asks whose it is."""
    query = select(Booking).options(joinedload(Booking.slot).joinedload(Slot.line))
    return db.session.scalar(query.where(Booking.id == number, Booking.activity_id == activity.id))


def room_in(activity: Activity, number: int) -> Room | None:
    """A room of this activity, for the guard; the view asks who may come in."""
    query = select(Room).options(
        joinedload(Room.content), joinedload(Room.line), joinedload(Room.slot)
    )
    return db.session.scalar(query.where(Room.id == number, Room.activity_id == activity.id))


def talks_in(viewer: Viewer | Actor, room: Room) -> bool:
    """Whether somebody talks in a room: its consultant or one of its guests."""
    if viewer.id is None:
        return False
    if viewer.id == room.consultant_id:
        return True
    return db.session.get(RoomGuest, {"room_id": room.id, "user_id": viewer.id}) is not None


def ensure_talks(room: Room) -> None:
    """Raise unless the viewer talks in a room; nobody else learns that it is there."""
    if not talks_in(current_viewer(), room):
        raise Missing(_("There is no such room for you."))


def evidence_in(community: Community, number: int) -> Evidence | None:
    """Evidence recorded in this community, for the guard."""
    query = select(Evidence).where(Evidence.id == number, Evidence.community_id == community.id)
    return db.session.scalar(query)


def ward_in(community: Community, number: int) -> Ward | None:
    """Who looks after whom in this community, for the guard."""
    query = select(Ward).options(joinedload(Ward.user), joinedload(Ward.school))
    return db.session.scalar(query.where(Ward.id == number, Ward.community_id == community.id))


# What addresses name, below a line and below a community.
ROWS = {
    "question": question_in, "reply": reply_in, "article": article_in,
    "consultant": consultant_in, "hours": hours_in, "slot": slot_in, "booking": booking_in,
    "room": room_in,
}  # fmt: skip
OF_COMMUNITY = {"evidence": evidence_in, "ward": ward_in}
