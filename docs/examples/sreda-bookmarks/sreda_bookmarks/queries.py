"""What somebody saved, and what of many contents they saved."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from core.api import ContentView, Viewer, content_views, db, visible_among
from sreda_bookmarks.models import Bookmark

# So much stands on one page; older bookmarks follow when these are let go.
SHOWN = 100


@dataclass(frozen=True)
class Saved:
    """A saved content as its own plugin shows it."""

    content_id: int
    view: ContentView
    saved_at: datetime


def saved_by(viewer: Viewer) -> list[Saved]:
    """What the viewer saved and may still see, the latest first."""
    query = (
        select(Bookmark.content_id, Bookmark.saved_at)
        .where(Bookmark.user_id == viewer.id)
        .order_by(Bookmark.saved_at.desc(), Bookmark.content_id.desc())
        .limit(SHOWN)
    )
    moments = {row.content_id: row.saved_at for row in db.session.execute(query)}
    seen = visible_among(viewer, moments)
    views = content_views({number: content.kind for number, content in seen.items()})
    return [Saved(n, views[n], moment) for n, moment in moments.items() if n in views]


def saved_among(viewer: Viewer, contents: Collection[int]) -> set[int]:
    """Which of these contents the viewer saved; one query."""
    query = select(Bookmark.content_id).where(
        Bookmark.user_id == viewer.id, Bookmark.content_id.in_(contents)
    )
    return set(db.session.scalars(query))
