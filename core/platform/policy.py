"""What a page may do in the browser: little, unless its view says that it needs more."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flask import Response, g

from core.platform.contribution import refuse_in_contribution

DEVICES = ("camera", "microphone", "geolocation", "display-capture")
ORIGIN = re.compile(r"(https?|wss?)://[A-Za-z0-9._\[\]:-]+")
# No script, style or picture from anywhere else; no inline script at all.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; manifest-src 'self'; media-src 'self'"
)


def page_may_use(*devices: str, connect: Iterable[str] = ()) -> None:
    """In a view: let the page under way ask for devices, and its scripts speak to other servers.

    ``devices`` are "camera", "microphone", "display-capture" or "geolocation"; ``connect`` are
    origins such as "https://meet.example". Raises ValueError for anything else.
    """
    refuse_in_contribution("change what the page may do")
    origins = tuple(connect)
    for device in devices:
        if device not in DEVICES:
            raise ValueError(f"{device!r} is no device that a page can ask for")
    for origin in origins:
        if not ORIGIN.fullmatch(origin):
            raise ValueError(f"{origin!r} is no origin")
    g.page_may_use = (frozenset(devices), origins)


def set_policy(response: Response) -> None:
    """Put the headers on an answer that say what its page may do."""
    devices, origins = g.get("page_may_use", (frozenset(), ()))
    policy = POLICY.replace("connect-src 'self'", " ".join(("connect-src 'self'", *origins)))
    uses = [f"{name}=({'self' if name in devices else ''})" for name in DEVICES]
    response.headers.setdefault("Content-Security-Policy", policy)
    response.headers.setdefault("Permissions-Policy", ", ".join(uses))
