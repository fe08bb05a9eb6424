"""What a conversation says of the clarification that it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.api import Content, Viewer, content_views, db, utcnow, visible_among
from plugins.messages.clarifying import public_from
from plugins.messages.models import Clarification, Outcome, Thread


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A clarification as its two people see it; without ``url`` the post is out of sight now."""

    title: str
    url: str
    excerpt: str
    outcome: str
    outcome_at: datetime | None
    asked: bool
    public_from: datetime

    @property
    def is_open(self) -> bool:
        return self.outcome == Outcome.OPEN

    @property
    def may_go_public(self) -> bool:
        return not self.asked or self.public_from <= utcnow()


def clarification_of(thread: Thread, viewer: Viewer) -> Shown | None:
    """The clarification that a conversation is; None for any other, at the cost of one query."""
    if thread.pair is not None or thread.is_group:
        return None
    row = db.session.get(Clarification, thread.id)
    if row is None:
        return None
    seen: dict[int, Content] = visible_among(viewer, [row.about_id])
    views = content_views({number: content.kind for number, content in seen.items()})
    view = views.get(row.about_id)
    return Shown(
        title=str(view.title) if view is not None else thread.title,
        url=view.url if view is not None else "", excerpt=view.excerpt if view is not None else "",
        outcome=row.outcome, outcome_at=row.outcome_at, asked=row.asked_by_id == viewer.id,
        public_from=public_from(row),
    )  # fmt: skip
