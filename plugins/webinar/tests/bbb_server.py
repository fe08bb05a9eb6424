"""A stand-in for BigBlueButton: a real HTTP server that keeps meetings and checks signatures as the
real one does, and can be made slow, broken, old, or lost."""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

SECRET = "the-shared-secret-of-this-server-0123456789"
PATH = "/bigbluebutton/api/"


@dataclass
class Kept:
    """A meeting on the server. ``session`` is its internal id, anew each time it is made."""

    facts: dict[str, str]
    session: str
    attendees: dict[str, str] = field(default_factory=dict)


@dataclass
class StandIn:
    """``algorithms`` are the checksums it knows; ``calls`` what it was asked, in order. With
    ``answer`` it says that instead of anything else, with ``pause`` it waits so many seconds, with
    another ``status`` it does nothing."""

    port: int = 0
    secret: str = SECRET
    algorithms: tuple[str, ...] = ("sha1", "sha256")
    version: str = "2.0"
    pause: float = 0
    answer: bytes | None = None
    status: int = 200
    location: str = ""
    meetings: dict[str, Kept] = field(default_factory=dict)
    recordings: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    made: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/bigbluebutton"

    def comes(self, room: str, user_id: int, role: str = "VIEWER") -> None:
        """Somebody's browser has joined."""
        self.meetings[room].attendees[str(user_id)] = role

    def goes(self, room: str, user_id: int) -> None:
        del self.meetings[room].attendees[str(user_id)]

    def ends(self, room: str) -> Kept:
        """It is over on the server, however that came."""
        return self.meetings.pop(room)

    def records(self, room: str, record_id: str, state: str, url: str = "") -> None:
        """There is a recording, in this state."""
        kept = self.recordings.setdefault(room, [])
        kept[:] = [one for one in kept if one["id"] != record_id]
        kept.append({"id": record_id, "state": state, "url": url})

    def respond(self, path: str, query: str) -> str:
        """What it says to a call."""
        call = path.removeprefix(PATH).strip("/")
        if not call or path.rstrip("/") == PATH.rstrip("/"):
            return _success(f"<version>{self.version}</version>")
        self.calls.append(call)
        if not self._is_signed(call, query):
            return _failed("checksumError", "Checksums do not match")
        facts = {name: values[0] for name, values in parse_qs(query).items()}
        with self.lock:
            return str(getattr(self, f"_{call}", self._unknown)(facts))

    def _is_signed(self, call: str, query: str) -> bool:
        """As the real one: the checksum is taken out of the query as it was sent."""
        plain, _, checksum = query.rpartition("checksum=")
        words = f"{call}{plain.removesuffix('&')}{self.secret}".encode()
        right = [hashlib.new(name, words).hexdigest() for name in self.algorithms]
        return any(hmac.compare_digest(one, checksum) for one in right)

    def _unknown(self, facts: dict[str, str]) -> str:
        return _failed("unsupportedRequest", "This request is not supported.")

    def _create(self, facts: dict[str, str]) -> str:
        """The same again answers with what there is; with other passwords it is refused."""
        room, name = facts.get("meetingID", ""), facts.get("name", "")
        if not 2 <= len(room) <= 256 or not 2 <= len(name) <= 64:
            return _failed("validationError", "Meeting id or name is too short or too long")
        kept, key = self.meetings.get(room), ""
        if kept is None:
            self.made += 1
            digest = hashlib.sha1(room.encode()).hexdigest()
            kept = Kept(facts, f"{digest}-{1_800_000_000_000 + self.made}")
            self.meetings[room] = kept
        elif any(kept.facts[n] != facts[n] for n in ("moderatorPW", "attendeePW")):
            return _failed("idNotUnique", "A meeting already exists with that meeting ID.")
        else:
            key = "<messageKey>duplicateWarning</messageKey>"
        return _success(
            f"<meetingID>{escape(room)}</meetingID>"
            f"<internalMeetingID>{kept.session}</internalMeetingID>{key}"
        )

    def _join(self, facts: dict[str, str]) -> str:
        """A browser would be led into the room; that it came is enough here."""
        return self._getMeetingInfo(facts)

    def _isMeetingRunning(self, facts: dict[str, str]) -> str:  # noqa: N802
        kept = self.meetings.get(facts["meetingID"])
        running = kept is not None and bool(kept.attendees)
        return _success(f"<running>{str(running).lower()}</running>")

    def _getMeetingInfo(self, facts: dict[str, str]) -> str:  # noqa: N802
        kept = self.meetings.get(facts["meetingID"])
        if kept is None:
            return _failed("notFound", "A meeting with that ID does not exist")
        return _success(_meeting(facts["meetingID"], kept))

    def _getMeetings(self, facts: dict[str, str]) -> str:  # noqa: N802
        told = "".join(
            f"<meeting>{_meeting(room, kept)}</meeting>" for room, kept in self.meetings.items()
        )
        return _success(f"<meetings>{told}</meetings>")

    def _end(self, facts: dict[str, str]) -> str:
        if self.meetings.pop(facts["meetingID"], None) is None:
            return _failed("notFound", "A meeting with that ID does not exist")
        return _success("<messageKey>sentEndMeetingRequest</messageKey>")

    def _getRecordings(self, facts: dict[str, str]) -> str:  # noqa: N802
        shown = ("published", "unpublished") if facts.get("state") != "any" else None
        told = "".join(
            f"<recording><recordID>{one['id']}</recordID><state>{one['state']}</state>"
            f"<published>{str(one['state'] == 'published').lower()}</published><playback>"
            f"<format><type>notes</type><url>{escape(one['url'])}/notes</url></format>"
            f"<format><type>presentation</type><url>{escape(one['url'])}</url></format>"
            "</playback></recording>"
            for one in self.recordings.get(facts["meetingID"], [])
            if shown is None or one["state"] in shown
        )
        return _success(f"<recordings>{told}</recordings>")


def _meeting(room: str, kept: Kept) -> str:
    people = "".join(
        f"<attendee><userID>{number}</userID><role>{role}</role></attendee>"
        for number, role in kept.attendees.items()
    )
    return (
        f"<meetingName><![CDATA[{kept.facts['name']}]]></meetingName><meetingID>{room}</meetingID>"
        f"<internalMeetingID>{kept.session}</internalMeetingID><endTime>0</endTime>"
        f"<participantCount>{len(kept.attendees)}</participantCount>"
        f"<hasBeenForciblyEnded>false</hasBeenForciblyEnded><attendees>{people}</attendees>"
    )


def _success(inside: str) -> str:
    return f"<response><returncode>SUCCESS</returncode>{inside}</response>"


def _failed(key: str, words: str) -> str:
    return (
        f"<response><returncode>FAILED</returncode><messageKey>{key}</messageKey>"
        f"<message>{words}</message></response>"
    )


def _handler(stand_in: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            well = stand_in.status == 200
            body = stand_in.respond(parts.path, parts.query).encode() if well else b""
            time.sleep(stand_in.pause)
            self.send_response(stand_in.status)
            self.send_header("Content-Type", "text/xml")
            if stand_in.location:
                self.send_header("Location", stand_in.location)
            self.end_headers()
            self.wfile.write(stand_in.answer if stand_in.answer is not None else body)

        def log_message(self, *words: Any) -> None:
            """Tests are quiet."""

    return Handler


@contextmanager
def serving() -> Iterator[StandIn]:
    """A server on a port of its own, until the end of the block."""
    stand_in = StandIn()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(stand_in))
    server.daemon_threads = True
    stand_in.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield stand_in
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
