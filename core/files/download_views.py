"""Handing out uploads, to those who may see what they belong to."""

from __future__ import annotations

import base64

from flask import Response, request

from core.access.actors import current_viewer
from core.access.marks import public
from core.activities.counts import count_download
from core.errors import Missing
from core.files.blueprint import files
from core.files.kinds import INLINE
from core.files.models import File
from core.files.names import disposition
from core.files.queries import readable
from core.files.sending import Bytes, is_download, send
from core.files.storage import storage
from core.files.thumbnails import MEDIA_TYPE, address, key_of, preview, sizes_of, srcset
from core.platform.i18n import core_domain

_ = core_domain.gettext

files.add_app_template_filter(address, "file_address")
files.add_app_template_filter(preview, "preview")
files.add_app_template_filter(srcset, "srcset")

# Whatever somebody manages to upload, opened on its own it runs nothing and reads nothing.
POLICY = "default-src 'none'; img-src 'self'; media-src 'self'; sandbox; frame-ancestors 'none'"
# A picture not larger than this is sent itself while its thumbnails are not there yet.
LIGHT = 300 * 1024
# One transparent pixel: the page shows the colour behind it, in the size of the picture.
PLACEHOLDER = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


@files.get("/files/<int:file>/<name>")
@public
def download(file: int, name: str) -> Response:
    """An upload: pictures show in the page, in a smaller ``size`` if one asks for it; everything
    else is saved to disk."""
    row, content, place = readable(file, current_viewer())
    size = request.args.get("size", type=int)
    if size in sizes_of(row):
        return _protected(_thumbnail(row, size), row)
    inline = row.media_type in INLINE and "download" not in request.args
    response = _whole(row)
    response.headers["Content-Disposition"] = disposition(row.name, inline=inline)
    if content is not None and place is not None and not inline and is_download(response):
        count_download(place.activity or place.community, content.id)
    return _protected(response, row)


def _whole(row: File) -> Response:
    stored = storage().size(row.sha256)
    if stored is None:
        raise Missing(_("This file is lost. Ask its author to upload it anew."))
    return send(Bytes(row.sha256, stored, row.media_type, row.created_at))


def _thumbnail(row: File, size: int) -> Response:
    """A smaller picture; until it is made, a light original or a placeholder in its place."""
    key = key_of(row.sha256, size)
    stored = storage().size(key)
    if stored is not None:
        return send(Bytes(key, stored, MEDIA_TYPE, row.created_at))
    if row.size <= LIGHT:
        return _whole(row)
    return Response(PLACEHOLDER, mimetype="image/gif", headers={"Cache-Control": "no-store"})


def _protected(response: Response, row: File) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    # Kept by the reader's browser alone; whether they may still see it is asked every time.
    kept = "private, max-age=86400" if row.portrait else "private, no-cache"
    response.headers.setdefault("Cache-Control", kept)
    return response
