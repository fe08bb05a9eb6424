"""Keeping uploads: checked, made harmless, given a row in ``files`` and a place in the storage.

A row says who uploaded a file and what it is called; equal bytes lie there once. Bytes come and go
under a lock on their digest, so that nobody removes what another is just adding.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import IO

from sqlalchemy import delete, select

from core import config
from core.access.actors import SYSTEM, Actor
from core.errors import TooLarge
from core.files import media
from core.files.digests import hold, is_needed
from core.files.kinds import FileKind
from core.files.models import File, readable_size
from core.files.names import clean_name, fitting
from core.files.pictures import workshop
from core.files.space import check_person, hold_person
from core.files.storage import arriving, storage
from core.files.thumbnails import ask_for
from core.platform.db import db, operation
from core.platform.i18n import core_domain
from core.platform.threads import off_loop

_ = core_domain.gettext

CHUNK = 256 * 1024
ANYTHING = frozenset(FileKind)


def path_of(digest: str) -> Path:
    """Where the bytes with this SHA-256 lie."""
    return storage().path(digest)


def save_file(
    stream: IO[bytes],
    name: str,
    owner_id: int,
    *,
    portrait: bool = False,
    accept: Collection[FileKind] = ANYTHING,
) -> File:
    """Store an upload and answer its row; checks size, kind and the owner's room.

    Call it outside operations: it reads the stream and works on pictures. A ``portrait`` is cut
    square. Raises DomainError with a sentence when it cannot be taken; then nothing is left behind.
    """
    check_person(owner_id, 0)
    with _written_down(stream) as path:
        return take(path, name, owner_id, portrait=portrait, accept=accept)


def take(
    path: Path,
    name: str,
    owner_id: int,
    *,
    portrait: bool = False,
    accept: Collection[FileKind] = ANYTHING,
    stored: Callable[[File], None] = lambda file: None,
) -> File:
    """As ``save_file``, for bytes that lie in a file of their own, which is used up.

    ``stored`` is called inside the operation that gives the file its row.
    """
    with workshop:
        taken = off_loop(media.take_in, path, name, portrait=portrait, accept=accept)
    digest = off_loop(_digest, path)
    row = File(
        owner_id=owner_id, name=fitting(clean_name(name), taken.media_type),
        size=path.stat().st_size, sha256=digest, media_type=taken.media_type, portrait=portrait,
        width=taken.width, height=taken.height, glimpse=taken.glimpse,
    )  # fmt: skip
    return _keep(SYSTEM, row, path, stored)


@contextlib.contextmanager
def _written_down(stream: IO[bytes]) -> Iterator[Path]:
    """The stream as a file of its own, gone afterwards unless it was moved away."""
    handle, place = tempfile.mkstemp(dir=arriving())
    path = Path(place)
    try:
        with os.fdopen(handle, "wb") as file:
            _copy(stream, file, config.current().upload_limit)
        yield path
    finally:
        path.unlink(missing_ok=True)


def _copy(stream: IO[bytes], file: IO[bytes], limit: int) -> None:
    size = 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size > limit:
            raise too_large(limit)
        file.write(chunk)


def too_large(limit: int) -> TooLarge:
    """The refusal of a file that is larger than so many bytes."""
    return TooLarge(_("This file is too large: at most %(size)s fit.", size=readable_size(limit)))


def _digest(path: Path) -> str:
    """The SHA-256 of a file that is certainly on the disk."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    return digest


@operation
def _keep(actor: Actor, row: File, path: Path, stored: Callable[[File], None]) -> File:
    """Give the file its place and its row together."""
    if row.owner_id is not None:
        hold_person(row.owner_id)
        check_person(row.owner_id, row.size)
    hold(row.sha256)
    storage().put(path, row.sha256)
    db.session.add(row)
    db.session.flush()
    ask_for(row)
    stored(row)
    return row


def remove(file_ids: list[int]) -> None:
    """Remove files for good: the rows first, then the bytes that no other row needs."""
    for digest in _remove_rows(SYSTEM, file_ids):
        remove_bytes(SYSTEM, digest)


@operation
def _remove_rows(actor: Actor, file_ids: list[int]) -> set[str]:
    digests = set(db.session.scalars(select(File.sha256).where(File.id.in_(file_ids))))
    db.session.execute(delete(File).where(File.id.in_(file_ids)))
    return digests


@operation
def remove_bytes(actor: Actor, digest: str) -> None:
    """Remove bytes from the disk unless a row names them."""
    hold(digest)
    if not is_needed(digest):
        storage().delete(digest)
