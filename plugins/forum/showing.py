"""How core shows what people wrote in a forum: titles and addresses, many at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import url_for
from sqlalchemy import select

from core.api import Activity, Community, ContentView, among, excerpt, rows
from plugins.forum.models import Post, Topic
from plugins.forum.words import _


def topic_views(ids: Sequence[int]) -> Mapping[int, ContentView]:
    """How topics are shown by core, by their ids."""
    return {
        row.id: ContentView(
            title=row.title,
            url=url_for("forum.topic", community=row.slug, activity=row.activity_id, topic=row.id),
        )
        for row in rows(TOPICS_SHOWN, {"ids": ids})
    }


TOPICS_SHOWN = (
    select(Topic.id, Topic.title, Topic.activity_id, Community.slug)
    .join(Activity, Activity.id == Topic.activity_id)
    .join(Community, Community.id == Activity.community_id)
    .where(among(Topic.id, "ids"))
)


def post_views(ids: Sequence[int]) -> Mapping[int, ContentView]:
    """How posts are shown by core, by their ids."""
    return {
        row.id: ContentView(
            title=_("Post in “%(title)s”", title=row.title),
            url=url_for("forum.post", community=row.slug, activity=row.activity_id, post=row.id),
            excerpt=excerpt(row.body, 120),
        )
        for row in rows(POSTS_SHOWN, {"ids": ids})
    }


POSTS_SHOWN = (
    select(Post.id, Post.body, Post.activity_id, Topic.title, Community.slug)
    .join(Topic, Topic.id == Post.topic_id)
    .join(Activity, Activity.id == Post.activity_id)
    .join(Community, Community.id == Activity.community_id)
    .where(among(Post.id, "ids"))
)
