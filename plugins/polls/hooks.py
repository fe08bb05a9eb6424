"""What polls forbid, and what they do when a poll is published."""

from __future__ import annotations

from core.api import Activity, Actor, Event, db, utcnow
from plugins.polls import running
from plugins.polls.capabilities import ANSWER
from plugins.polls.models import Voter
from plugins.polls.words import _

LISTENS = ("activities.created", "activities.published")


def take(event: Event) -> None:
    """A poll among the activities was set up or published."""
    running.opened(event)


def forbid(capability: str, actor: Actor, activity: Activity | None) -> str | None:
    """Why somebody with the right cannot answer this poll now.

    Whoever has answered is told nothing more of it: a reminder in the post vanishes.
    """
    if capability != ANSWER or activity is None or activity.plugin != "polls":
        return None
    if not activity.is_open(utcnow()):
        return _("This poll is not open.")
    voter = db.session.get(Voter, {"activity_id": activity.id, "user_id": actor.id or 0})
    return _("You have answered already.") if voter is not None and voter.answered else None
