"""Rows below a gallery, for the guard: None for what is elsewhere or not for the viewer to see."""

from __future__ import annotations

from typing import Any

from core.api import (
    Activity,
    Content,
    Refused,
    can,
    current_viewer,
    db,
    ensure,
    is_outsider,
    published_content,
)
from plugins.gallery import albums, queries
from plugins.gallery.models import Album, Picture
from plugins.gallery.words import _


def album(activity: Activity, number: int) -> Album | None:
    """An album that the viewer may see."""
    found = queries.album_in(activity, number)
    return found if found is not None and _sees(activity, found.content) else None


def picture(activity: Activity, number: int) -> Picture | None:
    """A picture that the viewer may see, in an album that they may see."""
    found = queries.picture_in(activity, number)
    if found is None or not _sees(activity, found.album.content):
        return None
    return found if _sees(activity, found.content) else None


def _sees(activity: Activity, content: Content) -> bool:
    """Whether the viewer may see it; an outsider is told that it is for members."""
    viewer, place = current_viewer(), activity.community
    if viewer.id is not None and viewer.id == content.author_id:
        return True
    if content.members_only and is_outsider(viewer, place):
        ensure(viewer, "gallery.create", place, activity)
        return False
    return content.is_visible or can(viewer, "contents.hide", place)


def shown_album(_place: Any, number: int) -> Album | None:
    """An album whose place can be shown to outsiders at all; its key is looked at by the view."""
    content = published_content(number)
    if content is None or content.kind != albums.ALBUM:
        return None
    return db.session.get(Album, number)


def shown_picture(_place: Any, number: int) -> Picture | None:
    """A picture that outsiders may see, once they may see its album."""
    content = published_content(number)
    if content is None or content.members_only:
        return None
    return db.session.get(Picture, number)


def ensure_keeps(target: Album) -> None:
    """Raise unless the viewer looks after the album."""
    if not albums.keeps(current_viewer(), target):
        raise Refused(_("Only the keepers of an album do this. Ask one of them."))


def ensure_adds(target: Album) -> None:
    """Raise unless the viewer may add pictures to the album."""
    viewer, activity = current_viewer(), target.activity
    ensure(viewer, "gallery.add", activity.community, activity, target.content)
    if not albums.adds(viewer, target):
        raise Refused(_("Only the keepers of this album add pictures to it. Ask one of them."))


def may_change(target: Picture) -> bool:
    """Whether the viewer may describe and remove a picture: its author and the keepers may."""
    viewer = current_viewer()
    own = viewer.id is not None and target.content.author_id == viewer.id
    activity = target.album.activity
    if own and can(viewer, "gallery.add", activity.community, activity, target.content):
        return True
    return albums.keeps(viewer, target.album)


def ensure_may_change(target: Picture) -> None:
    """Raise unless the viewer may describe and remove the picture."""
    if not may_change(target):
        raise Refused(_("Only whoever added a picture and the keepers of the album change it."))
