"""Taking uploads in, one file at a time and in parts, for scripts.

``POST /uploads`` announces a file and answers where to send it. ``PATCH`` there, with ``offset`` in
the address and the bytes as they are in the body, adds a part; after a broken link ``GET`` says how
far it came. The part that completes the file answers with the file, whose id a form then names.
"""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from core.access.actors import current_viewer
from core.access.marks import signed_in
from core.files import uploads
from core.files.blueprint import files
from core.files.kinds import ATTACHABLE, FileKind
from core.files.models import File, Upload
from core.files.space import space_of
from core.files.thumbnails import preview
from core.platform.db import db
from core.platform.limits import limit

# A hundred and some pictures of an excursion in an hour; parts of them as fast as they come.
RATE = "150/hour"
PARTS = "1200/minute"
LONGEST_NUMBER = 12


def facts(file: File) -> dict[str, Any]:
    """What a script may show of a file."""
    return {
        "id": file.id, "name": file.name, "size": file.readable_size, "icon": file.icon,
        "type": file.media_type, "preview": preview(file),
        "url": url_for("files.download", file=file.id, name=file.name),
    }  # fmt: skip


def _state(upload: Upload) -> dict[str, Any]:
    file = db.session.get(File, upload.file_id) if upload.file_id is not None else None
    return {
        "url": url_for("files.send_part", token=upload.token), "part": uploads.PART,
        "offset": uploads.come_so_far(upload), "file": facts(file) if file else None,
    }  # fmt: skip


@files.post("/uploads")
@signed_in
def begin_upload() -> ResponseReturnValue:
    """Announce a file by its ``name`` and ``size``; ``accept`` are the kinds of its field."""
    viewer, form = current_viewer(), request.form
    limit("uploads", RATE, str(viewer.id))
    accept = {FileKind(kind) for kind in form.getlist("accept") if kind in ATTACHABLE}
    name, size = form.get("name", ""), _number(form.get("size", ""))
    upload = uploads.begin(viewer, name, size, accept or ATTACHABLE)
    return _state(upload), 201


@files.get("/uploads")
@signed_in
def my_space() -> ResponseReturnValue:
    """How much room the viewer's files take, as a sentence."""
    space = space_of(current_viewer().id or 0)
    return {"used": space.used, "limit": space.limit, "words": space.words}


@files.get("/uploads/<token>")
@signed_in
def upload_state(token: str) -> ResponseReturnValue:
    """How far an upload has come."""
    return _state(uploads.upload_of(current_viewer(), token))


@files.patch("/uploads/<token>")
@signed_in
def send_part(token: str) -> ResponseReturnValue:
    """Add a part. 409 with the ``offset`` to go on from when it does not follow the last one."""
    viewer = current_viewer()
    limit("uploads.parts", PARTS, str(viewer.id))
    upload = uploads.upload_of(viewer, token)
    offset = _number(request.args.get("offset", ""))
    part = uploads.Part(offset, request.content_length or 0, request.stream)
    try:
        file = uploads.receive(upload, part)
    except uploads.Elsewhere as elsewhere:
        return {"error": str(elsewhere), "offset": elsewhere.offset}, elsewhere.status
    if file is None:
        return _state(uploads.upload_of(viewer, token))
    return {"offset": upload.size, "file": facts(file)}


@files.delete("/uploads/<token>")
@signed_in
def give_up_upload(token: str) -> ResponseReturnValue:
    """Forget an upload that is under way."""
    viewer = current_viewer()
    uploads.give_up(viewer, uploads.upload_of(viewer, token).token)
    return "", 204


def _number(sent: str) -> int:
    """A number of bytes as it was sent; -1 for nonsense, which no upload has."""
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) <= LONGEST_NUMBER else -1
