"""What people put into a gallery, as core shows, hides and finds it."""

from __future__ import annotations

from core.api import ContentType
from plugins.gallery import albums, pictures, queries
from plugins.gallery.words import _l

CONTENTS = (
    ContentType(
        kind=albums.ALBUM,
        title=_l("Album"),
        views=queries.album_views,
        bodies=queries.album_bodies,
        searched=queries.albums_searched,
    ),
    ContentType(
        kind=pictures.PICTURE,
        title=_l("Picture"),
        views=queries.picture_views,
        bodies=queries.picture_bodies,
        within=queries.albums_of_pictures,
        searched=queries.pictures_searched,
        visibility_changed=pictures.visibility_changed,
    ),
)
