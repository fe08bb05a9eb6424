"""What files are called: on the way in, and in the header that offers them for saving."""

from __future__ import annotations

import re
from urllib.parse import quote

from core.platform.html import scrub

LENGTH = 120
LONGEST_ENDING = 10
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


def disposition(name: str, *, inline: bool) -> str:
    """The Content-Disposition of a file (RFC 6266), with a plain name for old programs."""
    way = "inline" if inline else "attachment"
    if _PLAIN.fullmatch(name):
        return f'{way}; filename="{name}"'
    ending = name.rpartition(".")[2]
    plain = f"file.{ending}" if "." in name and _PLAIN.fullmatch(ending) else "file"
    return f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
