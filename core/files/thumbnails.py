"""Smaller pictures for pages, made in a job; until they are there, the view sends something else.

They lie in the storage beside what they were made from and go with it.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from flask import url_for
from PIL import Image

from core.access.actors import SYSTEM, Actor
from core.contract.manifest import Job
from core.files import pictures
from core.files.digests import hold, is_needed
from core.files.kinds import FileKind
from core.files.models import File
from core.files.pictures import workshop
from core.files.storage import arriving, storage
from core.jobs.outbox import enqueue
from core.platform.db import db, operation

# The longest sides that are made, in pixels. Faces take the first.
SIZES = (128, 320, 960, 1920)
FACE = SIZES[0]
MEDIA_TYPE = "image/webp"
QUALITY = 80


def sizes_of(file: File) -> list[int]:
    """The sizes that a picture has: those that are smaller than itself."""
    if file.kind is not FileKind.PICTURE or not file.width or not file.height:
        return []
    return [size for size in SIZES if size < max(file.width, file.height)]


def key_of(digest: str, size: int) -> str:
    """Where the thumbnail of this size lies in the storage."""
    return f"{digest}.{size}.webp"


def ask_for(file: File) -> None:
    """Have the thumbnails of a picture made, inside the operation that stores it."""
    if sizes_of(file):
        enqueue(MAKE.name, file_id=file.id)


def make(file_id: int) -> None:
    """Make the thumbnails of a picture that are not there yet. Harmless when done twice."""
    file = db.session.get(File, file_id)
    if file is None:
        return
    digest, sizes = file.sha256, sizes_of(file)
    db.session.rollback()
    for size in sizes:
        if storage().size(key_of(digest, size)) is None:
            with _made(digest, size) as path:
                _keep(SYSTEM, path, digest, size)


MAKE = Job("core.thumbnails", run=make)


@contextlib.contextmanager
def _made(digest: str, size: int) -> Iterator[Path]:
    handle, place = tempfile.mkstemp(dir=arriving())
    path = Path(place)
    try:
        with os.fdopen(handle, "wb") as made, storage().open(digest) as original, workshop:
            _shrink(original, made, size)
        yield path
    finally:
        path.unlink(missing_ok=True)


def _shrink(original: IO[bytes], made: IO[bytes], size: int) -> None:
    """The first frame of a picture, not larger than so many pixels either way."""
    with pictures.quietly(), Image.open(original, formats=pictures.FORMATS) as picture:
        profile = picture.info.get("icc_profile")
        small = pictures.shrunk(picture, size)
        small.save(made, "WEBP", quality=QUALITY, icc_profile=profile)


@operation
def _keep(actor: Actor, path: Path, digest: str, size: int) -> None:
    """Put a thumbnail into the storage, unless its picture was removed meanwhile."""
    hold(digest)
    if is_needed(digest):
        storage().put(path, key_of(digest, size))


def address(file: File, size: int | None = None) -> str:
    """Where a file is, or its picture of a size."""
    return url_for("files.download", file=file.id, name=file.name, size=size)


def preview(file: File) -> str:
    """The address of a small picture of a file; empty for what is no picture."""
    if file.kind is not FileKind.PICTURE:
        return ""
    return address(file, next((size for size in sizes_of(file) if size > FACE), None))


def srcset(file: File) -> str:
    """All sizes of a picture, for browsers to choose from."""
    if not file.width or not file.height:
        return ""
    longest = max(file.width, file.height)
    sizes = [(address(file, s), round(file.width * s / longest)) for s in sizes_of(file)]
    return ", ".join(f"{url} {width}w" for url, width in [*sizes, (address(file), file.width)])
