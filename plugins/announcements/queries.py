"""What is read of announcements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from flask import url_for
from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import joinedload

from core.api import (
    Community,
    Content,
    ContentView,
    Moment,
    Page,
    School,
    SearchText,
    User,
    Viewer,
    can,
    current_viewer,
    db,
    excerpt,
    is_outsider,
    one_of,
    paginate,
    rows,
    short_name,
    utcnow,
    visible_among,
)
from plugins.announcements.audiences import MAY_SEND, is_on, reaches, still_reached
from plugins.announcements.models import LISTED, ON_A_SHEET, Announcement, Place, Recipient

# So many stand on a home at once, and on one's own day.
MOST_PINNED, MOST_WAITING = 3, 5
VIEWER, NOW = bindparam("viewer_id", type_=Integer), bindparam("now", type_=Moment)


@dataclass(frozen=True, kw_only=True)
class Line:
    """An announcement as a list shows it."""

    id: int
    title: str
    excerpt: str
    at: datetime | None
    starts_at: datetime | None
    ends_at: datetime | None
    author: str
    state: str
    is_public: bool
    pinned: bool
    must_acknowledge: bool
    waits: bool
    acknowledged: bool
    is_new: bool
    people: int = 0
    signed: int = 0

    @property
    def url(self) -> str:
        return url_for("announcements.show", announcement=self.id)


def looks_in(viewer: Viewer, community: Community) -> bool:
    """Whether somebody reads what is announced in a community: outsiders where it is public now."""
    return community.is_open_to_all or not is_outsider(viewer, community)


def _sent() -> ColumnElement[bool]:
    return and_(Announcement.sent_at.is_not(None), Announcement.withdrawn_at.is_(None))


def _shown() -> ColumnElement[bool]:
    """That it is there for others than those who look after it."""
    return and_(_sent(), Content.hidden_at.is_(None), Content.held_at.is_(None), is_on())


def _now(now: Any = None) -> ColumnElement[bool]:
    moment = utcnow() if now is None else now
    return or_(Announcement.ends_at.is_(None), Announcement.ends_at > moment)


def _lines(viewer_id: Any, now: Any = None) -> Select[*tuple[Any, ...]]:
    """Announcements with the viewer's own line on the sheet, where it still reaches them."""
    own = Recipient.user_id == viewer_id if viewer_id is not None else false()
    here = reaches(Recipient.user_id, utcnow() if now is None else now)
    mine = and_(Recipient.announcement_id == Announcement.id, own, here)
    return (
        select(
            Announcement.id, Announcement.title, Announcement.body, Announcement.sent_at,
            Announcement.starts_at, Announcement.ends_at, Announcement.confirmed_at,
            Announcement.withdrawn_at, Announcement.kept_back, Announcement.is_public,
            Announcement.pinned, Announcement.must_acknowledge, Recipient.id.label("mine"),
            Recipient.seen_at, Recipient.acknowledged_at, User.surname, User.given_name,
            User.patronymic, Content.author_id, Content.hidden_at,
        )
        .join(Content, Content.id == Announcement.id)
        .outerjoin(User, User.id == Content.author_id)
        .outerjoin(Recipient, mine)
    )  # fmt: skip


def _line(row: Row[*tuple[Any, ...]]) -> Line:
    waits = row.must_acknowledge and row.mine is not None and row.acknowledged_at is None
    return Line(
        id=row.id, title=row.title, excerpt=excerpt(row.body, 200), at=row.sent_at,
        starts_at=row.starts_at, ends_at=row.ends_at,
        author=short_name(row.surname or "", row.given_name or "", row.patronymic or ""),
        state=_state(row), is_public=row.is_public, pinned=row.pinned,
        must_acknowledge=row.must_acknowledge, waits=waits,
        acknowledged=row.acknowledged_at is not None,
        is_new=row.mine is not None and row.seen_at is None,
        people=getattr(row, "people", 0) or 0, signed=getattr(row, "signed", 0) or 0,
    )  # fmt: skip


def _state(row: Row[*tuple[Any, ...]]) -> str:
    if row.withdrawn_at is not None:
        return "withdrawn"
    if row.sent_at is None:
        return "scheduled" if row.confirmed_at is not None else "kept" if row.kept_back else "draft"
    if row.hidden_at is not None:
        return "hidden"
    return "over" if row.ends_at is not None and row.ends_at <= utcnow() else "sent"


