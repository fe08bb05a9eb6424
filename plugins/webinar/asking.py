"""Asking the servers that the administrator has set: briefly, and while no transaction is open.

Addresses come from the settings of the site alone; nobody who plans a webinar can name one.
"""

from __future__ import annotations

import enum
import http.client
import ssl
import time
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

# Seconds that a server may keep silent, and that a whole answer may take.
SILENCE = 4.0
PATIENCE = 8.0
# So many bytes may an answer have: a room of a thousand people takes a third of it.
LONGEST = 2_000_000
PIECE = 65_536


class Why(enum.StrEnum):
    """What is wrong between this site and a server."""

    UNREACHABLE = "unreachable"
    SLOW = "slow"
    CERTIFICATE = "certificate"
    STRANGE = "strange"
    SECRET = "secret"  # noqa: S105  # the kind of trouble, and no secret
    REFUSED = "refused"


class Trouble(Exception):
    """A server could not be asked, or said no. ``key`` and ``words`` are its own."""

    def __init__(self, why: Why, key: str = "", words: str = "") -> None:
        super().__init__(f"{why}: {key} {words}".strip())
        self.why, self.key, self.words = why, key, words

    @property
    def is_down(self) -> bool:
        """Whether another server may do better."""
        return self.why is not Why.REFUSED


class _NoWayOn(HTTPRedirectHandler):
    """Follows no redirection: it would carry what is signed to somebody whom nobody has set."""

    def redirect_request(self, *asked: Any) -> None:
        return None


def ask(address: str, body: bytes | None = None, kind: str = "") -> bytes:
    """What a server answers to GET, or to POST with a body of this media type. Raises Trouble."""
    headers = {"User-Agent": "Sreda", "Accept": "*/*"} | ({"Content-Type": kind} if kind else {})
    try:
        request = Request(address, data=body, headers=headers)  # noqa: S310  # see forms: http(s)
        until = time.monotonic() + PATIENCE
        with build_opener(_NoWayOn).open(request, timeout=SILENCE) as answer:
            return _read(answer, until)
    except HTTPError as error:
        error.close()
        raise Trouble(Why.STRANGE, str(error.code)) from error
    except URLError as error:
        raise _trouble_of(error.reason) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _trouble_of(error) from error


def _trouble_of(reason: object) -> Trouble:
    if isinstance(reason, ssl.SSLCertVerificationError):
        return Trouble(Why.CERTIFICATE)
    if isinstance(reason, TimeoutError):
        return Trouble(Why.SLOW)
    if isinstance(reason, http.client.HTTPException):
        return Trouble(Why.STRANGE)
    return Trouble(Why.UNREACHABLE)


def _read(answer: IO[bytes], until: float) -> bytes:
    """All of it, unless it comes drop by drop or has no end."""
    read: Any = getattr(answer, "read1", answer.read)
    pieces, size = [], 0
    while piece := read(PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > LONGEST:
            raise Trouble(Why.STRANGE)
        if time.monotonic() > until:
            raise Trouble(Why.SLOW)
    return b"".join(pieces)
