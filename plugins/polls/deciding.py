"""Publishing what a poll decided, with its protocol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import url_for
from sqlalchemy import select

from core.api import (
    Activity,
    Actor,
    Community,
    Conflict,
    ContentView,
    DomainError,
    SearchText,
    clean,
    db,
    excerpt,
    is_blank,
    new_content,
    notify,
    operation,
    record,
)
from plugins.polls import events, notices
from plugins.polls.locking import held
from plugins.polls.models import Decision
from plugins.polls.running import voters
from plugins.polls.urn import has_closed, open_urn
from plugins.polls.words import _

DECISION = "polls.decision"


def decision_of(activity_id: int) -> Decision | None:
    """What a poll decided, as far as it is published and not hidden."""
    decision = db.session.scalar(select(Decision).where(Decision.activity_id == activity_id))
    return decision if decision is not None and decision.content.is_visible else None


@operation
def decide(actor: Actor, activity: Activity, body: str) -> Decision:
    """Publish what a poll that has closed decided. Raises Conflict when it is published already."""
    poll = held(activity.id)
    if is_blank(body):
        raise DomainError(_("Write down what was decided."))
    if not has_closed(poll):
        raise DomainError(_("The poll is still open: a decision follows its end."))
    if (
        db.session.scalar(select(Decision.id).where(Decision.activity_id == activity.id))
        is not None
    ):
        raise Conflict(_("The decision is published already."))
    open_urn(actor, activity.id)
    content = new_content(actor, DECISION, activity)
    decision = Decision(id=content.id, content=content, activity_id=activity.id, body=clean(body))
    db.session.add(decision)
    db.session.flush()
    record(events.DECIDED, actor, activity=activity, content=content)
    notify(
        notices.DECIDED, voters(activity.id), by=actor.id, content=content, about=activity,
        once=f"polls.decided:{activity.id}",
    )  # fmt: skip
    return decision


def views(ids: Sequence[int]) -> Mapping[int, ContentView]:
    """How decisions are shown by core; one query."""
    query = (
        select(
            Decision.id, Decision.body, Activity.id.label("poll"), Activity.title, Community.slug
        )
        .join(Activity, Activity.id == Decision.activity_id)
        .join(Community, Community.id == Activity.community_id)
        .where(Decision.id.in_(ids))
    )
    return {
        row.id: ContentView(
            title=_("Decision: %(title)s", title=row.title),
            url=url_for("polls.protocol", community=row.slug, activity=row.poll),
            excerpt=excerpt(row.body, 120),
        )
        for row in db.session.execute(query)
    }


def bodies(ids: Sequence[int]) -> Mapping[int, str]:
    """What decisions say."""
    rows = db.session.execute(select(Decision.id, Decision.body).where(Decision.id.in_(ids)))
    return {row.id: row.body for row in rows}


def searched(ids: Sequence[int]) -> Mapping[int, SearchText]:
    """What decisions are found by."""
    query = select(Decision.id, Decision.body, Activity.title).join(
        Activity, Activity.id == Decision.activity_id
    )
    return {
        row.id: SearchText(title=row.title, body=row.body)
        for row in db.session.execute(query.where(Decision.id.in_(ids)))
    }
