"""The store of uploads: a folder in which every file lies under the digest of its bytes.

A row in ``files`` says who uploaded it and what it is called; equal bytes lie there once. Bytes
come and go under a lock on their digest, so that nobody removes what another is just adding.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import IO

from sqlalchemy import delete, func, select, text

from core import config
from core.access.actors import SYSTEM, Actor
from core.errors import TooLarge, TooManyRequests
from core.files import media
from core.files.models import File, readable_size
from core.people.models import User
from core.platform.db import db, operation, utcnow
from core.platform.html import scrub
from core.platform.i18n import core_domain
from core.platform.threads import off_loop

_ = core_domain.gettext

CHUNK = 256 * 1024
NAME_LENGTH = 120
# As many of the largest files as one person may upload in a day.
DAILY_FILES = 10
DAY = timedelta(days=1)


def folder() -> Path:
    """Where uploads lie."""
    return config.current().data_dir / "files"


def path_of(digest: str) -> Path:
    """Where the bytes with this SHA-256 lie."""
    return folder() / digest[:2] / digest


def save(stream: IO[bytes], name: str, owner_id: int, *, portrait: bool = False) -> File:
    """Store an upload and answer its row; checks size, kind and the owner's share of the day.

    Call it outside operations: it reads the stream and works on pictures. A ``portrait`` is cut
    square. Raises DomainError with a sentence when it cannot be taken; then nothing is left behind.
    """
    _check_share(owner_id, 0)
    with _written_down(stream) as path:
        kind = off_loop(media.take_in, path, name, portrait=portrait)
        digest = off_loop(_digest, path)
        row = File(
            owner_id=owner_id, name=clean_name(name), size=path.stat().st_size, media_type=kind,
            sha256=digest, portrait=portrait,
        )  # fmt: skip
        return _keep(SYSTEM, row, path)


@contextlib.contextmanager
def _written_down(stream: IO[bytes]) -> Iterator[Path]:
    """The stream as a file of its own, gone afterwards unless it was moved away."""
    arriving = folder() / "arriving"
    arriving.mkdir(parents=True, exist_ok=True)
    handle, place = tempfile.mkstemp(dir=arriving)
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
            raise TooLarge(
                _("This file is too large: at most %(size)s fit.", size=readable_size(limit))
            )
        file.write(chunk)


def _digest(path: Path) -> str:
    """The SHA-256 of a file that is certainly on the disk."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    return digest


@operation
def _keep(actor: Actor, row: File, path: Path) -> File:
    """Give the file its place and its row together."""
    if row.owner_id is not None:
        owner = select(User.id).where(User.id == row.owner_id)
        db.session.execute(owner.with_for_update(key_share=True))
        _check_share(row.owner_id, row.size)
    _hold(row.sha256)
    place = path_of(row.sha256)
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        path.replace(place)
    db.session.add(row)
    db.session.flush()
    return row


def _check_share(owner_id: int, size: int) -> None:
    query = select(func.coalesce(func.sum(File.size), 0)).where(
        File.owner_id == owner_id, File.created_at > utcnow() - DAY
    )
    if (db.session.scalar(query) or 0) + size > DAILY_FILES * config.current().upload_limit:
        raise TooManyRequests(
            _("You have uploaded very much today. Go on tomorrow."), retry_after=3600
        )


def _hold(digest: str) -> None:
    """Nobody else adds or removes bytes with this digest until the operation ends.

    On SQLite there is one writer at a time anyway.
    """
    if db.engine.dialect.name == "postgresql":
        number = int(digest[:15], 16)
        db.session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})


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
    _hold(digest)
    if db.session.scalar(select(File.id).where(File.sha256 == digest).limit(1)) is None:
        path_of(digest).unlink(missing_ok=True)


def clean_name(name: str) -> str:
    """A name for downloads: no folders, no characters that nobody sees, not too long."""
    last = scrub(name.replace("\\", "/")).rpartition("/")[2]
    last = " ".join("".join(c for c in last if c.isprintable()).split()).strip(". ")
    stem, dot, ending = last.rpartition(".")
    if not dot or len(ending) > 10:
        return last[:NAME_LENGTH] or "file"
    return f"{stem[: NAME_LENGTH - len(ending) - 1]}.{ending}"
