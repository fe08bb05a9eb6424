"""Where the bytes of uploads lie: a small interface, and the folder that is its one form today.

A key is the digest of the bytes, or ``<digest>.<something>`` for what was made from them. Whoever
puts or deletes holds the digest (``store.hold``), so that nobody removes what another just adds.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Protocol

from core import config

DIGEST_LENGTH = 64
ARRIVING = "arriving"


class Storage(Protocol):
    """What the rest of the room needs of a place for bytes."""

    def put(self, path: Path, key: str) -> None:
        """Take over the file at ``path``, whole or not at all; what has this key already stays."""

    def open(self, key: str, start: int = 0) -> IO[bytes]:
        """The bytes from ``start`` on. Raises FileNotFoundError."""

    def size(self, key: str) -> int | None:
        """How many bytes there are; None when there is no such key."""

    def delete(self, digest: str) -> None:
        """Remove the bytes with this digest and everything that was made from them."""

    def list(self, older: float) -> Iterator[str]:
        """Keys that lie there for more than so many seconds, in order."""


class FolderStorage:
    """A folder in which every file lies under the digest of its bytes, on 256 shelves."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, key: str) -> Path:
        """Where the bytes of a key lie: for servers that send files by themselves."""
        return self.folder / key[:2] / key

    def put(self, path: Path, key: str) -> None:
        place = self.path(key)
        if place.exists():
            path.unlink()
            return
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        # A proxy of the same group may send it.
        path.chmod(0o640)
        path.replace(place)

    def open(self, key: str, start: int = 0) -> IO[bytes]:
        file = self.path(key).open("rb")
        file.seek(start)
        return file

    def size(self, key: str) -> int | None:
        try:
            return self.path(key).stat().st_size
        except FileNotFoundError:
            return None

    def delete(self, digest: str) -> None:
        for path in self.path(digest).parent.glob(f"{digest}*"):
            path.unlink(missing_ok=True)

    def list(self, older: float) -> Iterator[str]:
        limit = time.time() - older
        for shelf in sorted(self.folder.glob("[0-9a-f][0-9a-f]")):
            yield from sorted(p.name for p in shelf.glob("*") if p.stat().st_mtime < limit)


def folder() -> Path:
    """The site's folder of uploads."""
    return config.current().data_dir / "files"


def storage() -> FolderStorage:
    """The storage of this site."""
    return FolderStorage(folder())


def arriving() -> Path:
    """Where uploads lie while they come in and are looked at; on the disk of the storage."""
    place = folder() / ARRIVING
    if not place.is_dir():
        folder().mkdir(parents=True, exist_ok=True, mode=0o750)
        place.mkdir(exist_ok=True)
    return place
