"""What is read of forums. Lists take columns, not entities, because they are hot."""

from __future__ import annotations

import enum
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from flask import url_for
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    and_,
    bindparam,
    or_,
    select,
)
from sqlalchemy.orm import aliased, contains_eager, joinedload

from core.api import (
    Activity,
    Content,
    User,
    Viewer,
    at_most,
    db,
    entities,
    mine,
    own_activity_ids,
    rows,
)
from plugins.forum.models import (
    POSTS_A_PAGE,
    TOPICS_A_PAGE,
    Post,
    Problem,
    ProblemState,
    Read,
    Reader,
    Section,
    Topic,
)
from plugins.forum.people import Byline, byline, byline_columns
from plugins.forum.reading import unread_condition

LastAuthor = aliased(User)


class Show(enum.StrEnum):
    """Which topics a list shows."""

    ALL = "all"
    UNREAD = "unread"
    UNANSWERED = "unanswered"
    MINE = "mine"


class TopicLine(NamedTuple):
    """A topic as lists show it, with what is new in it for one viewer."""

    id: int
    activity_id: int
    section_id: int
    title: str
    special: bool
    visible: bool
    pinned: bool
    locked: bool
    answered: bool
    decided: bool
    held: bool
    replies: int
    waiting: int
    last_post_at: datetime
    author: Byline
    last_author: Byline
    unread: int
    first_unread: int

    @property
    def marked(self) -> bool:
        """Whether a sign says something of it; most topics have none."""
        return (
            self.pinned or self.special or self.locked or self.decided or self.answered
            or self.held or not self.visible
        )  # fmt: skip

    @property
    def page(self) -> int:
        """The page of the topic on which one goes on reading."""
        return (self.first_unread - 1) // POSTS_A_PAGE + 1


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines of a long list, and whether there are more; ``link`` makes addresses of pages."""

    lines: Sequence[TopicLine]
    number: int
    more: bool
    link: Mapping[str, Any]

    @property
    def pages(self) -> int:
        return self.number + (1 if self.more else 0)

    def url(self, number: int) -> str:
        return url_for(**self.link, page=number)


def topic_lines(chosen: FromClause | None = None) -> Select[*tuple[Any, ...]]:
    """The query behind every list of topics, to be narrowed, ordered and cut, for a ``viewer_id``;
    only of topics whose ``id`` is among the ``chosen``, which are read first.

    What everything is joined to outwards, no database begins anywhere else with: SQLite and
    PostgreSQL each find a way through all contents, if they may.
    """
    source, outwards = select().select_from(Topic), chosen is not None
    if chosen is not None:
        source = select().select_from(chosen).outerjoin(Topic, Topic.id == chosen.c.id)
    viewer_id: BindParameter[int] = bindparam("viewer_id", type_=Integer)
    return (
        source.add_columns(
            Topic.id, Topic.activity_id, Topic.section_id, Topic.title, Topic.kind, Topic.visible,
            Topic.pinned, Topic.locked, Topic.answered, Topic.decided_at, Topic.last_number,
            Topic.post_count, Topic.held_count, Topic.last_post_at, Topic.last_author_id,
            Content.author_id, Content.held_at, Read.number, Reader.since,
            *byline_columns(User), *byline_columns(LastAuthor),
        )
        .join(Content, Content.id == Topic.id, isouter=outwards)
        .outerjoin(User, User.id == Content.author_id)
        .outerjoin(LastAuthor, LastAuthor.id == Topic.last_author_id)
        .outerjoin(Read, and_(Read.topic_id == Topic.id, Read.user_id == viewer_id))
        .outerjoin(
            Reader,
            and_(Reader.user_id == viewer_id, Reader.community_id == Content.community_id),
        )
        .where(Topic.merged_into_id.is_(None))
    )  # fmt: skip


TOPIC_LINES = topic_lines()


def line_of(row: Any) -> TopicLine:
    """A row of :data:`TOPIC_LINES` as a line."""
    (
        number, activity_id, section_id, title, kind, visible, pinned, locked, answered, decided_at,
        last_number, post_count, held_count, last_post_at, last_author_id, author_id, held_at,
        read, since, *names,
    ) = row  # fmt: skip
    follows = since is not None and visible and last_post_at > since
    unread = max(0, last_number - (read or 0)) if follows else 0
    return TopicLine(
        number, activity_id, section_id, title, kind == "governance", visible, pinned, locked,
        answered, decided_at is not None, held_at is not None, max(0, post_count - 1), held_count,
        last_post_at, byline(author_id, names[:4]), byline(last_author_id, names[4:]), unread,
        (read or 0) + 1 if unread else 1,
    )  # fmt: skip


def topics(
    activity: Activity,
    viewer: Viewer,
    *,
    show: Show = Show.ALL,
    section: Section | None = None,
    page: int = 1,
    staff: bool = False,
    link: Mapping[str, Any],
) -> Page:
    """One page of a forum's topics, pinned ones first, then by the last post; one query."""
    if not viewer.is_authenticated and show in (Show.UNREAD, Show.MINE):
        return Page([], page, False, link)
    facts = {"viewer_id": viewer.id, "place_id": section.id if section else activity.id}
    query = _list(show, of_section=section is not None, staff=staff, first=page == 1)
    return _page(query, page, link, facts)


