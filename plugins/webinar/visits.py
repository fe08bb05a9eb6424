"""Somebody at the door of a meeting, as providers need to know them: plain facts, no rows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

HOST = re.compile(r"[A-Za-z0-9._-]+")


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Which room, who comes, and whether they lead. ``link`` is the address that the webinar names,
    ``home`` its page on this site; ``records``: the host may record."""

    meeting_id: int
    room: str
    title: str
    link: str
    home: str
    records: bool
    user_id: int
    name: str
    is_host: bool
    locale: str


def origins_of(link: str) -> tuple[str, ...]:
    """The site of an address, as browsers name it: nothing of who asks, letters of any alphabet as
    the network spells them. Nothing for what is no address."""
    try:
        parts = urlsplit(link)
        host = (parts.hostname or "").encode("idna").decode()
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ()
    return (f"{parts.scheme}://{host}{port}",) if HOST.fullmatch(host) else ()
