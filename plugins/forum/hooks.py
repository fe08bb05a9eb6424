"""What the forum adds to pages, what it forbids, and what it does when people come and go."""

from __future__ import annotations

from collections.abc import Iterator

from flask import render_template, request, url_for
from markupsafe import Markup

from core.api import (
    SYSTEM,
    Activity,
    Community,
    Content,
    Event,
    NavItem,
    Viewer,
    db,
    standing_of,
    utcnow,
)
from plugins.forum import notices, reading
from plugins.forum.models import Post, Topic
from plugins.forum.newest import NEWS, newest_in
from plugins.forum.operations import POST, TOPIC, closed_because
from plugins.forum.unread import unread_by_forum
from plugins.forum.words import _

JOINED = "communities.member_joined"
LEFT = frozenset({"communities.member_left", "communities.member_excluded"})
LISTENS = (JOINED, *sorted(LEFT), *notices.LISTENS)

# What one does in an open forum only, and in an open topic only. Keeping order goes on everywhere.
WRITING = frozenset({"forum.open_topic", "forum.reply", "contents.react", "contents.comment"})


def unread_item(community: Community | None, viewer: Viewer) -> Iterator[NavItem]:
    """The way to everything unread, with how much it is; in the site's own menu."""
    if community is None and viewer.is_authenticated:
        yield NavItem(
            _("Unread"), url_for("forum_site.unread"), "chat-left-text", "blue",
            badge=sum(unread_by_forum(viewer).values()),
            active=request.endpoint == "forum_site.unread",
        )  # fmt: skip


def latest_discussions(slot: str, community: Community | None, viewer: Viewer) -> Markup | None:
    """On a community's home: the discussions in which something was written last."""
    if slot != "community.main" or community is None:
        return None
    if community.visibility != "public" and standing_of(viewer, community).is_guest:
        return None
    lines = newest_in(community.id, viewer)[:NEWS]
    if not lines:
        return None
    html = render_template("forum/latest.html", community=community, lines_shown=lines)
    return Markup(html)  # noqa: S704  # our own template, which escapes


def take(event: Event) -> None:
    """Somebody came or went; or something happened that people are told of."""
    if event.kind == JOINED or event.kind in LEFT:
        _follow_membership(event)
    else:
        notices.tell(event)


def _follow_membership(event: Event) -> None:
    if event.community_id is None or event.subject_id is None:
        return
    if event.kind == JOINED:
        reading.follow(SYSTEM, event.community_id, event.subject_id, event.occurred_at)
    else:
        reading.forget(SYSTEM, event.community_id, event.subject_id)


def forbid(capability: str, activity: Activity | None, content: Content | None) -> str | None:
    """Why somebody with the right cannot use it in this forum, or in this topic, now."""
    if activity is None or activity.plugin != "forum":
        return None
    moderates = capability.startswith("forum.") and capability not in WRITING
    if activity.state == "archived" and (moderates or capability in WRITING):
        return _("This forum is in the archive and can only be read.")
    if capability not in WRITING:
        return None
    if not activity.is_open(utcnow()):
        return _("This forum is not open at present; it can be read.")
    topic = _topic_of(content) if capability == "forum.reply" else None
    return closed_because(topic) or None if topic is not None else None


def _topic_of(content: Content | None) -> Topic | None:
    if content is None or content.kind not in (TOPIC, POST):
        return None
    if content.kind == TOPIC:
        return db.session.get(Topic, content.id)
    post = db.session.get(Post, content.id)
    return post.topic if post is not None else None
