"""People whose events came in the same moment: what has to be known of each is read for all.

It is read anew for each turn, as for an event that comes alone, so that whoever has lost a right or
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
from core.platform.arriving import LARGEST
from core.platform.current import current_facts
from core.realtime.connections import Connection
from core.realtime.hub import Hub
from core.realtime.together import Waiting

Places = dict[tuple[int, int | None], Place]


@dataclass(frozen=True)
class Company:
    """Those whose events are answered in one turn; ``shared`` is what they all may use of what is
    kept for a request."""

    viewers: Mapping[int, Viewer]
    shared: Mapping[str, Any]

    @classmethod
    @contextmanager
    def of(cls, hub: Hub, batch: Sequence[Waiting]) -> Iterator[Company]:
        """Within, ``become`` makes any of them the viewer."""
        # Nobody's cookie: whoever is at work is said by ``become`` alone.
        environ = dict(batch[0].connection.writing)
        environ.pop("HTTP_COOKIE", None)
        with hub.as_from(environ):
            viewers = _viewers(hub, [waiting.connection for waiting in batch])
            current_facts().places_read = _places(hub, batch, viewers)
            yield cls(viewers, dict(vars(current_facts())))

    def become(self, connection: Connection) -> None:
        """Go on as one of them, or a guest if their session has ended; nothing that was kept for
        another is used."""
        facts = vars(current_facts())
        facts.clear()
        facts.update(self.shared, viewer=self.viewers.get(connection.person_id, GUEST_VIEWER))


def _viewers(hub: Hub, connections: Sequence[Connection]) -> dict[int, Viewer]:
    """By the ids of people, each with the language that their browser speaks."""
    found = hub.finders.viewers([connection.session_key for connection in connections])
    return {
        connection.person_id: replace(viewer, locale=viewer.locale or connection.locale)
        for connection in connections
        if (viewer := found.get(connection.session_key)) is not None
    }


def _places(hub: Hub, batch: Sequence[Waiting], viewers: Mapping[int, Viewer]) -> Places:
    """The activities that the events name, as those come to them who sent these."""
    wanted: dict[int, list[Viewer]] = defaultdict(list)
    for waiting in batch:
        viewer = viewers.get(waiting.connection.person_id)
        number = _activity_named(waiting.values)
        if viewer is not None and number is not None:
            wanted[number].append(viewer)
    places: Places = {}
    for number, people in wanted.items():
        found = hub.finders.activity_for(number, [person.id for person in people if person.id])
        for person, place in found.items():
            places[number, person] = place
        if found:
            community = next(iter(found.values())).community
            registry_of(hub.app).enabled_in(community.id)
            prepare_standings_of(people, community)
    return places


def _activity_named(values: Sequence[Any]) -> int | None:
    facts = values[0] if values and isinstance(values[0], dict) else {}
    number = facts.get("activity")
    return number if type(number) is int and 0 < number <= LARGEST else None
