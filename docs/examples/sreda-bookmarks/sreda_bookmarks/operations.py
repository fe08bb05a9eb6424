"""Saving, and letting go."""

from __future__ import annotations

from sqlalchemy import func, select

from core.api import Actor, Content, DomainError, User, db, operation, settings_of
from sreda_bookmarks.models import Bookmark
from sreda_bookmarks.words import DOMAIN


@operation
def turn(actor: Actor, content: Content) -> bool:
    """Save a content, or let it go; True if it is saved now.

    Raises DomainError when the person has saved as much as the school allows.
    """
    # Held, so that two presses at once are two turns, and nobody saves one too many.
    db.session.scalar(select(User.id).where(User.id == actor.id).with_for_update(key_share=True))
    key = {"user_id": actor.id, "content_id": content.id}
    there = db.session.get(Bookmark, key, populate_existing=True)
    if there is not None:
        db.session.delete(there)
        return False
    most = settings_of("bookmarks")["most"]
    count = select(func.count()).select_from(Bookmark).where(Bookmark.user_id == actor.id)
    if (db.session.scalar(count) or 0) >= most:
        raise DomainError(
            DOMAIN.ngettext(
                "You may save %(n)s thing. Let something go first.",
                "You may save %(n)s things. Let something go first.",
                most,
            )
        )
    db.session.add(Bookmark(**key))
    return True
