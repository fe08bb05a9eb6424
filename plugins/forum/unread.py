"""How much is unread, by forum: asked on every page, so read once a request and never far back."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from flask import g, has_request_context
from sqlalchemy import ColumnElement, Integer, ScalarSelect, Select, and_, bindparam, func, select

from core.api import Activity, Summary, Viewer, among, at_most, mine, own_activity_ids, rows
from plugins.forum.models import Read, Reader, Topic
from plugins.forum.newest import newest_in
from plugins.forum.reading import unread_condition
from plugins.forum.words import _, ngettext

# Nobody counts further than this; badges say "99+".
MOST = 100


def unread_by_forum(viewer: Viewer) -> Mapping[int, int]:
    """Unread topics by forum, over all communities of the viewer; one query a request."""
    if viewer.id is None:
        return {}
    if not has_request_context():
        return _counted(viewer)
    kept: dict[int, int] | None = g.get("forum_unread")
    if kept is None:
        kept = g.forum_unread = _counted(viewer)
    return kept


def _counted(viewer: Viewer) -> dict[int, int]:
    counted = rows(_counts(), mine(viewer))
    return {activity_id: count for activity_id, count in counted if count}


def unread_number() -> ScalarSelect[int]:
    """How many topics of a forum are unread, within a query of forums and their readers."""
    viewer_id = bindparam("viewer_id", type_=Integer)
    some = (
        select(Topic.id)
        .outerjoin(Read, and_(Read.topic_id == Topic.id, Read.user_id == viewer_id))
        .where(Topic.activity_id == Activity.id, unread_condition())
        .correlate(Activity, Reader)
        # In the order of the index, which otherwise PostgreSQL may not look into.
        .order_by(Topic.last_post_at.desc())
        .limit(at_most(MOST))
        .subquery()
    )
    return select(func.count()).select_from(some).scalar_subquery()


def followed_by() -> ColumnElement[bool]:
    """Joins a forum to the viewer who follows it."""
    me = Reader.user_id == bindparam("viewer_id", type_=Integer)
    return and_(Reader.community_id == Activity.community_id, me)


@functools.cache
def _counts() -> Select[*tuple[Any, ...]]:
    """Made once: putting a query together takes longer than the database takes to answer it."""
    return (
        select(Activity.id, unread_number())
        .join(Reader, followed_by())
        .where(Activity.id.in_(own_activity_ids("forum")))
    )


def counts_known(viewer: Viewer) -> bool:
    """Whether nobody has to count any more in this request: a guest has nothing unread."""
    return viewer.id is None or not has_request_context() or "forum_unread" in g


def keep_counts(counts: dict[int, int]) -> None:
    """Another query of this request has counted."""
    g.forum_unread = counts


def forget_counts() -> None:
    """Something was read within this request."""
    if has_request_context():
        g.pop("forum_unread", None)


def unread(activities: Sequence[Activity], viewer: Viewer) -> Mapping[int, int]:
    """Unread topics of some forums, for menus."""
    counts = unread_by_forum(viewer)
    return {a.id: counts[a.id] for a in activities if a.id in counts}


def summaries(activities: Sequence[Activity], viewer: Viewer) -> Mapping[int, Summary]:
    """One line of news about each forum: its latest discussion, and what is unread; two queries."""
    counts = unread_by_forum(viewer)
    titles = _latest_titles(activities, viewer)
    return {a.id: _summary(titles.get(a.id), counts.get(a.id, 0)) for a in activities}


def _latest_titles(activities: Sequence[Activity], viewer: Viewer) -> Mapping[int, str]:
    """The title of each forum's latest topic. The home of a community lists its newest topics
    anyway, so that there it costs no query of its own."""
    places = {a.community_id for a in activities}
    if len(places) == 1 and all(a.state == "published" for a in activities):
        lines = newest_in(places.pop(), viewer)
        return {line.activity_id: line.title for line in reversed(lines)}
    return {row.id: row.title for row in rows(_latest(), {"forums": [a.id for a in activities]})}


@functools.cache
def _latest() -> Select[*tuple[Any, ...]]:
    latest = (
        select(Topic.id)
        .where(Topic.activity_id == Activity.id, Topic.visible)
        .order_by(Topic.last_post_at.desc(), Topic.id.desc())
        .limit(at_most(1))
        .correlate(Activity)
        .scalar_subquery()
    )
    return (
        select(Activity.id, Topic.title)
        .join(Topic, Topic.id == latest)
        .where(among(Activity.id, "forums"))
    )


def _summary(title: str | None, count: int) -> Summary:
    if title is None:
        return Summary(text=_("No discussions yet: begin the first one"))
    state = ""
    if count:
        state = ngettext("%(n)s unread discussion", "%(n)s unread discussions", count)
    return Summary(text=_("Latest: “%(title)s”", title=title), state=state, unread=count)
