"""What people write in a forum, as core shows, hides and finds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import url_for
from sqlalchemy import select

from core.api import Activity, Community, ContentType, ContentView, db, excerpt
from plugins.forum import agenda, moderation, operations, queries, searching, showing
from plugins.forum.models import Problem, ProblemState
from plugins.forum.words import _l


def problem_views(ids: Sequence[int]) -> Mapping[int, ContentView]:
    """How problems of the agenda are shown by core, by their ids; those that were cancelled are not
    shown any more, and so is nothing that hangs on them."""
    query = (
        select(Problem.id, Problem.title, Problem.body, Problem.activity_id, Community.slug)
        .join(Activity, Activity.id == Problem.activity_id)
        .join(Community, Community.id == Activity.community_id)
        .where(Problem.id.in_(ids), Problem.state != ProblemState.CANCELLED)
    )
    return {
        row.id: ContentView(
            title=row.title,
            url=url_for(
                "forum.problem", community=row.slug, activity=row.activity_id, problem=row.id
            ),
            excerpt=excerpt(row.body, 120),
        )
        for row in db.session.execute(query)
    }


def problem_bodies(ids: Sequence[int]) -> Mapping[int, str]:
    """What problems say, by their ids."""
    found = db.session.execute(select(Problem.id, Problem.body).where(Problem.id.in_(ids)))
    return {row.id: row.body for row in found}


CONTENTS = (
    ContentType(
        kind=operations.TOPIC,
        title=_l("Discussion"),
        views=showing.topic_views,
        searched=searching.topics,
        visibility_changed=moderation.topic_visibility_changed,
    ),
    ContentType(
        kind=operations.POST,
        title=_l("Post"),
        views=showing.post_views,
        bodies=queries.post_bodies,
        within=queries.topics_of_posts,
        visibility_changed=moderation.post_visibility_changed,
    ),
    ContentType(
        kind=agenda.PROBLEM,
        title=_l("Problem"),
        views=problem_views,
        bodies=problem_bodies,
        searched=searching.problems,
    ),
)
