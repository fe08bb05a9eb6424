"""Removing what uploads left behind. Run by the worker."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from core.access.actors import SYSTEM
from core.contract.manifest import Periodic
from core.files.queries import PATIENCE, forgotten_files, known_digests
from core.files.store import folder, remove, remove_bytes

# So many files at a time: other operations go on in between.
BATCH = 200


def sweep() -> None:
    """Remove uploads that no content took up within a day, and bytes that no row names."""
    while found := forgotten_files(BATCH):
        remove(found)
    for path in _old(folder() / "arriving"):
        path.unlink(missing_ok=True)
    for shelf in sorted(folder().glob("[0-9a-f][0-9a-f]")):
        digests = [path.name for path in _old(shelf)]
        for digest in set(digests) - known_digests(digests):
            remove_bytes(SYSTEM, digest)


def _old(place: Path) -> Iterator[Path]:
    """Files that lie here since longer than an upload takes."""
    limit = time.time() - PATIENCE.total_seconds()
    for path in place.glob("*"):
        if path.stat().st_mtime < limit:
            yield path


SWEEP = Periodic("sweep_uploads", timedelta(hours=6), sweep)
