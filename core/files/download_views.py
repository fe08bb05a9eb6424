"""Handing out uploads, to those who may see what they belong to."""

from __future__ import annotations

from flask import Response, request

from core.access.actors import current_viewer
from core.access.marks import public
from core.activities.counts import count_download
from core.files.blueprint import files
from core.files.handing import hand_out
from core.files.kinds import INLINE
from core.files.queries import readable
from core.files.sending import is_download
from core.files.thumbnails import address, preview, srcset

files.add_app_template_filter(address, "file_address")
files.add_app_template_filter(preview, "preview")
files.add_app_template_filter(srcset, "srcset")


@files.get("/files/<int:file>/<name>")
@public
def download(file: int, name: str) -> Response:
    """An upload: pictures show in the page, in a smaller ``size`` if one asks for it; everything
    else is saved to disk."""
    row, content, place = readable(file, current_viewer())
    saved = "download" in request.args or row.media_type not in INLINE
    size = request.args.get("size", type=int)
    response = hand_out(row, size, save="download" in request.args)
    if content is not None and place is not None and saved and is_download(response):
        count_download(place.activity or place.community, content.id)
    return response
