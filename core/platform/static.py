"""Style sheets, scripts, fonts and pictures: collected from core and plugins, compressed once.

Every file is served under ``/static/<version>/``, where the version is a hash of all of them, so
that a browser may keep it for ever and an update is seen at once. The versions before the last are
served too, for pages that were open while the site was updated.
"""

from __future__ import annotations

import gzip
import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from wsgiref.headers import Headers

import brotli
from whitenoise import WhiteNoise

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

PREFIX = "static"
KEPT_VERSIONS = 5
COMPRESSIBLE = frozenset({".css", ".js", ".json", ".svg", ".txt", ".xml", ".webmanifest"})


@dataclass(frozen=True)
class StaticFiles:
    """The collected files of one version, ready to be served from ``folder``."""

    version: str
    folder: Path
    paths: frozenset[str]

    @classmethod
    def build(cls, roots: Mapping[str, Path], data_dir: Path) -> StaticFiles:
        """Collect ``roots`` (prefix of the path, such as ``"forum/"``, to its folder).

        The work is done once a version; several processes may start at the same time.
        """
        files = dict(_collected(roots))
        version = _version_of(files)
        folder = data_dir.absolute() / PREFIX / version
        if not folder.is_dir():
            _write(files, folder)
            _forget_old_versions(folder)
        return cls(version, folder, frozenset(files))

    def url(self, path: str) -> str:
        """The address of a file. Raises ``LookupError`` for one that is not there."""
        if path not in self.paths:
            raise LookupError(f"no static file {path!r}")
        return f"/{PREFIX}/{self.version}/{path}"

    def wrap(self, application: WSGIApplication) -> WSGIApplication:
        """The application with the files served before it, to be kept by browsers for ever."""
        served: WSGIApplication = WhiteNoise(
            application,
            root=self.folder.parent,
            prefix=f"/{PREFIX}/",
            allow_all_origins=False,
            immutable_file_test=lambda path, url: True,
            add_headers_function=_harden,
        )
        return served


def _collected(roots: Mapping[str, Path]) -> Iterator[tuple[str, bytes]]:
    for prefix, root in roots.items():
        for path in sorted(root.rglob("*")):
            if path.is_file():
                yield f"{prefix}{path.relative_to(root).as_posix()}", path.read_bytes()


def _version_of(files: Mapping[str, bytes]) -> str:
    total = hashlib.sha256()
    for path in sorted(files):
        total.update(path.encode() + b"\0" + hashlib.sha256(files[path]).digest())
    return total.hexdigest()[:12]


def _write(files: Mapping[str, bytes], folder: Path) -> None:
    """Write everything beside its place and move it there whole: half a version is never served."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=f"{PREFIX}-", dir=folder.parent.parent))
    building.chmod(0o755)
    for path, content in files.items():
        target = building / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        if PurePosixPath(path).suffix in COMPRESSIBLE:
            _write_compressed(target, content)
    try:
        building.rename(folder)
    except OSError:
        shutil.rmtree(building)
        if not folder.is_dir():
            raise


def _write_compressed(target: Path, content: bytes) -> None:
    for ending, compressed in _compressed(content).items():
        if len(compressed) < len(content):
            target.with_name(target.name + ending).write_bytes(compressed)


# One process may build the same files in many folders: a test run does.
@lru_cache(maxsize=512)
def _compressed(content: bytes) -> Mapping[str, bytes]:
    return {
        ".br": brotli.compress(content, quality=11),
        ".gz": gzip.compress(content, 9, mtime=0),
    }


def _forget_old_versions(current: Path) -> None:
    others = [path for path in current.parent.iterdir() if path != current]
    others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for old in others[KEPT_VERSIONS:]:
        shutil.rmtree(old, ignore_errors=True)


def _harden(headers: Headers, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
