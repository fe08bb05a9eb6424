"""Many files as one archive, put together while it is sent: nothing of it lies on the disk or in
the memory, and its length is told beforehand."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from flask import Response
from zipstream import ZipStream

from core.files.archives import ZIP
from core.files.models import File
from core.files.names import clean_name, disposition
from core.files.sending import pieces
from core.files.storage import storage


def send_zip(files: Iterable[tuple[str, File]], name: str) -> Response:
    """The answer with these files, each under a name, as an archive called ``name``.

    Whoever calls has made sure that the viewer may read them all. Pictures and films do not pack,
    so nothing is packed. A file whose bytes are lost is left out; equal names get numbers.
    """
    stored = storage()
    archive = ZipStream(sized=True)
    taken: set[str] = set()
    for wanted, file in files:
        size = stored.size(file.sha256)
        if size is not None:
            archive.add(pieces(stored, file.sha256, 0, size), _free(wanted, taken), size=size)
    response = Response(archive, mimetype=ZIP, direct_passthrough=True)
    response.content_length = len(archive)
    response.headers["Content-Disposition"] = disposition(clean_name(name), inline=False)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _free(wanted: str, taken: set[str]) -> str:
    """A name that none of the others has, whatever the case of its letters."""
    name = clean_name(wanted)
    path, number = PurePosixPath(name), 1
    while name.casefold() in taken:
        number += 1
        name = f"{path.stem} ({number}){path.suffix}"
    taken.add(name.casefold())
    return name
