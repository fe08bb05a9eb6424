"""Handing out a file whose reader is known: whole or as a smaller picture, harmless when opened.

Who may read it is asked before, by the view: here it is only sent.
"""

from __future__ import annotations

import base64

from flask import Response, request

from core.errors import Missing
from core.files.kinds import INLINE
from core.files.models import File
from core.files.names import disposition
from core.files.sending import Bytes, send
from core.files.storage import storage
from core.files.thumbnails import AVIF, CODINGS, sizes_of
from core.platform.i18n import core_domain

_ = core_domain.gettext

# Whatever somebody manages to upload, opened on its own it runs nothing and reads nothing.
POLICY = "default-src 'none'; img-src 'self'; media-src 'self'; sandbox; frame-ancestors 'none'"
# A picture not larger than this is sent itself while its thumbnails are not there yet.
LIGHT = 300 * 1024
# One transparent pixel: the page shows the colour behind it, in the size of the picture.
PLACEHOLDER = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


def hand_out(row: File, size: int | None = None, *, save: bool = False) -> Response:
    """The answer with an upload, or its picture of a ``size`` if it has one; ``save`` is for the
    disk. Whoever calls has made sure that the viewer may read it."""
    if size in sizes_of(row):
        return _protected(_thumbnail(row, size), row)
    response = _whole(row)
    inline = row.media_type in INLINE and not save
    response.headers["Content-Disposition"] = disposition(row.name, inline=inline)
    return _protected(response, row)


def _whole(row: File) -> Response:
    stored = storage().size(row.sha256)
    if stored is None:
        raise Missing(_("This file is lost. Ask its author to upload it anew."))
    return send(Bytes(row.sha256, stored, row.media_type, row.created_at))


def _thumbnail(row: File, size: int) -> Response:
    """A smaller picture; until it is made, a light original or a placeholder in its place."""
    for coding in reversed(CODINGS):
        key = coding.key(row.sha256, size)
        stored = storage().size(key) if coding is not AVIF or _knows_avif() else None
        if stored is not None:
            response = send(Bytes(key, stored, coding.media_type, row.created_at))
            response.vary.add("Accept")
            return response
    if row.size <= LIGHT:
        return _whole(row)
    return Response(PLACEHOLDER, mimetype="image/gif", headers={"Cache-Control": "no-store"})


def _knows_avif() -> bool:
    """Whether the browser names it among what it shows: those that do not show it never do."""
    return AVIF.media_type in request.headers.get("Accept", "")


def _protected(response: Response, row: File) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    # Kept by the reader's browser alone; whether they may still see it is asked every time.
    kept = "private, max-age=86400" if row.portrait else "private, no-cache"
    response.headers.setdefault("Cache-Control", kept)
    return response
