"""Smaller pictures for pages, made in a job; until they are there, the view sends something else.

They lie in the storage beside what they were made from and go with it.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
SIZES = (128, 320, 640, 960, 1920)
FACE = SIZES[0]


@dataclass(frozen=True)
class Coding:
    """One way in which small pictures are written."""

    ending: str
    media_type: str
    options: Mapping[str, Any]

    def key(self, digest: str, size: int) -> str:
        """Where the thumbnail of this size lies in the storage."""
        return f"{digest}.{size}.{self.ending}"


WEBP = Coding("webp", "image/webp", {"quality": 80})
# A third lighter, and not for every browser.
AVIF = Coding("avif", "image/avif", {"quality": 50, "speed": 8})
CODINGS = (WEBP, AVIF)


def sizes_of(file: File) -> list[int]:
    """The sizes that a picture has: those that are smaller than itself."""
    if file.kind is not FileKind.PICTURE or not file.width or not file.height:
        return []
    return [size for size in SIZES if size < max(file.width, file.height)]


def key_of(digest: str, size: int) -> str:
    """Where the thumbnail that every browser shows lies in the storage."""
    return WEBP.key(digest, size)


def ask_for(file: File) -> None:
    """Have the thumbnails of a picture made, inside the operation that stores it."""
    if sizes_of(file):
        enqueue(MAKE.name, file_id=file.id)


def make(file_id: int) -> None:
    """Make the thumbnails of a picture that are not there yet. Harmless when done twice.

    The small ones for every browser come first: they are what a page waits for.
    """
    file = db.session.get(File, file_id)
    if file is None:
        return
    digest = file.sha256
    wanted = [(coding, size) for coding in CODINGS for size in sizes_of(file)]
    db.session.rollback()
    missing = [(c, size) for c, size in wanted if storage().size(c.key(digest, size)) is None]
    if not missing:
        return
    with workshop:
        largest, profile = _largest(digest, max(size for _coding, size in missing))
    for coding, size in missing:
        with _made(largest, coding, size, profile) as path:
            _keep(SYSTEM, path, digest, coding.key(digest, size))


MAKE = Job("core.thumbnails", run=make)


def _largest(digest: str, size: int) -> tuple[Image.Image, bytes | None]:
    """The picture read once, not larger than is needed, with its profile of colours."""
    with (
        storage().open(digest) as original,
        pictures.quietly(),
        Image.open(original, formats=pictures.FORMATS) as picture,
    ):
        profile = picture.info.get("icc_profile")
        return pictures.shrunk(picture, size), profile


@contextlib.contextmanager
def _made(picture: Image.Image, coding: Coding, size: int, profile: bytes | None) -> Iterator[Path]:
    handle, place = tempfile.mkstemp(dir=arriving())
    path = Path(place)
    try:
        with os.fdopen(handle, "wb") as made, workshop:
            small = picture.copy()
            small.thumbnail((size, size), reducing_gap=2.0)
            small.info = {}
            small.save(made, coding.ending, icc_profile=profile, **coding.options)
        yield path
    finally:
        path.unlink(missing_ok=True)


@operation
def _keep(actor: Actor, path: Path, digest: str, key: str) -> None:
    """Put a thumbnail into the storage, unless its picture was removed meanwhile."""
    hold(digest)
    if is_needed(digest):
        storage().put(path, key)


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