def _readable(community_id: Any) -> ColumnElement[bool]:
    """What the viewer of a community's list may read there: addressed to them, or open to
    everybody; what comes from above only while that is public too."""
    from_here = Announcement.community_id == community_id
    return or_(Recipient.id.is_not(None), Announcement.is_public & (from_here | _is_public_now()))


def _is_public_now() -> ColumnElement[bool]:
    """That the community from which it comes is read by everybody at this moment."""
    its_own = select(Community.id).where(
        Community.id == Announcement.community_id,
        one_of(Community.state, ("active",)), one_of(Community.visibility, ("public",)),
    )  # fmt: skip
    return its_own.exists().correlate_except(Community)


def list_in(community: Community, viewer: Viewer, *, archive: bool, manages: bool) -> Page[Line]:
    """The announcements that stand in a community, the latest first: one query. Whoever sends
    there sees all of its own, with how many have signed."""
    stands = select(Place.announcement_id).where(Place.community_id == community.id)
    here = or_(Announcement.id.in_(stands), Announcement.community_id == community.id)
    over = or_(~_now(), Announcement.withdrawn_at.is_not(None))
    own = Announcement.community_id == community.id if manages else false()
    query = _lines(viewer.id).add_columns(*(_counts() if manages else ()))
    shown = _shown() & _readable(community.id)
    query = query.where(here, over if archive else ~over, or_(shown, own))
    page = paginate(query.order_by(*_order()), size=LISTED)
    return Page([_line(row) for row in page.items], page.number, page.total, page.size)


def _order() -> tuple[Any, ...]:
    """What has not gone out first, then the pinned, then the latest."""
    return (Announcement.sent_at.is_not(None), ~Announcement.pinned, Announcement.id.desc())


def _counts() -> tuple[Any, ...]:
    of = Recipient.__table__.alias("everybody")
    whole = select(func.count()).select_from(of).where(of.c.announcement_id == Announcement.id)
    signed = whole.where(of.c.acknowledged_at.is_not(None))
    return (
        whole.correlate(Announcement).scalar_subquery().label("people"),
        signed.correlate(Announcement).scalar_subquery().label("signed"),
    )


def list_of(viewer: Viewer, *, archive: bool, manages: bool) -> Page[Line]:
    """Everything that is addressed to somebody, wherever it comes from: one query."""
    over = or_(~_now(), Announcement.withdrawn_at.is_not(None))
    own = Announcement.community_id.is_(None) if manages else false()
    query = _lines(viewer.id).add_columns(*(_counts() if manages else ()))
    query = query.where(over if archive else ~over, or_(_shown() & Recipient.id.is_not(None), own))
    page = paginate(query.order_by(*_order()), size=LISTED)
    return Page([_line(row) for row in page.items], page.number, page.total, page.size)


def pinned_in(community: Community, viewer: Viewer) -> list[Line]:
    """What stands on the home of a community for this viewer: one query."""
    facts = {"viewer_id": viewer.id, "community_id": community.id, "now": utcnow()}
    return [_line(row) for row in rows(_pinned(), facts)]


@cache
def _pinned() -> Select[*tuple[Any, ...]]:
    """Put together once: every home asks."""
    here = bindparam("community_id", type_=Integer)
    return (
        _lines(VIEWER, NOW)
        .join(Place, Place.announcement_id == Announcement.id)
        .where(Place.community_id == here, Announcement.pinned)
        .where(_shown(), _now(NOW), _readable(here))
        .order_by(Announcement.sent_at.desc(), Announcement.id.desc())
        .limit(MOST_PINNED)
    )


def waiting_for(viewer: Viewer) -> list[Line]:
    """What somebody has still to acknowledge, the oldest first: one query."""
    return [_line(row) for row in rows(_waiting(), {"viewer_id": viewer.id, "now": utcnow()})]


@cache
def _waiting() -> Select[*tuple[Any, ...]]:
    """Put together once: everybody's day asks."""
    return (
        _lines(VIEWER, NOW)
        .where(Recipient.id.is_not(None), Recipient.acknowledged_at.is_(None))
        .where(Announcement.must_acknowledge, _shown(), _now(NOW))
        .order_by(Announcement.sent_at, Announcement.id)
        .limit(MOST_WAITING)
    )


def manages(viewer: Viewer, announcement: Announcement) -> bool:
    """Whether somebody sends, and so looks after, announcements where this one comes from."""
    return viewer.id is not None and can(viewer, MAY_SEND, announcement.community)


