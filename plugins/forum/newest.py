"""What was written last in a community's forums: asked by its home, twice, and read once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import g, has_request_context
from sqlalchemy import Integer, Select, bindparam, select
from sqlalchemy.orm import aliased

from core.api import Activity, Viewer, at_most, rows
from plugins.forum.models import Topic
from plugins.forum.queries import TopicLine, line_of, topic_lines


def newest_in(community_id: int, viewer: Viewer) -> Sequence[TopicLine]:
    """The newest few topics of each forum of a community, the latest first; one query a request."""
    kept: dict[int, Sequence[TopicLine]] = (
        g.setdefault("forum_newest", {}) if has_request_context() else {}
    )
    if community_id not in kept:
        facts = {"viewer_id": viewer.id, "community_id": community_id}
        kept[community_id] = [line_of(row) for row in rows(NEWEST, facts)]
    return kept[community_id]


def _newest(count: int) -> Select[*tuple[Any, ...]]:
    """So many topics of each forum of a community: each forum's index says them at once, where an
    order over all forums together would sort every topic there is."""
    newest, shown = aliased(Topic), aliased(Topic)
    of_forum = (
        select(newest.id)
        .where(newest.activity_id == Activity.id, newest.visible, newest.merged_into_id.is_(None))
        .order_by(newest.last_post_at.desc(), newest.id.desc())
        .limit(at_most(count))
        .correlate(Activity)
    )
    query: Select[int] = (
        select(shown.id)
        .select_from(Activity)
        .join(shown, shown.id.in_(of_forum))
        .where(Activity.community_id == bindparam("community_id", type_=Integer))
        .where(Activity.plugin == "forum", Activity.state == "published")
    )
    found = query.cte("newest").prefix_with("MATERIALIZED", dialect="postgresql")
    return topic_lines(found).order_by(Topic.last_post_at.desc(), Topic.id.desc())


# So many discussions stand on the home of a community.
NEWS = 5
# Put together once: every home of a community asks.
NEWEST = _newest(NEWS)
