"""What galleries keep about a person: given out when they ask, forgotten when they leave."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import delete, select, update

from core.api import DataRecord, User, db
from plugins.gallery.models import Album, Keeper, Picture, Request
from plugins.gallery.words import _


def exported(user: User) -> Iterator[DataRecord]:
    """The albums somebody keeps and what they asked; what they added is among their contents."""
    kept = select(Album.title).join(Keeper, Keeper.album_id == Album.id)
    for title in db.session.scalars(kept.where(Keeper.user_id == user.id)):
        yield DataRecord(_("Keeper of an album"), {"album": title})
    asked = (
        select(Request, Album.title).select_from(Request).join(Request.picture).join(Picture.album)
    )
    query = asked.where(Request.person_id == user.id).order_by(Request.id)
    for request, title in db.session.execute(query):
        yield DataRecord(
            _("Request to be taken out of a picture"),
            {
                "album": title, "words": request.words, "state": request.state,
                "answer": request.answer, "asked": request.created_at.isoformat(),
            },
        )  # fmt: skip


def erased(user: User) -> None:
    """Forget whom somebody was in a picture, what they kept and what they decided.

    What they asked for and nobody has answered stays asked, without their name: it is their face
    that is still there.
    """
    db.session.execute(delete(Keeper).where(Keeper.user_id == user.id))
    mine = Request.person_id == user.id
    db.session.execute(delete(Request).where(mine, Request.state != "open"))
    db.session.execute(update(Request).where(mine).values(person_id=None, words="", contact=""))
    decided = Request.decided_by_id == user.id
    db.session.execute(update(Request).where(decided).values(decided_by_id=None))
