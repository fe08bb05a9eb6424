"""Films of phones tell where and with what they were taken, too: those notes are painted over.

An MP4 or QuickTime file is a tree of boxes: four bytes of length, four of a name, what is in it. A
box that holds notes is renamed to one that players pass over, and filled with nothing. Every other
byte stays where it is, so that the film plays as before. Nothing is read into memory.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from core.errors import DomainError
from core.platform.i18n import core_domain

_ = core_domain.lazy

BOXED = frozenset({"video/mp4", "video/quicktime", "audio/mp4"})
# Boxes in which boxes lie that may hold notes.
_FOLDERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"moof", b"traf"})
# What programs and cameras write about a film: its place, its maker, its title; pictures of it.
_NOTES = frozenset({b"udta", b"meta", b"uuid", b"free", b"skip", b"wide", b"XMP_", b"mpvd"})
# What else a film has at its top; other boxes there are none of it.
_KNOWN = frozenset({b"ftyp", b"mdat", b"sidx", b"mfra", b"styp", b"pdin", b"prft"})
# One of these says what there is to be played.
_MOVIES = frozenset({b"moov", b"moof"})
_MOST = 10_000
_DEEPEST = 8
_CHUNK = 256 * 1024


@dataclass(frozen=True)
class _Box:
    name: bytes
    start: int
    inside: int
    end: int


def forget_notes(path: Path) -> None:
    """Paint over what a film says about itself, in place; what lies behind its end is cut off.

    Raises DomainError for a film that is broken.
    """
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        if not any(box.name in _MOVIES for box in _boxes(file, 0, size, [_MOST])):
            raise _broken()
        end = _clean(file, 0, size, 0, [_MOST])
        file.truncate(end)
        file.flush()


def _clean(file: IO[bytes], start: int, end: int, depth: int, left: list[int]) -> int:
    """Paint over the notes between two places; where the last box ends."""
    if depth > _DEEPEST:
        raise _broken()
    reached = start
    for box in _boxes(file, start, end, left):
        stray = depth == 0 and box.name not in _FOLDERS | _KNOWN
        if stray or box.name in _NOTES:
            _paint_over(file, box)
        elif box.name in _FOLDERS:
            _clean(file, box.inside, box.end, depth + 1, left)
        reached = box.end
    if depth == 0 and reached == start:
        raise _broken()
    return reached


def _boxes(file: IO[bytes], start: int, end: int, left: list[int]) -> Iterator[_Box]:
    while start + 8 <= end:
        left[0] -= 1
        box = _box_at(file, start, end)
        if box is None or left[0] < 0:
            if start == 0 or left[0] < 0:
                raise _broken()
            return
        yield box
        start = box.end


def _box_at(file: IO[bytes], start: int, end: int) -> _Box | None:
    """The box at a place; None where there is none that fits."""
    file.seek(start)
    length, name = struct.unpack(">I4s", file.read(8))
    inside = start + 8
    if length == 1:
        raw = file.read(8)
        if len(raw) < 8:
            return None
        length, inside = struct.unpack(">Q", raw)[0], start + 16
    elif length == 0:
        length = end - start
    return _Box(name, start, inside, start + length) if inside <= start + length <= end else None


def _paint_over(file: IO[bytes], box: _Box) -> None:
    file.seek(box.start + 4)
    file.write(b"free")
    file.seek(box.inside)
    left = box.end - box.inside
    while left > 0:
        left -= file.write(bytes(min(_CHUNK, left)))


def _broken() -> DomainError:
    return DomainError(_("This film is broken or was not sent whole."))
