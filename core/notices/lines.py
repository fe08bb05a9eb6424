"""What stands in somebody's list of notices: facts become sentences, and what the reader may no
longer see is left out. The number of queries does not depend on how many lines there are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from flask import url_for
from sqlalchemy import Row, Select, case, func, select

from core.access.actors import Viewer
from core.access.guard import Place, see
from core.access.standing import can
from core.activities.models import Activity
from core.activities.news import address_of
from core.activities.queries import is_available, with_places
from core.communities.faces import Face
from core.communities.models import Community
from core.contents.among import communities_with_rights, seen_among
from core.contents.models import Content
from core.contents.queries import content_bodies, content_views
from core.contract.answers import listed, phrase
from core.contract.manifest import CalendarItem, ContentView
from core.contract.notices import News, NoticeKind
from core.contract.registry import registry
from core.errors import DomainError
from core.notices.models import Notice
from core.people.models import User
from core.platform.db import db
from core.platform.i18n import core_domain

_ = core_domain.gettext


@dataclass(frozen=True, kw_only=True)
class Line:
    """Some notices of one kind about one thing. ``id`` is the latest of them, ``unread`` how many
    of them are; ``url`` leads to the first of these, else to the latest."""

    id: int
    kind: NoticeKind
    news: News
    text: str
    title: str
    url: str
    at: datetime
    unread: int
    place: str
    face: Face | None
    content: Content | None
    thing: Content | None
    activity: Activity | None
    community: Community | None

    @property
    def root(self) -> str:
        """A name for what it is about, the same in whatever is told of it."""
        what, number = next(iter(self.follows.items()), ("notice", self.id))
        return f"{what}-{number}"

    @property
    def follows(self) -> dict[str, int]:
        """What one would stop following to hear no more of it, as fields of a form."""
        if self.thing is not None:
            return {"content": self.thing.id}
        if self.activity is not None:
            return {"activity": self.activity.id}
        return {"community": self.community.id} if self.community is not None else {}


@dataclass(frozen=True)
class Passage:
    """What somebody wrote, for a letter: clean HTML."""

    who: str
    body: str


# Of one line so many notices are looked at, the latest: one that may be seen is among them.
LOOKED_AT = 20


def bundles(viewer: Viewer, *, unread_only: bool) -> Select[*tuple[Any, ...]]:
    """The lines of somebody's list, the latest first, before they are put into words."""
    unread = case((Notice.read_at.is_(None), Notice.id))
    query = (
        select(
            Notice.bundle, func.count(unread).label("unread"),
            func.max(func.max(Notice.id)).over().label("newest"),
        )
        .where(Notice.user_id == viewer.id, Notice.kind.not_in(registry().apart_kinds()))
        .group_by(Notice.bundle)
        .order_by(func.max(Notice.created_at).desc(), func.max(Notice.id).desc())
    )  # fmt: skip
    return query.where(Notice.read_at.is_(None)) if unread_only else query


@dataclass(frozen=True)
class Lines:
    """What a list says; ``lost`` are unread notices that the viewer may see no longer."""

    shown: list[Line]
    lost: list[int]


def lines_of(viewer: Viewer, found: Sequence[Row[Any]]) -> Lines:
    """Rows of :func:`bundles` in words."""
    newest = newest_in(viewer, [row.bundle for row in found])
    told = Told(viewer, [number for ids in newest.values() for number in ids])
    lines = [told.line(newest[row.bundle], row.unread) for row in found]
    return Lines([line for line in lines if line is not None], told.lost())


def newest_in(
    viewer: Viewer, names: Collection[str], *, upto: int | None = None
) -> dict[str, list[int]]:
    """The latest notices of each of these lines, the oldest first; one query. With ``upto`` none
    that is newer."""
    place = func.row_number().over(partition_by=Notice.bundle, order_by=Notice.id.desc())
    mine = select(Notice.id, Notice.bundle, place.label("place")).where(
        Notice.user_id == viewer.id, Notice.bundle.in_(names)
    )
    ranked = (mine if upto is None else mine.where(Notice.id <= upto)).subquery()
    query = select(ranked.c.bundle, ranked.c.id).where(ranked.c.place <= LOOKED_AT)
    found: dict[str, list[int]] = {name: [] for name in names}
    for bundle, number in db.session.execute(query.order_by(ranked.c.id)):
        found[bundle].append(number)
    return found


