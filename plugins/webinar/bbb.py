"""A BigBlueButton server: calls signed with its secret, and what it answers.

Each call is ``<address>/api/<name>?<query>&checksum=<SHA-256 of name, query and secret>``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit
from xml.etree.ElementTree import Element  # read by answers.py

from core.api import row_number
from plugins.webinar.answers import Unreadable, read_xml, words
from plugins.webinar.asking import Trouble, Why, ask

# What the server calls that there is no such room (any more).
GONE = ("notFound", "invalidMeetingIdentifier")
PATH = "/bigbluebutton"


@dataclass(frozen=True)
class Presence:
    """What goes on in a room: the accounts of those who are in it, and the server's own name of
    the session."""

    session: str
    people: frozenset[int]


@dataclass(frozen=True)
class Film:
    """A recording as the server has it; ``url`` is where it is watched, once ``is_ready``."""

    record_id: str
    state: str
    url: str

    @property
    def is_ready(self) -> bool:
        return self.state == "published" and bool(self.url)


def address_of(typed: str) -> str:
    """The address of a server as an administrator may give it: with or without the path to its
    API. Empty for nothing."""
    address = typed.strip().rstrip("/").removesuffix("/api")
    if address and not urlsplit(address).path:
        address += PATH
    return address


@dataclass(frozen=True)
class Server:
    """One server. ``algorithm`` is SHA-256; older ones are only asked to tell that they are."""

    address: str
    secret: str = field(repr=False)
    algorithm: Callable[..., Any] = hashlib.sha256

    @property
    def origin(self) -> str:
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}"

    def signed(self, call: str, facts: Mapping[str, str]) -> str:
        """The whole address of a call."""
        query = urlencode(facts)
        checksum = self.algorithm(f"{call}{query}{self.secret}".encode()).hexdigest()
        joint = "&" if query else ""
        return f"{self.address}/api/{call}?{query}{joint}checksum={checksum}"

    def call(self, name: str, /, **facts: str) -> Element:
        """Ask the server to do something. Raises Trouble, with its own key where it says no."""
        answer = _understood(ask(self.signed(name, facts)))
        if words(answer, "returncode") == "SUCCESS":
            return answer
        key, said = words(answer, "messageKey"), words(answer, "message")
        why = Why.SECRET if key == "checksumError" else Why.REFUSED
        raise Trouble(why, key, said[:200])

    def version(self) -> str:
        """Of its API, which it tells everybody. Raises Trouble."""
        return words(_understood(ask(f"{self.address}/api")), "version")

    def create(self, room: str, facts: Mapping[str, str]) -> str:
        """Make a room, or find it as it is; the server's own name of the session."""
        return words(self.call("create", meetingID=room, **facts), "internalMeetingID")

    def join_address(self, room: str, facts: Mapping[str, str]) -> str:
        """Where somebody's browser goes to come in; nobody is asked for it."""
        return self.signed("join", {"meetingID": room, **facts})

    def is_running(self, room: str) -> bool:
        """Whether anybody is in a room."""
        return words(self.call("isMeetingRunning", meetingID=room), "running") == "true"

    def presence(self, room: str) -> Presence | None:
        """Who is in a room; None when there is none of this name (any more)."""
        try:
            answer = self.call("getMeetingInfo", meetingID=room)
        except Trouble as trouble:
            if trouble.key in GONE:
                return None
            raise
        # For a while a room that has ended is still told of.
        ended = words(answer, "endTime") not in ("", "0")
        if ended or words(answer, "hasBeenForciblyEnded") == "true":
            return None
        ids = [words(one, "userID") for one in answer.iterfind("attendees/attendee")]
        people = frozenset(number for one in ids if (number := row_number(one)))
        return Presence(words(answer, "internalMeetingID"), people)

    def end(self, room: str, password: str) -> None:
        """Close a room for everybody; one that is gone is closed."""
        try:
            self.call("end", meetingID=room, password=password)
        except Trouble as trouble:
            if trouble.key not in GONE:
                raise

    def films(self, room: str) -> list[Film]:
        """What was recorded in a room, ready or in the making."""
        answer = self.call("getRecordings", meetingID=room, state="any")
        return [_film(one) for one in answer.iterfind("recordings/recording")]

    def load(self) -> int:
        """How many people are on the server just now."""
        answer = self.call("getMeetings")
        counts = [words(one, "participantCount") for one in answer.iterfind("meetings/meeting")]
        return sum(row_number(count) for count in counts)


def _understood(body: bytes) -> Element:
    try:
        root = read_xml(body)
    except Unreadable as error:
        raise Trouble(Why.STRANGE) from error
    if root.tag != "response":
        raise Trouble(Why.STRANGE)
    return root


def _film(recording: Element) -> Film:
    """The presentation, with slides and talk, goes before other formats."""
    formats = {
        words(one, "type"): words(one, "url") for one in recording.iterfind("playback/format")
    }
    addresses = [url for url in formats.values() if url.startswith(("https://", "http://"))]
    preferred = formats.get("presentation", "")
    url = preferred if preferred in addresses else next(iter(addresses), "")
    state = words(recording, "state") or (
        "published" if words(recording, "published") == "true" else "processing"
    )
    return Film(words(recording, "recordID"), state, url)