@functools.cache
def _list(show: Show, *, of_section: bool, staff: bool, first: bool) -> Select[*tuple[Any, ...]]:
    """Each kind of list is put together once: that takes longer than the database's answer."""
    place = Topic.section_id if of_section else Topic.activity_id
    viewer_id = bindparam("viewer_id", type_=Integer)
    query = TOPIC_LINES.where(place == bindparam("place_id", type_=Integer))
    if not staff:
        query = query.where(or_(Topic.visible, Content.author_id == viewer_id))
    return _cut(
        query.where(*_narrowing(show, viewer_id)).order_by(
            Topic.pinned.desc(), Topic.last_post_at.desc(), Topic.id.desc()
        ),
        first=first,
    )


def _narrowing(show: Show, viewer_id: BindParameter[int]) -> list[ColumnElement[bool]]:
    if show is Show.UNREAD:
        return [unread_condition()]
    if show is Show.UNANSWERED:
        return [Topic.post_count <= 1, Topic.decided_at.is_(None), Topic.locked.is_(False)]
    if show is Show.MINE:
        written = select(Post.topic_id).join(Content, Content.id == Post.id)
        return [Topic.id.in_(written.where(Content.author_id == viewer_id))]
    return []


def _cut(query: Select[*tuple[Any, ...]], *, first: bool) -> Select[*tuple[Any, ...]]:
    """One page of a list, and one more row that says whether there is another page."""
    cut = query.limit(at_most(TOPICS_A_PAGE + 1))
    return cut if first else cut.offset(bindparam("start", type_=Integer))


def _page(
    query: Select[*tuple[Any, ...]],
    page: int,
    link: Mapping[str, Any],
    facts: Mapping[str, Any],
) -> Page:
    start = {"start": (page - 1) * TOPICS_A_PAGE} if page > 1 else {}
    found = rows(query, {**facts, **start}).all()
    lines = [line_of(row) for row in found[:TOPICS_A_PAGE]]
    return Page(lines, page, len(found) > TOPICS_A_PAGE, link)


def unread_everywhere(viewer: Viewer, page: int, link: Mapping[str, Any]) -> Page:
    """What is unread in all forums of the viewer's communities, the latest first; one query."""
    query = TOPIC_LINES.where(Topic.activity_id.in_(own_activity_ids("forum")), unread_condition())
    ordered = query.order_by(Topic.last_post_at.desc(), Topic.id.desc())
    return _page(_cut(ordered, first=page == 1), page, link, mine(viewer))


# Put together once, like the lists.
SECTIONS = (
    select(Section)
    .where(Section.activity_id == bindparam("activity_id", type_=Integer))
    .order_by(Section.position, Section.id)
)
TOPIC = (
    select(Topic)
    .join(Topic.content)
    .join(Topic.section)
    .options(contains_eager(Topic.content), contains_eager(Topic.section))
    .where(Topic.id == bindparam("number", type_=Integer))
    .where(Topic.activity_id == bindparam("activity_id", type_=Integer))
)


