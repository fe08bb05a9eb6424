"""What bookmarks add to pages of others, and what they do when a person asks about their data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flask import request, url_for
from sqlalchemy import delete, select

from core.api import (
    Community,
    Content,
    ContentAction,
    DataRecord,
    NavItem,
    User,
    Viewer,
    db,
)
from sreda_bookmarks import operations, queries
from sreda_bookmarks.models import Bookmark
from sreda_bookmarks.words import _


def save_for_later(
    contents: Mapping[int, str], viewer: Viewer
) -> Mapping[int, list[ContentAction]]:
    """A button under each content, for those who have an account; one query for all of them."""
    if not viewer.is_authenticated:
        return {}
    saved = queries.saved_among(viewer, contents)
    return {number: [_button(number, number in saved)] for number in contents}


def _button(number: int, is_saved: bool) -> ContentAction:
    return ContentAction(
        _("Saved") if is_saved else _("Save"),
        url_for("bookmarks.turn", content=number),
        "bookmark",
        post=True,
        pressed=is_saved,
    )


def way_to_bookmarks(community: Community | None, viewer: Viewer) -> Iterator[NavItem]:
    """In the menu of the site."""
    if community is None and viewer.is_authenticated:
        here = request.endpoint == "bookmarks.saved"
        yield NavItem(_("Bookmarks"), url_for("bookmarks.saved"), "bookmark", "yellow", active=here)


def exported(user: User) -> Iterable[DataRecord]:
    """The addresses of what somebody saved."""
    query = select(Bookmark).where(Bookmark.user_id == user.id).order_by(Bookmark.saved_at)
    saved = [
        {
            "url": url_for("contents.show", content=row.content_id, _external=True),
            "saved": row.saved_at.isoformat(),
        }
        for row in db.session.scalars(query)
    ]
    yield DataRecord(_("Bookmarks"), {"bookmarks": saved})


def erased(user: User) -> None:
    """What somebody saved concerns nobody else."""
    db.session.execute(delete(Bookmark).where(Bookmark.user_id == user.id))


def some_bookmarks(community: Community, cast: Any) -> None:
    """The first people of a community have each saved something that was written there."""
    written = select(Content).where(Content.community_id == community.id).order_by(Content.id)
    for person, content in zip(cast.people, db.session.scalars(written.limit(3)), strict=False):
        key = {"user_id": person.id, "content_id": content.id}
        if db.session.get(Bookmark, key) is None:
            operations.turn(person, content)