class Told:
    """Notices with everything that putting them into words needs, read for all of them at once."""

    def __init__(self, viewer: Viewer, ids: Collection[int]) -> None:
        self.viewer = viewer
        self.rows = {row.Notice.id: row for row in db.session.execute(_notices(ids))}
        notices = [row.Notice for row in self.rows.values()]
        self.activities = with_places({n.activity_id for n in notices if n.activity_id})
        self.communities = communities_with_rights(viewer, {n.community_id for n in notices})
        contents = {n.content_id for n in notices} | {n.thing_id for n in notices}
        self.contents = seen_among(viewer, {number for number in contents if number is not None})
        self.views = content_views({n: c.kind for n, c in self.contents.items()})
        self.seen = {n.id for n in notices if self._may_see(n)}

    def lost(self) -> list[int]:
        """Unread ones that the viewer may see no longer."""
        return [
            number
            for number, row in self.rows.items()
            if number not in self.seen and row.Notice.read_at is None
        ]

    def line(self, ids: Sequence[int], unread: int) -> Line | None:
        """Notices of one kind about one thing, of which so many are ``unread``, in words. None
        where the viewer may see none of them."""
        seen = [number for number in ids if number in self.seen]
        if not seen:
            return None
        fresh = [number for number in seen if self.rows[number].Notice.read_at is None]
        unread -= sum(1 for number in self.lost() if number in ids)
        row = self.rows[seen[-1]]
        kind = registry().notice_kinds()[row.Notice.kind]
        news = self.news(row, max(unread, 1))
        text = _asked(kind, "says", kind.says, news)
        first = self.rows[fresh[0] if fresh else seen[-1]].Notice
        return self._line(row, kind, news, text, first, max(unread, 0)) if text else None

    def _line(
        self, row: Row[Any], kind: NoticeKind, news: News, text: str, first: Notice, unread: int
    ) -> Line:  # fmt: skip
        latest = row.Notice
        return Line(
            id=latest.id, kind=kind, news=news, text=text, title=news.title,
            url=self.url(first, kind, news), at=latest.created_at, unread=unread,
            place=self.place(latest), face=_face(row),
            content=self.contents.get(latest.content_id or 0),
            thing=self.contents.get(latest.thing_id or 0), activity=news.activity,
            community=news.community,
        )  # fmt: skip

    def _may_see(self, notice: Notice) -> bool:
        """Whether the viewer may still see what a notice is about, as the page of it would say."""
        kind = registry().notice_kinds().get(notice.kind)
        if kind is None:
            return False
        content = notice.content_id or notice.thing_id
        if content is not None:
            return content in self.contents and content in self.views
        activity = self.activities.get(notice.activity_id or 0)
        if activity is not None and not is_available(activity):
            return False
        community = self.communities.get(notice.community_id or 0)
        return community is not None and self._open(community, activity, kind)

    def _open(self, community: Community, activity: Activity | None, kind: NoticeKind) -> bool:
        try:
            see(self.viewer, Place(community, activity))
        except DomainError:
            return False
        return not kind.capability or can(self.viewer, kind.capability, community, activity)

    def news(self, row: Row[Any], count: int) -> News:
        """The facts of a line, for the sentence of its kind."""
        notice = row.Notice
        face = _face(row)
        view = self.views.get(notice.thing_id or notice.content_id or 0)
        return News(
            count=count,
            who=face.short_name if face is not None else "",
            title=str(view.title) if view is not None else "",
            community=self.communities.get(notice.community_id or 0),
            activity=self.activities.get(notice.activity_id or 0),
            facts=notice.facts,
        )

    def url(self, notice: Notice, kind: NoticeKind, news: News) -> str:
        """Where a line leads: to the content, the activity or the community, if nowhere else."""
        view = self.view_of(notice)
        if kind.address is not None and (own := _asked(kind, "address", kind.address, news)):
            return own
        if view is not None:
            return view.url
        if news.activity is not None:
            return address_of(news.activity)
        return url_for("communities.home", community=news.community)

    def passages(self, ids: Iterable[int]) -> dict[int, Passage]:
        """What those who did it wrote in doing so, by notice, as far as everybody there may read
        it; one query for each kind of content."""
        shown = {number: self.rows[number] for number in ids if self._says_something(number)}
        kinds = {c.id: c.kind for c in self.contents.values()}
        contents = {row.Notice.content_id for row in shown.values()}
        bodies = content_bodies({number: kinds[number] for number in contents})
        return {
            number: Passage(face.short_name if (face := _face(row)) else "", bodies[content])
            for number, row in shown.items()
            if (content := row.Notice.content_id) in bodies
        }

    def _says_something(self, number: int) -> bool:
        row = self.rows[number]
        content = self.contents.get(row.Notice.content_id or 0)
        return content is not None and content.is_visible and content.author_id == row.who

    def view_of(self, notice: Notice) -> ContentView | None:
        return self.views.get(notice.content_id or 0) or self.views.get(notice.thing_id or 0)

    def place(self, notice: Notice) -> str:
        community = self.communities.get(notice.community_id or 0)
        return community.title if community is not None else ""


def dates_of(line: Line) -> list[CalendarItem]:
    """What the line is about, for the reader's calendar; nothing where its plugin fails."""
    kind = line.kind
    if kind.dates is None:
        return []
    owner = kind.name.partition(".")[0]
    question = partial(kind.dates, line.news)
    found = registry().consult(owner, f"dates of {kind.name}", question, listed(CalendarItem), [])
    return [item for item in found if item.key.startswith(f"{owner}.")]


def _asked(kind: NoticeKind, what: str, question: Callable[[News], str], news: News) -> str:
    """What a kind answers; "" where its plugin fails, so that the other lines stand."""
    owner = kind.name.partition(".")[0]
    told = f"{what} of {kind.name}"
    return registry().consult(owner, told, lambda: question(news), phrase, "")


def _notices(ids: Collection[int]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Notice, User.id.label("who"), User.surname, User.given_name, User.patronymic, User.photo
        )
        .outerjoin(User, User.id == Notice.actor_id)
        .where(Notice.id.in_(ids))
    )


def _face(row: Row[Any]) -> Face | None:
    if row.who is None:
        return None
    return Face(
        id=row.who, surname=row.surname, given_name=row.given_name, patronymic=row.patronymic,
        photo=row.photo, school="",
    )  # fmt: skip