def announcement_at(_parent: object, number: int) -> Announcement | None:
    """An announcement of an address: for those to whom it is addressed, for everybody where it is
    public, for its author and for those who look after it. Where announcements are switched off
    there is none."""
    whole = (
        joinedload(Announcement.community),
        joinedload(Announcement.content).joinedload(Content.author),
    )
    found = select(Announcement).options(*whole).where(Announcement.id == number, is_on())
    announcement, viewer = db.session.scalar(found), current_viewer()
    if announcement is None or _keeps(viewer, announcement):
        return announcement
    return announcement if announcement.is_sent and _reads(viewer, announcement) else None


def _keeps(viewer: Viewer, announcement: Announcement) -> bool:
    own = viewer.id is not None and viewer.id == announcement.content.author_id
    return own or manages(viewer, announcement)


def _reads(viewer: Viewer, announcement: Announcement) -> bool:
    if recipient_of(announcement, viewer) is not None:
        return True
    return announcement.is_public and announcement.id in visible_among(viewer, [announcement.id])


def recipient_of(announcement: Announcement, viewer: Viewer) -> Recipient | None:
    """The viewer's own line on the sheet, while it reaches them."""
    query = still_reached(announcement).where(Recipient.user_id == viewer.id)
    return db.session.scalar(query) if viewer.id is not None else None


@dataclass(frozen=True)
class Counts:
    """How many an announcement went to, how many opened it, and how many signed."""

    people: int
    seen: int
    signed: int


def counts_of(announcement: Announcement) -> Counts:
    """The figures of one announcement: one query."""
    query = select(
        func.count(), func.count(Recipient.seen_at), func.count(Recipient.acknowledged_at)
    ).where(Recipient.announcement_id == announcement.id)
    return Counts(*db.session.execute(query).one())


def sheet(announcement: Announcement, *, waiting: bool) -> Page[Row[*tuple[Any, ...]]]:
    """The sheet: everybody by name, those who came later behind; one query."""
    query = (
        select(
            Recipient.id, Recipient.late, Recipient.acknowledged_at, Recipient.seen_at,
            User.surname, User.given_name, User.patronymic, User.position, User.other_school,
            School.short_name.label("school"),
        )
        .outerjoin(User, User.id == Recipient.user_id)
        .outerjoin(School, School.id == User.school_id)
        .where(Recipient.announcement_id == announcement.id)
        .where(Recipient.acknowledged_at.is_(None) if waiting else true())
        .order_by(Recipient.late, User.surname, User.given_name, Recipient.id)
    )  # fmt: skip
    return paginate(query, size=ON_A_SHEET)


def newest_public(community: Community) -> Sequence[Row[*tuple[Any, ...]]]:
    """What a guest may read of a community, the latest first, for its feed."""
    query = (
        _lines(None)
        .join(Place, Place.announcement_id == Announcement.id)
        .where(Place.community_id == community.id, Announcement.is_public, _is_public_now())
        .where(_shown(), _now())
        .order_by(Announcement.sent_at.desc(), Announcement.id.desc())
        .limit(25)
    )
    return db.session.execute(query).all()


# How core shows and finds them.


def views(ids: Sequence[int]) -> Mapping[int, ContentView]:
    """Announcements as lines of other pages; of those that stand in no community core cannot say
    whether they are switched off where they come from."""
    query = select(Announcement.id, Announcement.title, Announcement.body).where(is_on())
    return {
        row.id: ContentView(
            title=row.title, url=url_for("announcements.show", announcement=row.id),
            excerpt=excerpt(row.body, 120),
        )
        for row in db.session.execute(query.where(Announcement.id.in_(ids)))
    }  # fmt: skip


def bodies(ids: Sequence[int]) -> Mapping[int, str]:
    """What announcements say."""
    query = select(Announcement.id, Announcement.body).where(Announcement.id.in_(ids))
    return {row.id: row.body for row in db.session.execute(query)}


def texts(ids: Sequence[int]) -> Mapping[int, SearchText]:
    """What announcements are found by, once they have gone out."""
    query = select(Announcement.id, Announcement.title, Announcement.body)
    rows = db.session.execute(query.where(Announcement.id.in_(ids), _sent()))
    return {row.id: SearchText(title=row.title, body=row.body) for row in rows}
