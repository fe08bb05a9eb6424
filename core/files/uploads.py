"""Uploads that survive a broken link: announced, sent in parts, gone on with where they stopped.

What has come lies in a file of its own in the folder of what arrives; its length is how far the
upload is. Whoever writes holds a lock on that file, so that nobody adds to what is being looked at.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sqlalchemy import delete, select
from werkzeug.exceptions import BadRequest, HTTPException, RequestTimeout

from core import config
from core.access.actors import SYSTEM, Actor, Viewer
from core.errors import Conflict, DomainError, Missing
from core.files import kinds
from core.files.kinds import FileKind
from core.files.models import File, Upload
from core.files.names import clean_name
from core.files.queries import PATIENCE
from core.files.space import check_person, hold_person
from core.files.storage import arriving
from core.files.store import take, too_large
from core.platform.db import db, operation, required_unit, utcnow
from core.platform.i18n import core_domain
from core.platform.threads import patience

_ = core_domain.gettext

# What a browser sends in one go, in bytes: on the weakest links a minute's worth.
PART = 1024 * 1024
# So many may be under way for one person; when there are more, the oldest are given up.
MOST_UNDER_WAY = 20
# Read in pieces so small that a slow link fills one within the seconds that we wait for it.
PIECE = 16 * 1024
SILENCE = 45.0


@dataclass(frozen=True)
class Part:
    """Bytes on their way: where they belong, how many are said to come (0 where nobody says), and
    the stream that they are read from."""

    offset: int
    length: int
    stream: IO[bytes]


class Elsewhere(Conflict):
    """A part that does not begin where the last one ended; ``offset`` says where that is."""

    def __init__(self, offset: int) -> None:
        super().__init__(_("This part does not follow the last one."))
        self.offset = offset


@operation
def begin(actor: Viewer, name: str, size: int, accept: Collection[FileKind]) -> Upload:
    """Announce an upload of so many bytes. Raises DomainError for what would be refused anyway."""
    if size <= 0:
        raise DomainError(_("This file is empty."))
    if size > config.current().upload_limit:
        raise too_large(config.current().upload_limit)
    kinds.refuse_programs(b"", name)
    owner = _person(actor)
    hold_person(owner)
    check_person(owner, size)
    _give_up_oldest(owner)
    upload = Upload(
        token=secrets.token_urlsafe(24), owner_id=owner, name=clean_name(name), size=size,
        accept=" ".join(sorted(accept)),
    )  # fmt: skip
    db.session.add(upload)
    db.session.flush()
    # From here on it is there until all has come, or the upload is given up.
    path_of(upload).touch(mode=0o600)
    return upload


def _person(actor: Viewer) -> int:
    if actor.id is None:
        raise DomainError(_("Sign in to attach files."))
    return actor.id


def _give_up_oldest(owner: int) -> None:
    query = (
        select(Upload.token).where(Upload.owner_id == owner)
        .order_by(Upload.created_at.desc()).offset(MOST_UNDER_WAY - 1)
    )  # fmt: skip
    _forget(list(db.session.scalars(query)))


def upload_of(owner: Viewer, token: str) -> Upload:
    """An upload of the viewer's own. Raises Missing for anybody else's."""
    upload = db.session.get(Upload, token)
    if upload is None or owner.id is None or upload.owner_id != owner.id:
        raise Missing(_("This upload was given up. Choose the file once more."))
    return upload


def come_so_far(upload: Upload) -> int:
    """How many bytes of an upload are here."""
    if upload.file_id is not None:
        return upload.size
    try:
        return path_of(upload).stat().st_size
    except FileNotFoundError:
        return 0


def path_of(upload: Upload) -> Path:
    """Where the bytes of an upload lie while it is under way."""
    return arriving() / upload.token


def receive(upload: Upload, part: Part) -> File | None:
    """Add a part; the file once all of it is here, else None.

    Call it outside operations. Raises Elsewhere when the part does not begin where the last one
    ended, or another one is being written; what comes before a link breaks is kept. Raises
    DomainError for what cannot be taken; then nothing of the upload is left.
    """
    if upload.file_id is not None:
        return db.session.get(File, upload.file_id)
    owner, size, name = upload.owner_id, upload.size, upload.name
    token, accept = upload.token, frozenset(FileKind(kind) for kind in upload.accept.split())
    path = path_of(upload)
    # Nothing is held in the database while the stream is slow.
    db.session.rollback()
    with _locked(path) as file:
        _require_offset(file, part.offset)
        try:
            _add(part, file, size)
            _glance(file, name, accept)
            if file.tell() < size:
                return None
            return take(path, name, owner, accept=accept, stored=_done(token))
        except Elsewhere:
            raise
        except DomainError:
            give_up(SYSTEM, token)
            raise


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[IO[bytes]]:
    """The file of an upload, held until the part is written; nobody waits for it."""
    with _opened(path) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Elsewhere(file.seek(0, os.SEEK_END)) from None
        # Whoever had it before may have finished it and moved it away meanwhile.
        if not _is_at(file, path):
            raise Elsewhere(0)
        yield file


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("r+b")
    except FileNotFoundError:
        # Finished or given up meanwhile: whoever asks how far it is will be told which.
        raise Elsewhere(0) from None


def _is_at(file: IO[bytes], path: Path) -> bool:
    return path.exists() and path.stat().st_ino == os.fstat(file.fileno()).st_ino


def _require_offset(file: IO[bytes], offset: int) -> None:
    here = file.seek(0, os.SEEK_END)
    if here != offset:
        raise Elsewhere(here)


def _add(part: Part, file: IO[bytes], size: int) -> None:
    """Copy a part to the end of the file. Raises DomainError for more than was announced."""
    if part.offset + part.length > size:
        raise _too_much()
    while piece := _read(part.stream):
        if file.tell() + len(piece) > size:
            raise _too_much()
        file.write(piece)
        file.flush()


def _read(stream: IO[bytes]) -> bytes:
    """The next piece. What a server raises when a body breaks off is its own: here it is always an
    error of the request."""
    try:
        with patience(SILENCE):
            return stream.read(PIECE)
    except TimeoutError as error:
        raise RequestTimeout from error
    except HTTPException:
        raise
    except Exception as error:
        raise BadRequest from error


def _too_much() -> DomainError:
    return DomainError(_("More was sent than was announced. Choose the file once more."))


def _glance(file: IO[bytes], name: str, accept: Collection[FileKind]) -> None:
    """Refuse early; leaves the file at its end."""
    file.seek(0)
    head = file.read(kinds.HEAD)
    if len(head) == kinds.HEAD:
        kinds.glance(head, name, accept)
    file.seek(0, os.SEEK_END)


def _done(token: str) -> Callable[[File], None]:
    """Write down what became of an upload, with the row of its file."""

    def write_down(file: File) -> None:
        upload = db.session.get(Upload, token)
        if upload is None:
            raise Missing(_("This upload was given up. Choose the file once more."))
        if upload.file_id is not None:
            raise Elsewhere(upload.size)
        upload.file_id = file.id
        db.session.flush()

    return write_down


@operation
def give_up(actor: Actor, token: str) -> None:
    """Forget an upload, with what has come of it."""
    _forget([token])


def _forget(tokens: list[str]) -> None:
    required_unit()
    db.session.execute(delete(Upload).where(Upload.token.in_(tokens)))
    for token in tokens:
        (arriving() / token).unlink(missing_ok=True)


@operation
def forget_old(actor: Actor) -> None:
    """Forget uploads that were begun a day ago, done or not."""
    query = select(Upload.token).where(Upload.created_at < utcnow() - PATIENCE)
    _forget(list(db.session.scalars(query)))


def unfinished_of(user_id: int) -> list[Upload]:
    """What somebody has begun to upload: a part of what is known of them."""
    query = select(Upload).where(Upload.owner_id == user_id).order_by(Upload.created_at)
    return list(db.session.scalars(query))


def forget_person(user_id: int) -> None:
    """Forget what somebody has begun to upload, inside the operation that forgets them."""
    _forget([upload.token for upload in unfinished_of(user_id)])
