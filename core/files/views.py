"""Handing out uploads, to those who may see what they belong to."""

from __future__ import annotations

from flask import Blueprint, Response, request, send_file

from core.access.actors import current_viewer
from core.access.guard import Place
from core.access.marks import public
from core.activities.counts import count_download
from core.contents.models import Content
from core.errors import Missing
from core.files.media import INLINE
from core.files.models import File
from core.files.queries import readable
from core.files.store import path_of
from core.platform.i18n import core_domain

_ = core_domain.gettext

files = Blueprint("files", __name__)

# Whatever somebody manages to upload, opened on its own it runs nothing and reads nothing.
POLICY = "default-src 'none'; img-src 'self'; sandbox; frame-ancestors 'none'"


@files.get("/files/<int:file>/<name>")
@public
def download(file: int, name: str) -> Response:
    """An upload: pictures show in the page, everything else is saved to disk."""
    row, content, place = readable(file, current_viewer())
    path = path_of(row.sha256)
    if not path.exists():
        raise Missing(_("This file is lost. Ask its author to upload it anew."))
    inline = row.media_type in INLINE and "download" not in request.args
    response = send_file(
        path, mimetype=row.media_type, as_attachment=not inline, download_name=row.name,
        etag=row.sha256, last_modified=row.created_at, conditional=True, max_age=None,
    )  # fmt: skip
    _protect(response, row)
    if content is not None and place is not None and not inline:
        _count(response, content, place)
    return response


def _protect(response: Response, row: File) -> None:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    # Kept by the reader's browser alone; whether they may still see it is asked every time.
    response.headers["Cache-Control"] = "private, no-cache"
    if row.portrait:
        response.headers["Cache-Control"] = "private, max-age=86400"


def _count(response: Response, content: Content, place: Place) -> None:
    """One download each: a part that is fetched later, or a copy that is still good, is none."""
    first = response.status_code == 200 or (response.content_range.start == 0)
    if request.method == "GET" and response.status_code in (200, 206) and first:
        count_download(place.activity or place.community, content.id)
