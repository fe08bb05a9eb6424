"""Jitsi Meet: a room is an address, and a signed ticket says who comes and who leads."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import jwt

from plugins.webinar.visits import Visit
from plugins.webinar.words import _, _l

# Seconds for which a ticket to a room lets somebody in.
TICKET = 4 * 3600


@dataclass(frozen=True)
class Jitsi:
    """A Jitsi Meet server. With its secret hosts lead the meeting, and nobody else comes in."""

    domain: str
    app_id: str
    secret: str = field(repr=False)

    title = _l("Jitsi Meet")
    waits_for_host = True
    needs_address = False
    records = False

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Jitsi:
        names = ("jitsi_domain", "jitsi_app_id", "jitsi_secret")
        return cls(*(str(settings[name] or "") for name in names))

    @property
    def host(self) -> str:
        """The name of the server without a port."""
        return self.domain.partition(":")[0]

    def missing(self) -> str:
        return "" if self.domain else _("The administrator has not set up a Jitsi server yet.")

    def origins(self, link: str) -> Sequence[str]:
        return (f"https://{self.domain}",) if self.domain else ()

    def open(self, visit: Visit) -> None:
        """A room is there as soon as somebody comes."""

    def address(self, visit: Visit) -> str:
        user = {"id": str(visit.user_id), "name": visit.name, "moderator": visit.is_host}
        parameters = {"jwt": self.ticket(visit.room, user)} if self.secret else {}
        subject = urlencode({"config.subject": f'"{visit.title}"'}, quote_via=quote)
        query = f"?{urlencode(parameters)}" if parameters else ""
        return f"https://{self.domain}/{visit.room}{query}#{subject}"

    def ticket(self, room: str, user: Mapping[str, object]) -> str:
        """Signed as Jitsi's token authentication wants it (claims ``context.user``, ``room``)."""
        now = int(time.time())
        claims = {
            "aud": "jitsi", "iss": self.app_id, "sub": self.host, "room": room,
            "iat": now, "nbf": now - 30, "exp": now + TICKET, "context": {"user": user},
        }  # fmt: skip
        return jwt.encode(claims, self.secret, algorithm="HS256")
