"""Who may still be in the rooms where they are: looked at when rights change, and in turn."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from core.errors import DomainError
from core.platform.signals import Subject
from core.platform.sockets import aside, rest
from core.realtime.company import Arrival, Company
from core.realtime.connections import Connection
from core.realtime.hub import Hub, arrived

log = logging.getLogger("sreda.realtime")

# Connections that are looked at together; nobody else is served meanwhile.
TOGETHER = 25
# Seconds from one look at everybody to the next: some rights end by the clock alone.
ROUND = 15.0
# Seconds between two looks when rights have changed. After a pause of none we would come back
# before the sockets are looked at, and a room of a thousand would hear nothing for a while.
BREATH = 0.002
# Whom a change of rights means when nobody can say whom.
ALL: Subject = ("all", 0)


@dataclass
class Checks:
    """The checks of one process: ``unsure`` is whose rights may have changed since the last."""

    hub: Hub
    unsure: list[Subject] = field(default_factory=list)
    busy: bool = False
    looks_around: bool = False

    def look_around(self) -> None:
        """Look at everybody in turn, at a pace that nobody feels, and be through in a round."""
        if not self.looks_around:
            self.looks_around = True
            aside(self.hub.app, self._go_round)

    def _go_round(self) -> None:
        known = self.hub.connections.by_sid
        everybody = list(known)
        pause = ROUND * TOGETHER / max(TOGETHER, len(everybody))
        try:
            for start in range(0, len(everybody), TOGETHER):
                sids = everybody[start : start + TOGETHER]
                self._check([known[sid] for sid in sids if sid in known])
                rest(self.hub.app, pause)
        except Exception:
            log.exception("rights could not be looked at")
        finally:
            self.looks_around = False

    def doubt(self, subjects: list[Subject]) -> None:
        """Somebody's rights may have changed: look at everybody concerned, at once."""
        self.unsure += subjects or [ALL]
        if not self.busy:
            self.busy = True
            aside(self.hub.app, self._check_all)

    def _check_all(self) -> None:
        try:
            while self.unsure:
                subjects, self.unsure = self.unsure, []
                # Those who are meant by name first: others are looked at for good measure.
                for wanted in sorted(set(subjects), key=lambda subject: subject[0] == "all"):
                    concerned = iter(list(self.hub.connections.concerned(wanted)))
                    while some := list(islice(concerned, TOGETHER)):
                        self._check(some)
                        rest(self.hub.app, BREATH)
        except Exception:
            log.exception("rights could not be looked at")
        finally:
            self.busy = False

    def _check(self, connections: Sequence[Connection]) -> None:
        arrivals = list(_arrivals(connections))
        if not arrivals:
            return
        with Company.of(self.hub, arrivals, connections[0].environ) as company:
            for connection in connections:
                company.become(connection)
                self._look_at(connection)

    def _look_at(self, connection: Connection) -> None:
        """Take a connection out of every room that it may not be in any more."""
        hub, viewer = self.hub, arrived()
        if viewer is None or viewer.id != connection.person_id:
            hub.server.disconnect(connection.sid, namespace=connection.namespace)
            return
        hub.know_anew(connection, viewer)
        for name, seat in list(connection.seats.items()):
            try:
                seat.admit(viewer)
            except DomainError as refusal:
                hub.leave(connection, name)
                out = {"room": name, "error": str(refusal), "status": refusal.status}
                hub.server.emit("out", out, to=connection.sid, namespace=connection.namespace)


def _arrivals(connections: Sequence[Connection]) -> Iterator[Arrival]:
    """With the places of all the rooms in which they are."""
    for connection in connections:
        places = [place for seat in connection.seats.values() for place in seat.places]
        yield connection, frozenset(p for p in places if p[0] in ("activity", "community"))
