"""People who are looked at in the same moment: what has to be known of each is read for all.

It is read anew each time, as for somebody who comes alone, so that whoever has lost a right or
signed out a moment ago is refused.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from core.access.actors import GUEST_VIEWER, Viewer
from core.access.guard import Place
from core.access.standing import prepare_standings_of
from core.contract.registry import registry_of
from core.platform.current import current_facts
from core.realtime.connections import Connection
from core.realtime.hub import Hub

# A connection, and the places ("activity" or "community", and its number) that it is about.
Arrival = tuple[Connection, frozenset[tuple[str, int]]]
Places = dict[tuple[str, int, int | None], Place]


@dataclass(frozen=True)
class Company:
    """Those who are looked at; ``shared`` is what all may use of what is kept for a request."""

    viewers: Mapping[str, Viewer]
    shared: Mapping[str, Any]

    @classmethod
    @contextmanager
    def of(
        cls, hub: Hub, arrivals: Sequence[Arrival], environ: Mapping[str, Any]
    ) -> Iterator[Company]:
        """Within, ``become`` makes any of them the viewer of a request like that of ``environ``."""
        # Nobody's cookie: whoever is at work is said by ``become`` alone.
        bare = {name: value for name, value in environ.items() if name != "HTTP_COOKIE"}
        with hub.as_from(bare):
            viewers = _viewers(hub, [connection for connection, _places in arrivals])
            current_facts().places_read = _places(hub, arrivals, viewers)
            yield cls(viewers, dict(vars(current_facts())))

    def become(self, connection: Connection) -> None:
        """Go on as one of them, or a guest if their session has ended; nothing that was kept for
        another is used."""
        facts = vars(current_facts())
        facts.clear()
        facts.update(self.shared, viewer=self.viewers.get(connection.session_key, GUEST_VIEWER))


def _viewers(hub: Hub, connections: Sequence[Connection]) -> dict[str, Viewer]:
    """By the keys of sessions, each with the language that their browser speaks."""
    locales = {connection.session_key: connection.locale for connection in connections}
    return {
        key: replace(viewer, locale=viewer.locale or locales[key])
        for key, viewer in hub.finders.viewers(list(locales)).items()
    }


def _places(hub: Hub, arrivals: Sequence[Arrival], viewers: Mapping[str, Viewer]) -> Places:
    """The places that are there, as those come to them who are about to."""
    wanted: dict[tuple[str, int], dict[int | None, Viewer]] = defaultdict(dict)
    for connection, places in arrivals:
        viewer = viewers.get(connection.session_key, GUEST_VIEWER)
        for place in places if viewer.is_authenticated else ():
            wanted[place][viewer.id] = viewer
    read: Places = {}
    for (kind, number), people in wanted.items():
        find = hub.finders.activity_for if kind == "activity" else hub.finders.community_for
        found = find(number, [person for person in people if person is not None])
        read |= {(kind, number, person): place for person, place in found.items()}
        if found:
            community = next(iter(found.values())).community
            registry_of(hub.app).enabled_in(community.id)
            prepare_standings_of(list(people.values()), community)
    return read
