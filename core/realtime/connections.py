"""Who is connected to this process, in which rooms and by what right, and how much they send."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from core.access.actors import Viewer
from core.config import current
from core.errors import TooManyRequests
from core.platform.i18n import core_domain
from core.platform.wires import Wire

ngettext = core_domain.ngettext

# Events that a person may send at once, and then each second, whatever number of windows they have.
BURST = 60
EACH_SECOND = 10.0
# Whoever goes on after so many refusals is not a person at a page.
MOST_REFUSALS = 200
# Connections of a person to a namespace in one process; a browser has one a window.
MOST_CONNECTIONS = 30
# Rooms that one connection may be in.
MOST_ROOMS = 60


@dataclass
class Allowance:
    """How much a person may still send: it fills again with time. ``factor``: so many times more
    than usual, as the site allows."""

    factor: int = 1
    left: float = BURST
    at: float = field(default_factory=time.monotonic)
    refused: int = 0

    def spend(self) -> None:
        """Take one event in. Raises TooManyRequests when nothing is left."""
        now = time.monotonic()
        most = BURST * self.factor
        self.left = min(most, self.left + (now - self.at) * EACH_SECOND * self.factor)
        self.at = now
        if self.left == most:
            self.refused = 0
        if self.left < 1:
            self.refused += 1
            raise TooManyRequests(
                ngettext(
                    "That was too often. Please try again in %(n)s second.",
                    "That was too often. Please try again in %(n)s seconds.",
                    1,
                ),
                retry_after=1,
            )
        self.left -= 1


@dataclass
class Seat:
    """Where a connection is: a room, what has to hold for it to stay there (``admit`` raises when
    it does not), and the places whose changes may end that."""

    room: str
    admit: Callable[[Viewer], Any]
    places: frozenset[tuple[str, int]] = frozenset()


@dataclass
class Connection:
    """One browser window's link to one namespace. ``session_key`` is that of the person's session;
    ``environ`` the one of its handshake, which carries the cookie of the session; ``writing`` the
    same for what changes something. ``locale`` is what the browser speaks. Over a ``wire`` it is
    told what its rooms are told; without one, as when it polls, Socket.IO finds the way."""

    sid: str
    namespace: str
    person_id: int
    session_key: str
    environ: dict[str, Any]
    writing: dict[str, Any]
    allowance: Allowance
    wire: Wire | None = None
    name: str = ""
    invisible: bool = False
    locale: str = ""
    typed_at: float = 0.0
    seats: dict[str, Seat] = field(default_factory=dict)

    def is_concerned(self, what: str, number: int) -> bool:
        """Whether a change of rights may mean this connection."""
        if what == "all":
            return True
        if what == "person":
            return self.person_id == number
        return any((what, number) in seat.places for seat in self.seats.values())


@dataclass
class Connections:
    """All links to this process."""

    by_sid: dict[str, Connection] = field(default_factory=dict)
    of_person: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    allowances: dict[int, Allowance] = field(default_factory=dict)

    def allowance_of(self, person_id: int) -> Allowance:
        return self.allowances.setdefault(person_id, Allowance(current().rate_factor))

    def add(self, connection: Connection) -> bool:
        """False when the person has too many already."""
        mine = self.of_person[connection.person_id]
        namespace = connection.namespace
        if sum(self.by_sid[sid].namespace == namespace for sid in mine) >= MOST_CONNECTIONS:
            return False
        self.by_sid[connection.sid] = connection
        mine.add(connection.sid)
        return True

    def drop(self, sid: str) -> Connection | None:
        """Forget a link; None when it is not known any more."""
        connection = self.by_sid.pop(sid, None)
        if connection is not None:
            mine = self.of_person[connection.person_id]
            mine.discard(sid)
            if not mine:
                del self.of_person[connection.person_id]
                self.allowances.pop(connection.person_id, None)
        return connection

    def concerned(self, subject: tuple[Any, ...]) -> Iterator[Connection]:
        """The links that a change of rights may mean."""
        for connection in list(self.by_sid.values()):
            if connection.is_concerned(*subject):
                yield connection
