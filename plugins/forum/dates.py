"""What of the agenda stands in calendars: the days on which discussions of problems open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import url_for
from sqlalchemy import Row, Select, Subquery, bindparam, null, or_, select

from core.api import (
    Activity,
    CalendarItem,
    Community,
    Content,
    Moment,
    User,
    Viewer,
    activities_by_id,
    among,
    excerpt,
    mine,
    one_of,
    own_activity_ids,
    rows,
)
from plugins.forum.models import Problem, ProblemState, Reader
from plugins.forum.unread import counts_known, followed_by, keep_counts, unread_number
from plugins.forum.words import _, _l

# So many problems at most are told at once.
MOST = 500
DESCRIPTION = 300


def planned_problems(
    communities: Sequence[Community], viewer: Viewer, start: datetime, end: datetime
) -> Iterator[CalendarItem]:
    """The problems whose discussion opens in these days; one query.

    A page that shows dates shows what is unread, too: where that is not known yet, the same query
    counts it.
    """
    many = len(communities) != 1
    ids = [c.id for c in communities]
    facts = {"communities": ids if many else ids[0], "start": start, "end": end}
    counts = not counts_known(viewer)
    if counts:
        facts |= mine(viewer)
    found = rows(DATES[counts, many], facts).all()
    if counts:
        keep_counts({row.forum: row[2] for row in found if row[2]})
    places = {community.id: community for community in communities}
    dated = [row for row in found if row.id is not None]
    forums = activities_by_id({row.forum for row in dated})
    for row in dated:
        yield _item(row, forums[row.forum], places[row.community_id])


def date_of(problem: Problem, viewer: Viewer) -> CalendarItem | None:
    """The date of one problem, as calendars have it."""
    place, opens = problem.content.activity, problem.opens_at
    places = [place.community] if place is not None else []
    items = planned_problems(places, viewer, opens, opens + timedelta(seconds=1))
    return next((item for item in items if item.key == _key(problem.id)), None)


def _key(number: int) -> str:
    return f"forum.problem.{number}"


def _item(row: Row[*tuple[Any, ...]], forum: Activity, community: Community) -> CalendarItem:
    called_off = row.state == ProblemState.CANCELLED
    page: dict[str, Any] = {"community": community, "activity": forum}
    url = (
        url_for("forum.problems", **page)
        if called_off
        else url_for("forum.problem", problem=row.id, **page)
    )
    return CalendarItem(
        key=_key(row.id), title=row.title, what=_l("discussion of a problem"),
        community=community, activity=forum, url=url, icon="list-check", start=row.opens_at,
        description=excerpt(row.body, DESCRIPTION), place=_("Forum “%(title)s”", title=forum.title),
        zone_name=row.zone_name or "", cancelled=called_off,
        # Being opened or taken off the agenda is a change without a version of its own.
        sequence=row.version - 1 + (row.state != ProblemState.PLANNED),
        updated=None if called_off else row.edited_at or row.created_at,
    )  # fmt: skip


def _soon(*, many: bool) -> Subquery:
    start, end = bindparam("start", type_=Moment), bindparam("end", type_=Moment)
    return (
        select(
            Problem.id, Problem.activity_id, Problem.title, Problem.body, Problem.opens_at,
            Problem.state, Content.version, Content.created_at, Content.edited_at, User.zone_name,
        )
        .join(Content, Content.id == Problem.id)
        .outerjoin(User, User.id == Content.author_id)
        .where(among(Content.community_id, "communities", many=many))
        .where(Content.hidden_at.is_(None), Content.held_at.is_(None))
        # All the states there are, since the index begins with them.
        .where(one_of(Problem.state, ProblemState))
        .where(Problem.opens_at >= start, Problem.opens_at < end)
        .order_by(Problem.opens_at, Problem.id)
        .limit(MOST)
        .subquery()
    )  # fmt: skip


FORUM = (Activity.id.label("forum"), Activity.community_id)


def _dates(*, counts: bool, many: bool) -> Select[*tuple[Any, ...]]:
    soon = _soon(many=many)
    columns = [column for column in soon.c if column.name != "activity_id"]
    here = soon.c.activity_id == Activity.id
    if not counts:
        query = select(*FORUM, null(), *columns).join(soon, here)
    else:
        own = Activity.id.in_(own_activity_ids("forum"))
        query = (
            select(*FORUM, unread_number(), *columns)
            .select_from(Activity)
            .outerjoin(Reader, followed_by())
            .outerjoin(soon, here)
            .where(or_(own, soon.c.id.is_not(None)))
        )
    return query.where(Activity.plugin == "forum", Activity.state == "published")


# Put together once: with what is unread and without, for many communities and for one.
DATES = {
    (counts, many): _dates(counts=counts, many=many)
    for counts in (True, False) for many in (True, False)
}  # fmt: skip
