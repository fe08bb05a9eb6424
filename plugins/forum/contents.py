"""What people write in a forum, as core shows, hides and finds it."""

from __future__ import annotations

from core.api import ContentType
from plugins.forum import agenda, moderation, operations, queries, searching
from plugins.forum.words import _l

CONTENTS = (
    ContentType(
        kind=operations.TOPIC,
        title=_l("Discussion"),
        views=queries.topic_views,
        searched=searching.topics,
        visibility_changed=moderation.topic_visibility_changed,
    ),
    ContentType(
        kind=operations.POST,
        title=_l("Post"),
        views=queries.post_views,
        bodies=queries.post_bodies,
        within=queries.topics_of_posts,
        visibility_changed=moderation.post_visibility_changed,
    ),
    ContentType(
        kind=agenda.PROBLEM,
        title=_l("Problem"),
        views=queries.problem_views,
        searched=searching.problems,
    ),
)
