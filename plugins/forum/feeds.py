"""What everybody may read, for feed readers: new discussions of a community, those of a forum, and
new posts of a topic."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, bindparam, select

from core.api import Activity, Community, Content, FeedEntry, User, db, feed, public
from plugins.forum.models import Post, Topic
from plugins.forum.people import Byline, byline, byline_columns
from plugins.forum.views import forum
from plugins.forum.words import _

# So many discussions, or posts, stand in a feed.
NEWEST = 25


@forum.get("/feed.xml")
@public
def news(activity: Activity) -> ResponseReturnValue:
    """The newest discussions, each with its first post."""
    return feed(
        activity.community, f"forum.{activity.id}", activity.title, url_for("forum.home"),
        lambda: _topics(activity), begun=activity.created_at,
    )  # fmt: skip


@forum.get("/topics/<int:topic>/feed.xml")
@public
def topic_news(activity: Activity, topic: Topic) -> ResponseReturnValue:
    """The newest posts of a discussion."""
    if topic.merged_into_id is not None:
        return redirect(url_for("forum.topic_news", topic=topic.merged_into_id), 301)
    if not topic.visible:
        abort(404)
    return feed(
        activity.community, f"forum.topic.{topic.id}.posts", topic.title,
        url_for("forum.topic", topic=topic), lambda: _posts(activity, topic),
        begun=topic.content.created_at,
    )  # fmt: skip


def _written() -> Select[*tuple[Any, ...]]:
    """Posts that everybody may see, with their authors and topics."""
    return (
        select(
            Post.id, Post.number, Post.body, Topic.id.label("topic_id"), Topic.title,
            Content.created_at, Content.edited_at, Content.author_id, *byline_columns(User),
        )
        .join(Topic, Topic.id == Post.topic_id)
        .join(Content, Content.id == Post.id)
        .outerjoin(User, User.id == Content.author_id)
        .where(Content.hidden_at.is_(None), Content.held_at.is_(None), Post.number.is_not(None))
        .where(Topic.visible, Topic.merged_into_id.is_(None))
        .limit(NEWEST)
    )  # fmt: skip


# Put together once: feed readers ask around the clock.
TOPICS = (
    _written()
    .where(Topic.activity_id == bindparam("activity"), Post.number == 1)
    .order_by(Topic.id.desc())
)
POSTS = _written().where(Post.topic_id == bindparam("topic")).order_by(Post.number.desc())


OF_COMMUNITY = (
    _written()
    .add_columns(Topic.activity_id)
    .join(Activity, Activity.id == Topic.activity_id)
    .where(Content.community_id == bindparam("community"), Post.number == 1)
    .where(Activity.plugin == "forum", Activity.state != "draft")
    .order_by(Topic.id.desc())
)


def entries_of_community(community: Community) -> Iterator[FeedEntry]:
    """The newest discussions of all its forums, each with its first post."""
    for row in db.session.execute(OF_COMMUNITY, {"community": community.id}):
        yield _topic(row, community=community, activity=row.activity_id)


def _topics(activity: Activity) -> Iterator[FeedEntry]:
    for row in db.session.execute(TOPICS, {"activity": activity.id}):
        yield _topic(row, activity=activity)


def _topic(row: Any, **place: Any) -> FeedEntry:
    url = url_for("forum.topic", topic=row.topic_id, **place)
    return FeedEntry(key=f"forum.topic.{row.topic_id}", title=row.title, url=url, **_words(row))


def _posts(activity: Activity, topic: Topic) -> Iterator[FeedEntry]:
    for row in db.session.execute(POSTS, {"topic": topic.id}):
        url = url_for("forum.post", activity=activity, post=row.id)
        title = _("%(author)s, post %(number)s", author=_author(row).short_name, number=row.number)
        yield FeedEntry(key=f"forum.post.{row.id}", title=title, url=url, **_words(row))


def _author(row: Any) -> Byline:
    return byline(row.author_id, (row.surname, row.given_name, row.patronymic, row.photo))


def _words(row: Any) -> dict[str, Any]:
    return {
        "published": row.created_at, "updated": row.edited_at, "html": row.body,
        "author": _author(row).name,
    }  # fmt: skip
