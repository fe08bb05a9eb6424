"""Meeting on BigBlueButton: on which server, how a room is made there, and who comes as what."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from flask import url_for

from core.api import SYSTEM, DomainError, absolute, utcnow
from plugins.webinar import rooms
from plugins.webinar.asking import Trouble, Why
from plugins.webinar.bbb import Server, address_of
from plugins.webinar.visits import Visit
from plugins.webinar.words import _, _l

# So many servers have a place among the settings, each an address and a secret.
SERVERS = 3
NAME_LENGTH = 64


@dataclass(frozen=True)
class BigBlueButton:
    """One server or several; a meeting stays where it was opened."""

    servers: Mapping[str, Server]

    title = _l("BigBlueButton")
    waits_for_host = True
    needs_address = False
    records = True

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> BigBlueButton:
        """Those of the settings that have an address and a secret."""
        return cls({server.address: server for server in servers_in(settings)})

    def missing(self) -> str:
        if self.servers:
            return ""
        return _("The administrator has not set up a BigBlueButton server yet.")

    def origins(self, link: str) -> Sequence[str]:
        return sorted({server.origin for server in self.servers.values()})

    def open(self, visit: Visit) -> None:
        """Make the room where it was before, else on the server with the fewest people. Where
        people are in it already, or another host got in just now, a host goes to them, though the
        server be too busy to answer."""
        begun = utcnow()
        before = rooms.standing(visit.meeting_id)
        failed = before.server if before.server not in self.servers else ""
        for address in self._in_order(before.server):
            kept = rooms.keep(SYSTEM, visit.meeting_id, address, since=begun, instead_of=failed)
            if kept == failed:
                return
            server = self.servers[kept]
            try:
                session = server.create(visit.room, _facts(server, visit))
            except Trouble as trouble:
                if not trouble.is_down:
                    raise DomainError(_sentence(trouble)) from trouble
                if before.is_live and kept == before.server:
                    return
                failed = kept
                continue
            rooms.made(SYSTEM, visit.meeting_id, server.address, session)
            return
        raise DomainError(
            _("The server on which you meet does not answer. Try again in a minute; if it goes on, "
              "tell the administrator.")
        )  # fmt: skip

    def _in_order(self, kept: str) -> Iterator[str]:
        """Where to try: first where the room was, then by how many people are there."""
        if kept in self.servers:
            yield kept
        others = [one for one in self.servers.values() if one.address != kept]
        if len(others) < 2:
            yield from (one.address for one in others)
            return
        with ThreadPoolExecutor(len(others)) as pool:
            loads = list(pool.map(_load, others))
        found = [(load, one.address) for load, one in zip(loads, others, strict=True)]
        yield from (address for load, address in sorted(found) if load >= 0)

    def address(self, visit: Visit) -> str:
        server = self.servers.get(rooms.standing(visit.meeting_id).server)
        if server is None:
            raise DomainError(_("The host is not there yet. The door opens when they come."))
        leads = visit.is_host
        return server.join_address(
            visit.room,
            {
                "fullName": visit.name, "userID": str(visit.user_id),
                "role": "MODERATOR" if leads else "VIEWER",
                "password": password(server, visit.room, leads=leads),
                "errorRedirectUrl": visit.home, "redirect": "true",
                "userdata-bbb_override_default_locale": visit.locale,
            },
        )  # fmt: skip


def servers_in(settings: Mapping[str, Any]) -> Iterator[Server]:
    """The servers of these settings, in their order."""
    for number in range(1, SERVERS + 1):
        address = address_of(str(settings[f"bbb_address_{number}"] or ""))
        secret = str(settings[f"bbb_secret_{number}"] or "")
        if address and secret:
            yield Server(address, secret)


def password(server: Server, room: str, *, leads: bool) -> str:
    """What older servers tell hosts and others apart by; newer ones go by the role."""
    return _known_to_both(server, f"{'host' if leads else 'guest'}:{room}")[:32]


def mark(server: Server, meeting_id: int) -> str:
    """What only we and the server know of the address that is called when a meeting has ended."""
    return _known_to_both(server, f"ended:{meeting_id}")


def _known_to_both(server: Server, words: str) -> str:
    key = server.secret.encode()
    return hmac.new(key, f"sreda:{words}".encode(), hashlib.sha256).hexdigest()


def _load(server: Server) -> int:
    """How many people are there; -1 for a server that is not well."""
    try:
        return server.load()
    except Trouble:
        return -1


def _facts(server: Server, visit: Visit) -> dict[str, str]:
    """What a room is made with. It closes by itself when nobody came for a while, and later when
    everybody has left; the server says so at the first of the two addresses."""
    ended = url_for(
        "webinar_site.ended", meeting=visit.meeting_id, signature=mark(server, visit.meeting_id)
    )
    recorded = url_for("webinar_site.recorded", meeting=visit.meeting_id)
    records = "true" if visit.records else "false"
    return {
        "name": visit.title[:NAME_LENGTH].ljust(2), "logoutURL": visit.home,
        "attendeePW": password(server, visit.room, leads=False),
        "moderatorPW": password(server, visit.room, leads=True),
        "record": records, "allowStartStopRecording": records, "autoStartRecording": "false",
        "meetingExpireIfNoUserJoinedInMinutes": "30", "meetingExpireWhenLastUserLeftInMinutes": "5",
        "meta_bbb-origin": "Sreda", "meta_endCallbackUrl": absolute(ended),
        "meta_bbb-recording-ready-url": absolute(recorded),
    }  # fmt: skip


def _sentence(trouble: Trouble) -> str:
    if trouble.why is Why.REFUSED and trouble.words:
        return _("The server on which you meet refused: %(words)s", words=trouble.words)
    return _("The server on which you meet refused. Tell the administrator.")
