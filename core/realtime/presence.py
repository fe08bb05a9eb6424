"""Who is in a room just now, and who is typing there; nothing of it is stored.

Each service tells the others whom it has in a room, so that all readers see everybody. Whoever
wants to stay unseen is not told of, neither as being there nor as typing.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from core.access.actors import Viewer
from core.platform.signals import Subject, signals_of
from core.platform.sockets import aside, rest
from core.realtime.connections import Connection
from core.realtime.hub import Hub, Room

PRESENT, TYPING = "present", "typing"
# Where more than so many are there, they are counted and not named.
NAMED = 60
# Seconds between two messages about the same room, however many come and go.
PACE = 2.0
# Seconds after which a service that was not heard of counts as gone, and between its words.
FORGOTTEN = 35.0
RENEWED = 12.0
# Seconds between two words of one connection that its person is typing.
TYPING_PACE = 2.0

# The id of a person and how they are called in narrow places.
Person = tuple[int, str]


@dataclass
class Here:
    """Whom one service has in a room."""

    people: list[Person]
    count: int
    heard_at: float


@dataclass
class Presence:
    """Who is where."""

    hub: Hub
    here: dict[str, dict[str, Here]] = field(default_factory=dict)
    pending: dict[str, None] = field(default_factory=dict)
    busy: bool = False
    renewed_at: float = field(default_factory=time.monotonic)

    def came_or_went(self, room: str) -> None:
        """Somebody of ours did; readers learn of it a little later, of all at once."""
        self.pending[room] = None
        if not self.busy:
            self.busy = True
            aside(self.hub.app, self._tell)

    def _tell(self) -> None:
        try:
            while self.pending:
                rooms, self.pending = list(self.pending), {}
                self._say(rooms)
                rest(self.hub.app, PACE)
        finally:
            self.busy = False

    def _say(self, rooms: Iterable[str]) -> None:
        signals = signals_of(self.hub.app)
        told = [(room, signals.me, *self._ours(room)) for room in rooms]
        if told:
            signals.send({PRESENT: told})

    def _ours(self, name: str) -> tuple[list[Person], int]:
        room = self.hub.rooms.get(name)
        known = self.hub.connections.by_sid
        seen = [known[sid] for sid in room.sids if sid in known] if room is not None else []
        people = {c.person_id: c.name for c in seen if not c.invisible}
        named = sorted(people.items(), key=lambda person: person[1])[:NAMED]
        return named, len({c.person_id for c in seen if not c.invisible})

    def renew(self) -> None:
        """Now and then: say again who is here, since words of a service are forgotten."""
        if time.monotonic() - self.renewed_at > RENEWED:
            self.renewed_at = time.monotonic()
            self._say(list(self.hub.rooms))

    def take(self, subjects: list[Subject]) -> None:
        """A service said whom it has."""
        now = time.monotonic()
        for name, service, people, count in subjects:
            told = self.here.setdefault(name, {})
            before = self._all(name)
            told[service] = Here([(number, word) for number, word in people], count, now)
            for each in [s for s, here in told.items() if now - here.heard_at > FORGOTTEN]:
                del told[each]
            room = self.hub.rooms.get(name)
            if room is None:
                del self.here[name]
            elif self._all(name) != before:
                self.hub.tell(room, "people", self._all(name))

    def _all(self, name: str) -> dict[str, Any]:
        told = self.here.get(name, {}).values()
        people = dict(person for here in told for person in here.people)
        count = max(len(people), sum(here.count for here in told))
        # Of a crowd only the number: a thousand frames with names for each who comes or goes.
        named = sorted(people.items(), key=lambda person: person[1]) if count <= NAMED else []
        return {"count": count, "people": [{"id": n, "name": word} for n, word in named]}

    def people_in(self, name: str) -> dict[str, Any]:
        """Who is in a room, as readers are told."""
        return self._all(name)

    # ---- Typing

    def types(self, connection: Connection, viewer: Viewer, name: str) -> None:
        """Somebody is writing something."""
        now = time.monotonic()
        if viewer.invisible or now - connection.typed_at < TYPING_PACE:
            return
        connection.typed_at = now
        person = (name, viewer.id, viewer.short_name)
        signals_of(self.hub.app).send({TYPING: [person]})

    def take_typing(self, subjects: list[Subject]) -> None:
        """Readers of the room learn who is writing."""
        for name, number, word in subjects:
            room: Room | None = self.hub.rooms.get(name)
            if room is not None:
                self.hub.tell(room, "typing", {"id": number, "name": word})