def sections_of(activity: Activity) -> Sequence[Section]:
    """The sections of a forum in their order."""
    return entities(SECTIONS, {"activity_id": activity.id}).scalars().all()


def section_in(activity: Activity, number: int) -> Section | None:
    """A section of this forum, or None."""
    return db.session.scalar(
        select(Section).where(Section.id == number, Section.activity_id == activity.id)
    )


def sections_of_community(activity: Activity) -> Sequence[tuple[Section, Activity]]:
    """Where a topic can be moved: the sections of all forums of the community."""
    query = (
        select(Section, Activity)
        .join(Activity, Activity.id == Section.activity_id)
        .where(Activity.community_id == activity.community_id, Activity.plugin == "forum")
        .order_by(Activity.position, Activity.id, Section.position, Section.id)
    )
    return [(section, forum) for section, forum in db.session.execute(query)]


def topic_in(activity: Activity, number: int) -> Topic | None:
    """A topic of this forum, or None; whether the viewer may see it is for the view to check."""
    return entities(TOPIC, {"number": number, "activity_id": activity.id}).scalar()


def post_in(activity: Activity, number: int) -> Post | None:
    """A post of this forum with its topic, or None."""
    query = (
        select(Post)
        .options(
            joinedload(Post.content), joinedload(Post.topic).joinedload(Topic.content),
            joinedload(Post.topic).joinedload(Topic.section),
        )
        .where(Post.id == number, Post.activity_id == activity.id)
    )  # fmt: skip
    return db.session.scalar(query)


def problem_in(activity: Activity, number: int) -> Problem | None:
    """A problem of this forum's agenda, or None."""
    query = (
        select(Problem)
        .options(
            joinedload(Problem.content).joinedload(Content.author), joinedload(Problem.section)
        )
        .where(Problem.id == number, Problem.activity_id == activity.id)
    )
    return db.session.scalar(query)


def agenda_of(activity: Activity, limit: int = 100) -> Sequence[Problem]:
    """What is planned, the nearest first, then what was opened, the latest first."""
    query = (
        select(Problem)
        .options(joinedload(Problem.section), joinedload(Problem.content))
        .where(Problem.activity_id == activity.id, Problem.state != ProblemState.CANCELLED)
        .order_by(Problem.state.desc(), Problem.opens_at.desc(), Problem.id.desc())
    )
    found = db.session.scalars(query.limit(limit)).all()
    planned = [problem for problem in found if problem.state == ProblemState.PLANNED]
    return [*reversed(planned), *(p for p in found if p.state == ProblemState.OPENED)]


def merge_targets(topic: Topic, words: str = "", limit: int = 50) -> Sequence[tuple[int, str, str]]:
    """Other discussions of the same forum, the latest first: id, title, kind."""
    query = select(Topic.id, Topic.title, Topic.kind).where(
        Topic.activity_id == topic.activity_id, Topic.id != topic.id, Topic.visible,
        Topic.merged_into_id.is_(None),
    )  # fmt: skip
    if words:
        query = query.where(Topic.title.icontains(words, autoescape=True))
    found = db.session.execute(query.order_by(Topic.last_post_at.desc()).limit(limit))
    return [(row.id, row.title, row.kind) for row in found]


def post_bodies(ids: Sequence[int]) -> Mapping[int, str]:
    """What posts say, by their ids."""
    found = db.session.execute(select(Post.id, Post.body).where(Post.id.in_(ids)))
    return {row.id: row.body for row in found}


def topics_of_posts(ids: Sequence[int]) -> Mapping[int, int]:
    """The topics that posts stand in, by the ids of the posts."""
    found = db.session.execute(select(Post.id, Post.topic_id).where(Post.id.in_(ids)))
    return {row.id: row.topic_id for row in found}


def places_of(lines: Sequence[TopicLine]) -> Mapping[int, Activity]:
    """The forums of some topics, with their communities; one query."""
    ids = {line.activity_id for line in lines}
    if not ids:
        return {}
    query = select(Activity).options(joinedload(Activity.community)).where(Activity.id.in_(ids))
    return {activity.id: activity for activity in db.session.scalars(query)}
