"""What files are called: on the way in, and in the header that offers them for saving."""

from __future__ import annotations

import re
from urllib.parse import quote

from core.platform.html import scrub

LENGTH = 120
LONGEST_ENDING = 10
# What pictures are called, the usual ending first.
_ENDINGS = {
    "image/jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "image/png": ("png", "apng"),
    "image/webp": ("webp",),
    "image/gif": ("gif",),
}
_OTHERS = frozenset(
    {*(ending for each in _ENDINGS.values() for ending in each), "heic", "heif", "hif", "mpo"}
)
# Systems understand these characters in any place of a name.
_PLAIN = re.compile(r"[A-Za-z0-9 ._()+-]+")


def clean_name(name: str) -> str:
    """A name for downloads: no folders, no characters that nobody sees, not too long."""
    last = scrub(name.replace("\\", "/")).rpartition("/")[2]
    last = " ".join("".join(c for c in last if c.isprintable()).split()).strip(". ")
    stem, dot, ending = last.rpartition(".")
    if not dot or len(ending) > LONGEST_ENDING:
        return last[:LENGTH] or "file"
    return f"{stem[: LENGTH - len(ending) - 1]}.{ending}"


def fitting(name: str, media_type: str) -> str:
    """The name with the ending of what a picture really is: photos of iPhones are kept as JPEG, and
    some files are called something else than they are."""
    endings = _ENDINGS.get(media_type)
    stem, dot, ending = name.rpartition(".")
    if endings is None or ending.lower() in endings:
        return name
    return f"{stem if dot and ending.lower() in _OTHERS else name}.{endings[0]}"


def disposition(name: str, *, inline: bool) -> str:
    """The Content-Disposition of a file (RFC 6266), with a plain name for old programs."""
    way = "inline" if inline else "attachment"
    if _PLAIN.fullmatch(name):
        return f'{way}; filename="{name}"'
    ending = name.rpartition(".")[2]
    plain = f"file.{ending}" if "." in name and _PLAIN.fullmatch(ending) else "file"
    return f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
