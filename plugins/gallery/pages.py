"""All pages of the gallery: importing these modules gives the blueprints their routes."""

from core.api import Mount, Scope
from plugins.gallery import finding, many_views, picture_views, queries, removal_views
from plugins.gallery.album_views import gallery
from plugins.gallery.shown_views import shown

__all__ = ["MOUNTS", "many_views", "picture_views", "removal_views"]

MOUNTS = (
    Mount(
        gallery, Scope.ACTIVITY,
        {"album": finding.album, "picture": finding.picture, "request": queries.request_in},
    ),
    Mount(
        shown, Scope.SITE, {"album": finding.shown_album, "picture": finding.shown_picture}
    ),
)  # fmt: skip
