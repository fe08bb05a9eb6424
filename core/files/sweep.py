"""Removing what uploads left behind. Run by the worker."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import islice

from core.access.actors import SYSTEM
from core.contract.manifest import Periodic
from core.files.queries import PATIENCE, forgotten_files, known_digests
from core.files.storage import DIGEST_LENGTH, arriving, storage
from core.files.store import remove, remove_bytes
from core.files.uploads import forget_old

# So many files at a time: other operations go on in between.
BATCH = 200


def sweep() -> None:
    """Remove uploads that no content took up within a day, and bytes that no row names."""
    while found := forgotten_files(BATCH):
        remove(found)
    forget_old(SYSTEM)
    limit = time.time() - PATIENCE.total_seconds()
    for path in arriving().glob("*"):
        # One that has arrived meanwhile lies elsewhere now.
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < limit:
                path.unlink()
    for digests in _stored_long_ago():
        for digest in digests - known_digests(digests):
            remove_bytes(SYSTEM, digest)


def _stored_long_ago() -> Iterator[set[str]]:
    """Digests of what has lain in the storage longer than an upload takes."""
    keys = storage().list(PATIENCE.total_seconds())
    while batch := {key[:DIGEST_LENGTH] for key in islice(keys, BATCH)}:
        yield batch


SWEEP = Periodic("sweep_uploads", timedelta(hours=6), sweep)
