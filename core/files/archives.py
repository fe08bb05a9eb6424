"""ZIP archives and the office documents that are some: what is in them, and whether it is a trap.

Nothing is unpacked: an archive tells in its directory what it holds. The directory is measured
before it is read, because a few megabytes of it would fill the memory.
"""

from __future__ import annotations

import re
import struct
import zipfile
from pathlib import Path

from core.errors import DomainError
from core.platform.i18n import core_domain

_ = core_domain.lazy

ZIP = "application/zip"
_OFFICE = "application/vnd.openxmlformats-officedocument."
_FOLDERS = {
    "word/": f"{_OFFICE}wordprocessingml.document",
    "xl/": f"{_OFFICE}spreadsheetml.sheet",
    "ppt/": f"{_OFFICE}presentationml.presentation",
}
_OPEN_DOCUMENT = re.compile(r"application/(vnd\.oasis\.opendocument\.[a-z-]{3,30}|epub\+zip)")

# The end of a directory: 22 bytes and a remark of at most 64 KB.
_END = struct.Struct("<4s4H2LH")
_END_MAGIC = b"PK\x05\x06"
_LONGEST_REMARK = 65_535
# A directory of 2 MB names some ten thousand files.
LARGEST_DIRECTORY = 2 * 1024**2
MOST_FILES = 10_000
# Text packs to a tenth, drawings to a hundredth; what packs further and is large is a trap.
HONEST_RATIO = 200
# The usual method packs nothing further than this.
TIGHTEST = 1_100
HARMLESS = 50 * 1024**2
LARGEST_UNPACKED = 4 * 1024**3


def document_in(path: Path) -> str:
    """The media type of an archive or office document; empty when it is broken.

    Raises DomainError for an archive that is made to fill the disk of whoever unpacks it.
    """
    size = _directory_size(path)
    if size is None:
        return ""
    if size > LARGEST_DIRECTORY:
        raise _trap()
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            size = path.stat().st_size
            if not _is_possible(entries, size):
                return ""
            _refuse_traps(entries, size)
            return _type_of(archive, {entry.filename for entry in entries})
    except DomainError:
        raise
    except Exception:
        # A broken archive makes the library raise nearly anything.
        return ""


def _directory_size(path: Path) -> int | None:
    """How long the directory says it is, in bytes; None where there is none."""
    with path.open("rb") as file:
        length = file.seek(0, 2)
        file.seek(max(0, length - _LONGEST_REMARK - _END.size))
        tail = file.read()
    at = tail.rfind(_END_MAGIC)
    if at < 0 or len(tail) - at < _END.size:
        return None
    return int(_END.unpack_from(tail, at)[5])


def _is_possible(entries: list[zipfile.ZipInfo], size: int) -> bool:
    """Whether no part lies over another, and none claims more than its method can pack."""
    lies = any(
        entry.file_size > TIGHTEST * (entry.compress_size + 100)
        for entry in entries
        if entry.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    )
    return not lies and sum(entry.compress_size for entry in entries) <= size


def _refuse_traps(entries: list[zipfile.ZipInfo], size: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    absurd = unpacked > HARMLESS and unpacked > HONEST_RATIO * size
    if absurd or unpacked > LARGEST_UNPACKED or len(entries) > MOST_FILES:
        raise _trap()


def _trap() -> DomainError:
    return DomainError(
        _("This archive would unpack to far more than it seems to hold, so it is not taken.")
    )


def _type_of(archive: zipfile.ZipFile, names: set[str]) -> str:
    """Office documents are archives; what lies in them says which."""
    if "mimetype" in names and archive.getinfo("mimetype").file_size < 100:
        words = archive.read("mimetype").decode("ascii", "replace").strip()
        return words if _OPEN_DOCUMENT.fullmatch(words) else ZIP
    for folder, media_type in _FOLDERS.items():
        if any(name.startswith(folder) for name in names):
            return media_type
    return ZIP
