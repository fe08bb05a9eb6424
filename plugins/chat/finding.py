"""Rooms, messages, sessions and questions below a chat, as the viewer may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, Select, and_, bindparam, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from core.api import (
    Activity,
    Content,
    Moment,
    Refused,
    User,
    Viewer,
    can,
    current_viewer,
    db,
    ensure,
    short_name,
    utcnow,
)
from plugins.chat import doors, news, text
from plugins.chat.models import Member, Message, Minutes, Question, Room, Session

PinnedContent = aliased(Content)


@dataclass(frozen=True)
class Pinned:
    """The message that stands at the top of a room."""

    id: int
    number: int
    author: str
    brief: str


@dataclass(frozen=True)
class Visit:
    """A room as one viewer comes to it; ``mine`` is their row in it, once they have one.

    ``minutes_at``: when the minutes of its session were published.
    """

    activity: Activity
    room: Room
    session: Session | None
    mine: Member | None
    pinned: Pinned | None = None
    minutes_at: datetime | None = None

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
    def unread(self) -> int:
        """How much was said since the viewer looked in; nothing while they want no noise."""
        return 0 if self.is_quiet or self.is_shut else self.room.last_number - self.read

    @property
    def is_shut(self) -> bool:
        """Whether the viewer was removed; not if they lead here nevertheless."""
        removed = self.mine is not None and self.mine.removed_at is not None
        return removed and not self.leads

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


def _visits() -> Select[*tuple[Any, ...]]:
    """A room with what stands above it, and the standing rooms of all chats of the community: how
    much is unread in them every page shows, so that here it costs no query of its own."""
    viewer_id = bindparam("viewer_id", type_=Integer)
    mine = and_(Member.room_id == Room.id, Member.user_id == viewer_id)
    pinned = and_(Message.room_id == Room.id, Message.number == Room.pinned_number)
    return (
        select(
            Room, Member, Minutes.published_at, Message.id.label("pinned_id"), Message.text,
            Message.mentions, User.surname, User.given_name, User.patronymic,
        )
        .join(Activity, Activity.id == Room.activity_id)
        .outerjoin(Room.session)
        .outerjoin(Session.content)
        .outerjoin(Minutes, Minutes.session_id == Session.id)
        .outerjoin(Member, mine)
        .outerjoin(Message, pinned)
        .outerjoin(PinnedContent, PinnedContent.id == Message.id)
        .outerjoin(User, User.id == PinnedContent.author_id)
        .options(contains_eager(Room.session).contains_eager(Session.content))
        .where(Activity.community_id == bindparam("community_id", type_=Integer))
    )  # fmt: skip


def _here(which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    here = and_(Room.activity_id == bindparam("activity_id", type_=Integer), which)
    order = (Room.session_id.is_not(None), Room.opens_at, Room.id)
    return _visits().where(or_(Room.session_id.is_(None), here)).order_by(*order)


# Put together once: every page of a chat begins with one of them.
BY_NUMBER = _here(Room.id == bindparam("number", type_=Integer))
BY_SESSION = _here(Room.session_id == bindparam("number", type_=Integer))
ON_NOW = _here(
    and_(
        Room.closes_at > bindparam("now", type_=Moment),
        Room.opens_at <= bindparam("now", type_=Moment),
    )
)


def visits_of(activity: Activity) -> tuple[Visit, Sequence[Visit]]:
    """The standing room of a chat, and the sessions that are on in it; one query."""
    found = _found(activity, ON_NOW, now=utcnow())
    standing = next(visit for visit in found if visit.session is None)
    return standing, [v for v in found if v.session is not None and _is_shown(v)]


def room(activity: Activity, number: int) -> Visit | None:
    """A room that the viewer may see, and has not been shown out of."""
    found = _found(activity, BY_NUMBER, number=number)
    return _let_in(next((visit for visit in found if visit.id == number), None))


def session(activity: Activity, number: int) -> Visit | None:
    """The room of a session, by the number of the session."""
    found = _found(activity, BY_SESSION, number=number)
    return _let_in(next((v for v in found if v.session and v.session.id == number), None))


def _found(activity: Activity, query: Select[*tuple[Any, ...]], **facts: Any) -> list[Visit]:
    """The rooms of this chat that were asked for; what is unread in all chats is kept."""
    facts |= {"activity_id": activity.id, "community_id": activity.community_id}
    found = db.session.execute(query, facts | {"viewer_id": current_viewer().id}).all()
    visits = [_visit(activity, row) for row in found]
    news.keep_unread({v.room.activity_id: v.unread for v in visits if v.session is None})
    return [visit for visit in visits if visit.room.activity_id == activity.id]


def _visit(activity: Activity, row: Row[*tuple[Any, ...]]) -> Visit:
    stored, member, published_at, pinned_id, words, mentions, *name = row
    pinned = None
    if pinned_id is not None and stored.pinned_number is not None:
        author = short_name(*(part or "" for part in name))
        pinned = Pinned(pinned_id, stored.pinned_number, author, text.in_brief(words, mentions))
    return Visit(activity, stored, stored.session, member, pinned, published_at)


def _let_in(visit: Visit | None) -> Visit | None:
    if visit is None or not _is_shown(visit):
        return None
    refuse_removed(visit)
    return visit


def refuse_removed(visit: Visit) -> None:
    """Whoever was removed learns why, and reads nothing more."""
    if visit.mine is not None and visit.is_shut:
        raise Refused(doors.farewell(visit.mine.reason))


def _is_shown(visit: Visit) -> bool:
    session = visit.session
    if session is None or session.content.is_visible:
        return True
    return session.content.author_id == current_viewer().id or is_staff(visit.activity)


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
