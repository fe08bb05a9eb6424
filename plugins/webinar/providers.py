"""Where people meet: one interface, and a class for each kind of place.

A provider may lead to another site or to a page of our own. It is asked for an address when
somebody comes in, and for a sentence when it is not set up.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote, urlencode

import jwt

from core.api import settings_of
from plugins.webinar.models import Webinar
from plugins.webinar.words import _, _l

# Seconds for which a ticket to a room lets somebody in.
TICKET = 4 * 3600


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Somebody at the door of a meeting: which room, who they are, and whether they lead."""

    webinar: Webinar
    meeting_id: int
    title: str
    user_id: int
    name: str
    is_host: bool
    locale: str

    @property
    def room(self) -> str:
        """The name of the room: the same for everybody, and not to be guessed."""
        return f"sreda-{self.meeting_id}-{self.webinar.secret}"


class Provider(Protocol):
    """``waits_for_host``: nobody comes in before a host has opened. ``needs_address``: whoever
    plans a webinar says where it is."""

    title: Any
    waits_for_host: bool
    needs_address: bool

    def missing(self) -> str:
        """Why nobody can meet here yet, as a sentence for who plans; empty when all is set."""

    def address(self, visit: Visit) -> str:
        """Where the browser of this person goes."""


class Link:
    """Any address: a room that somebody has elsewhere."""

    title = _l("A link to any service")
    waits_for_host = False
    needs_address = True

    def missing(self) -> str:
        return ""

    def address(self, visit: Visit) -> str:
        return visit.webinar.address


class Jitsi:
    """A Jitsi Meet server. With its secret hosts lead the meeting, and nobody else comes in."""

    title = _l("Jitsi Meet")
    waits_for_host = True
    needs_address = False

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.domain = str(settings["jitsi_domain"] or "")
        self.app_id = str(settings["jitsi_app_id"] or "")
        self.secret = str(settings["jitsi_secret"] or "")

    def missing(self) -> str:
        return "" if self.domain else _("The administrator has not set up a Jitsi server yet.")

    def address(self, visit: Visit) -> str:
        parameters = {"jwt": self._ticket(visit)} if self.secret else {}
        subject = urlencode({"config.subject": f'"{visit.title}"'}, quote_via=quote)
        query = f"?{urlencode(parameters)}" if parameters else ""
        return f"https://{self.domain}/{visit.room}{query}#{subject}"

    def _ticket(self, visit: Visit) -> str:
        """Signed as Jitsi's token authentication wants it (claims ``context.user``, ``room``)."""
        now = int(time.time())
        claims = {
            "aud": "jitsi", "iss": self.app_id, "sub": self.domain, "room": visit.room,
            "iat": now, "nbf": now - 30, "exp": now + TICKET,
            "context": {
                "user": {
                    "id": str(visit.user_id), "name": visit.name, "moderator": visit.is_host,
                },
            },
        }  # fmt: skip
        return jwt.encode(claims, self.secret, algorithm="HS256")


def providers(community_id: int | None = None) -> dict[str, Provider]:
    """All of them, by the key that a webinar keeps."""
    settings = settings_of("webinar", community_id)
    return {"link": Link(), "jitsi": Jitsi(settings)}


def provider_of(webinar: Webinar) -> Provider:
    """Where a webinar takes place."""
    return providers()[webinar.provider]
