"""Open pages that are up to date: an operation says what changed, pages that show it fetch it anew.

What goes over the socket is the name of what changed and nothing else. The page is asked again as
ever, so there is no second way to draw anything, and nobody learns what they may not see.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from flask import current_app
from markupsafe import Markup, escape

from core.access.actors import Viewer, current_viewer
from core.access.guard import come_to, unseen
from core.access.marks import signed_in
from core.errors import DomainError
from core.platform.arriving import row_number
from core.platform.signals import Subject, signal
from core.platform.sockets import aside, rest
from core.realtime.arguments import not_understood
from core.realtime.connections import Connection, Seat
from core.realtime.hub import Hub, hub
from core.realtime.namespaces import ActivityNamespace

# The kind of signal, by the key of what changed.
SIGNAL = "changed"
ADDRESS = "live"
KEY = re.compile(r"(site|person|community|activity|content):([0-9]{1,10}):([a-z][a-z0-9_-]{0,39})")
PART = re.compile(r"[a-z][a-z0-9_-]{0,39}")
# What a place is called in a key, by the table of its row.
KINDS = {
    "communities": "community", "activities": "activity", "contents": "content", "users": "person",
}  # fmt: skip
# Seconds between two messages of one key: however fast it changes, pages are not asked more often.
PACE = 1.0
# So many keys are known to have changed lately.
REMEMBERED = 10_000
# Seconds within which pages ask again that were without a connection for a while.
COMEBACK = 4.0
# Seconds that an open page costs the site, more or less: many of them spread what they ask.
COST = 0.01


def changed(place: Any, part: str) -> None:
    """Inside an operation: say that a part of what a place shows has changed.

    ``place`` is an activity, a content, a community, a person (a ``User`` or viewer) or None for
    the site; ``part`` is a word of small letters that templates name in ``live(place, part)``. What
    changes in a content changes in its activity too, and in its community, under the same part.
    Raises ValueError for anything else.
    """
    if not PART.fullmatch(part):
        raise ValueError(f"{part!r} is no name of a part")
    for kind, number in _places(place):
        signal(SIGNAL, f"{kind}:{number}:{part}")


def changed_for(people: Iterable[int], part: str) -> None:
    """Inside an operation: the same for what these people see of their own, by their ids."""
    if not PART.fullmatch(part):
        raise ValueError(f"{part!r} is no name of a part")
    for number in people:
        signal(SIGNAL, f"person:{number}:{part}")


def _places(place: Any) -> Iterator[tuple[str, int]]:
    yield named(place)
    activity = getattr(place, "activity_id", None)
    if activity is not None:
        yield "activity", activity
    community = getattr(place, "community_id", None)
    if community is not None:
        yield "community", community


def named(place: Any) -> tuple[str, int]:
    """What a place is called in a key."""
    if place is None:
        return "site", 0
    if isinstance(place, Viewer):
        return "person", place.id or 0
    kind = KINDS.get(getattr(place, "__tablename__", ""))
    if kind is None:
        raise ValueError(f"{place!r} is no place that a page could show")
    return kind, place.id


def live(place: Any, part: str, *more: tuple[Any, str], url: str = "") -> Markup:
    """For templates: the attributes of a block that is drawn anew when this part changes.

    ``url`` is the address of a page with the same block, or of a piece with nothing else; by
    default the page itself is asked. ``more`` are further places and parts that it depends on.
    """
    if not current_viewer().is_authenticated:
        return Markup("")
    keys = " ".join(_key(*each) for each in ((place, part), *more))
    address = f' data-live-url="{escape(url)}"' if url else ""
    return Markup(f'data-live="{keys}"{address}')  # noqa: S704  # keys are ours, the address escaped


def _key(place: Any, part: str) -> str:
    kind, number = named(place)
    return f"{kind}:{number}:{part}"


class LiveNamespace(ActivityNamespace):
    """Core's own sockets: every open page says here which of its parts it wants to hear of."""

    room = ADDRESS

    @signed_in
    def on_watch(self, connection: Connection, keys: list[str], age: int = 0) -> dict[str, Any]:
        """Hear of changes of these from now on, and which changed since the page was as it is,
        ``age`` seconds ago. Those that one may not see are passed over."""
        watched = {key for key in dict.fromkeys(keys) if _watched(connection, key)}
        for key in connection.seats.keys() - watched:
            hub().leave(connection, key)
        changed = [key for key in watched if pages().changed_within(key, age)]
        return {"changed": changed, "within": COMEBACK if age > PACE * 5 else 0}


def _watched(connection: Connection, key: str) -> bool:
    admit = partial(_admit, key)
    try:
        places = admit(current_viewer())
    except DomainError:
        return False
    hub().take_seat(connection, Seat(key, admit, places))
    return True


def _admit(key: str, viewer: Viewer) -> frozenset[tuple[str, int]]:
    """The places on which it hangs that somebody may see what changes there; raises otherwise."""
    found = KEY.fullmatch(key)
    if found is None:
        raise not_understood()
    kind, number = found[1], row_number(found[2])
    if kind == "content":
        content = hub().finders.content(number)
        return frozenset({("content", number), *_places(content)})
    if kind in ("site", "person"):
        if kind == "person" and number != viewer.id:
            raise unseen(viewer)
        return frozenset()
    find = hub().activity if kind == "activity" else hub().community
    place = find(number, viewer.id)
    if place is None:
        raise unseen(viewer)
    come_to(viewer, place, place.activity.plugin if place.activity else None)
    return frozenset(_places(place.activity or place.community))


def pages() -> Pages:
    """What tells the open pages of the application that is at work."""
    found: Pages = current_app.extensions[EXTENSION]
    return found


EXTENSION = "sreda-live"


@dataclass
class Pages:
    """Tells open pages of what changed, each key as it comes and then at most once a second."""

    hub: Hub
    pending: dict[str, None] = field(default_factory=dict)
    busy: bool = False
    # When each key changed last, the latest at the end; what is older than all of them may have.
    known: dict[str, float] = field(default_factory=dict)
    known_since: float = field(default_factory=time.monotonic)

    def take(self, subjects: list[Subject]) -> None:
        """A signal came; without subjects everything may have changed."""
        keys = [str(subject[0]) for subject in subjects] or list(self.hub.taken)
        self._remember(keys)
        self.pending |= dict.fromkeys(key for key in keys if key in self.hub.taken)
        if self.pending and not self.busy:
            self.busy = True
            aside(self.hub.app, self._tell)

    def _remember(self, keys: list[str]) -> None:
        now = time.monotonic()
        for key in keys:
            self.known.pop(key, None)
            self.known[key] = now
        while len(self.known) > REMEMBERED:
            self.known_since = self.known.pop(next(iter(self.known)))

    def changed_within(self, key: str, seconds: int) -> bool:
        """Whether a key changed lately, or may have: nobody here knows of what was before."""
        then = time.monotonic() - seconds
        return then < self.known_since or self.known.get(key, then) > then

    def _tell(self) -> None:
        try:
            while self.pending:
                keys, self.pending = list(self.pending), {}
                for key in keys:
                    self._tell_of(key)
                rest(self.hub.app, PACE)
        finally:
            self.busy = False

    def _tell_of(self, key: str) -> None:
        facts = {"key": key, "within": round(self.hub.taken[key] * COST, 2)}
        self.hub.server.emit("changed", facts, to=key, namespace=f"/{ADDRESS}")
