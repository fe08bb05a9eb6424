"""Rows below a forum, for the guard: None for what is elsewhere or not for the viewer to see."""

from __future__ import annotations

from datetime import timedelta

from core.api import (
    Activity,
    Content,
    Refused,
    can,
    current_viewer,
    ensure,
    settings_of,
    utcnow,
)
from plugins.forum import queries
from plugins.forum.models import Post, Problem, ProblemState, Topic
from plugins.forum.words import _


def ensure_may_change(activity: Activity, post: Post) -> None:
    """Authors change their own posts while the discussion is open, moderators at any time."""
    viewer, place = current_viewer(), activity.community
    if post.content.author_id != viewer.id or can(viewer, "forum.moderate", place, activity):
        ensure(viewer, "forum.moderate", place, activity)
    else:
        ensure(viewer, "forum.reply", place, activity, post.topic.content)
        if is_too_late(activity, post):
            raise Refused(_("The time in which a post can be changed is over. Write another one."))


def is_too_late(activity: Activity, post: Post) -> bool:
    """Whether the time is over that the school gives authors to change what they wrote."""
    hours = settings_of("forum", activity.community_id)["hours_to_change"]
    return bool(hours) and post.content.created_at + timedelta(hours=hours) < utcnow()


def is_staff(activity: Activity) -> bool:
    """Whether the viewer sees what is hidden, held or withdrawn here."""
    return can(current_viewer(), "contents.hide", activity.community)


def _is_open_to_viewer(activity: Activity, content: Content) -> bool:
    return content.author_id is not None and content.author_id == current_viewer().id


def topic(activity: Activity, number: int) -> Topic | None:
    """A topic that the viewer may see."""
    found = queries.topic_in(activity, number)
    if found is None or found.visible or found.merged_into_id is not None:
        return found
    own = _is_open_to_viewer(activity, found.content)
    return found if own or is_staff(activity) else None


def post(activity: Activity, number: int) -> Post | None:
    """A post that the viewer may see; of a hidden one everybody sees that it is hidden."""
    found = queries.post_in(activity, number)
    if found is None:
        return None
    seen = found.topic.visible and found.content.held_at is None
    own = _is_open_to_viewer(activity, found.content)
    return found if seen or own or is_staff(activity) else None


def problem(activity: Activity, number: int) -> Problem | None:
    """A problem of the agenda; cancelled and hidden ones are for the staff."""
    found = queries.problem_in(activity, number)
    if found is None:
        return None
    seen = found.state != ProblemState.CANCELLED and found.content.is_visible
    return found if seen or is_staff(activity) else None
