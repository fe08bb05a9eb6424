"""Rooms, messages, sessions and questions below a chat, as the viewer may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, Select, and_, bindparam, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from core.api import (
    Activity,
    Content,
    Moment,
    Refused,
    Viewer,
    can,
    current_viewer,
    db,
    ensure,
    utcnow,
)
from plugins.chat.models import Member, Message, Question, Room, Session
from plugins.chat.words import _


@dataclass(frozen=True)
class Visit:
    """A room as one viewer comes to it; ``mine`` is their row in it, once they have one."""

    activity: Activity
    room: Room
    session: Session | None
    mine: Member | None

    @property
    def id(self) -> int:
        return self.room.id

    @property
    def title(self) -> str:
        return self.session.title if self.session is not None else self.activity.title

    @property
    def is_on(self) -> bool:
        return self.room.is_on(utcnow())

    @property
    def leads(self) -> bool:
        """Whether the viewer leads here: a host of the session, or somebody who keeps order."""
        return (self.mine is not None and self.mine.is_host) or moderates(self.activity)

    @property
    def read(self) -> int:
        return self.mine.read_number if self.mine is not None else 0

    @property
    def is_quiet(self) -> bool:
        """Whether the viewer wants to hear nothing of it for now."""
        until = self.mine.muted_until if self.mine is not None else None
        return until is not None and until > utcnow()


def moderates(activity: Activity) -> bool:
    """Whether the viewer keeps order in this chat, in which case they lead everywhere in it."""
    return can(current_viewer(), "chat.moderate", activity.community, activity)


def is_staff(activity: Activity) -> bool:
    """Whether the viewer sees what is hidden or held here."""
    return can(current_viewer(), "contents.hide", activity.community)


def ensure_leads(visit: Visit) -> None:
    """Raise unless the viewer leads here."""
    if not visit.leads:
        ensure(current_viewer(), "chat.moderate", visit.activity.community, visit.activity)
    else:
        ensure(current_viewer(), "chat.write", visit.activity.community, visit.activity)


def _visits() -> Select[Room, Member]:
    viewer_id = bindparam("viewer_id", type_=Integer)
    mine = and_(Member.room_id == Room.id, Member.user_id == viewer_id)
    return (
        select(Room, Member)
        .outerjoin(Room.session)
        .outerjoin(Session.content)
        .outerjoin(Member, mine)
        .options(contains_eager(Room.session).contains_eager(Session.content))
        .where(Room.activity_id == bindparam("activity_id", type_=Integer))
    )


# Put together once: every page of a chat begins with one of them.
ONE = _visits().where(Room.id == bindparam("room_id", type_=Integer))
STANDING = (
    _visits()
    .where(
        or_(
            Room.session_id.is_(None),
            and_(
                Room.closes_at > bindparam("now", type_=Moment),
                Room.opens_at <= bindparam("now", type_=Moment),
            ),
        )
    )
    .order_by(Room.session_id.is_not(None), Room.opens_at, Room.id)
)


def visits_of(activity: Activity) -> tuple[Visit, Sequence[Visit]]:
    """The standing room of a chat, and the sessions that are on in it; one query."""
    facts = {"activity_id": activity.id, "viewer_id": current_viewer().id, "now": utcnow()}
    found = [_visit(activity, row) for row in db.session.execute(STANDING, facts)]
    return found[0], [visit for visit in found[1:] if _is_shown(visit)]


def _visit(activity: Activity, row: tuple[Room, Member | None]) -> Visit:
    room, member = row
    return Visit(activity, room, room.session, member)


def room(activity: Activity, number: int) -> Visit | None:
    """A room that the viewer may see, and has not been shown out of."""
    facts = {"activity_id": activity.id, "viewer_id": current_viewer().id, "room_id": number}
    row = db.session.execute(ONE, facts).first()
    visit = _visit(activity, row) if row is not None else None
    if visit is None or not _is_shown(visit):
        return None
    refuse_removed(visit)
    return visit


def refuse_removed(visit: Visit) -> None:
    """Whoever was removed learns why, and reads nothing more."""
    if visit.mine is not None and visit.mine.removed_at is not None and not visit.leads:
        raise Refused(_("You were removed from here. Reason: %(reason)s", reason=visit.mine.reason))


def _is_shown(visit: Visit) -> bool:
    session = visit.session
    if session is None or session.content.is_visible:
        return True
    return session.content.author_id == current_viewer().id or is_staff(visit.activity)


def session(activity: Activity, number: int) -> Visit | None:
    """The room of a session, by the number of the session."""
    found = db.session.scalar(
        select(Room.id).where(Room.session_id == number, Room.activity_id == activity.id)
    )
    return room(activity, found) if found is not None else None


def message(activity: Activity, number: int) -> Message | None:
    """A message of this chat that the viewer may see; of a hidden one everybody sees the trace."""
    query = (
        select(Message)
        .join(Message.room)
        .options(contains_eager(Message.room), joinedload(Message.content))
        .where(Message.id == number, Room.activity_id == activity.id)
    )
    found = db.session.scalar(query)
    if found is None or room(activity, found.room_id) is None:
        return None
    return found if found.number is not None or _sees(activity, found.content) else None


def question(activity: Activity, number: int) -> Question | None:
    """A question of this chat that the viewer may see."""
    query = (
        select(Question)
        .join(Room, Room.id == Question.room_id)
        .options(joinedload(Question.content))
        .where(Question.id == number, Room.activity_id == activity.id)
    )
    found = db.session.scalar(query)
    if found is None or room(activity, found.room_id) is None:
        return None
    return found if found.content.is_visible or _sees(activity, found.content) else None


def _sees(activity: Activity, content: Content) -> bool:
    viewer: Viewer = current_viewer()
    own = viewer.id is not None and content.author_id == viewer.id
    return own or is_staff(activity)


def ends_in(moment: datetime | None) -> int:
    """How many seconds are left until a moment; 0 when it is past or there is none."""
    return max(0, int((moment - utcnow()).total_seconds())) if moment is not None else 0
