"""The middle of real time in one process: who is in which room, and what is sent there.

A room is sent to at once when it is idle. What comes while a flush is under way goes out with the
next one, as one list in one frame that is encoded once for all, so that a busy room sets its own
pace: no tick delays a quiet one, and no message costs a frame of its own in a busy one.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Semaphore
from typing import Any

from flask import Flask, current_app

from core.access.actors import Viewer, current_viewer
from core.access.guard import Place
from core.config import current as current_config
from core.errors import DomainError
from core.platform import dates, i18n
from core.platform.current import current_facts
from core.platform.sockets import aside, rest, sockets_of
from core.platform.wires import frame_of
from core.realtime.connections import MOST_ROOMS, Connection, Connections, Seat
from core.realtime.streams import BATCH, Stream, newest_numbers, row_at, told_after

log = logging.getLogger("sreda.realtime")

# Frames that may wait for a browser which reads slower than others write. It is cut off then, and
# fetches what it missed when it comes again.
LONGEST_QUEUE = 300
# Events that are looked at in the same moment; the others wait in their order, without holding a
# connection to the database. More would only wait there, for each other's rows.
AT_ONCE = 8
# Seconds between two looks for entries of which no signal came.
LOOK = 2.0
EXTENSION = "sreda-realtime"


@dataclass
class Room:
    """A stream that somebody here follows; ``last`` is the number up to which it was sent."""

    stream: Stream
    address: str
    namespace: str
    activity_id: int
    key: int
    last: int | None = None
    stream_id: int = 0
    sids: set[str] = field(default_factory=set)
    busy: bool = False
    again: bool = False


Finder = Callable[[int, int | None], Place | None]
FinderForMany = Callable[[int, Sequence[int]], Mapping[int, Place]]


@dataclass(frozen=True)
class Finders:
    """How the rooms above find places: by number and viewer, or for many viewers at once; a content
    (raising); and the viewers of many sessions by their keys."""

    activity: Finder
    community: Finder
    activity_for: FinderForMany
    community_for: FinderForMany
    viewers: Callable[[Sequence[str]], Mapping[str, Viewer]]
    content: Callable[[int], Any]


@dataclass
class Hub:
    """Real time in one process."""

    app: Flask
    finders: Finders
    connections: Connections = field(default_factory=Connections)
    rooms: dict[str, Room] = field(default_factory=dict)
    # How many are in each room, of streams and of pages alike.
    taken: Counter[str] = field(default_factory=Counter)
    desk: Semaphore = field(default_factory=lambda: Semaphore(AT_ONCE))
    # Called with the name of a stream's room that somebody entered or left.
    came_or_went: Callable[[str], None] = field(default=lambda room: None)
    # Called again and again: everybody's rights are to be looked at in turn.
    recheck: Callable[[], None] = field(default=lambda: None)
    # Called now and then, beside looking for what no signal told of.
    renew: Callable[[], None] = field(default=lambda: None)

    @property
    def server(self) -> Any:
        return sockets_of(self.app)

    @contextmanager
    def as_from(self, environ: dict[str, Any]) -> Iterator[None]:
        """Within, everything is as in a request of the browser that sent this, and nothing that is
        kept for a request under way is used."""
        with self.app.app_context(), self.app.request_context(environ):
            yield

    def activity(self, number: int, viewer_id: int | None) -> Place | None:
        """An activity as somebody comes to it; one query, unless it was read with others'."""
        return self._read("activity", number, viewer_id, self.finders.activity)

    def community(self, number: int, viewer_id: int | None) -> Place | None:
        """The same for a community as a whole."""
        return self._read("community", number, viewer_id, self.finders.community)

    def _read(self, kind: str, number: int, viewer_id: int | None, find: Finder) -> Place | None:
        read: Mapping[tuple[str, int, int | None], Place] = current_facts().get("places_read", {})
        return read.get((kind, number, viewer_id)) or find(number, viewer_id)

    # ---- Coming and going

    def take_seat(self, connection: Connection, seat: Seat) -> None:
        """Let a connection hear a room. Raises DomainError when it is in too many."""
        if seat.room not in connection.seats and len(connection.seats) >= MOST_ROOMS:
            raise DomainError(i18n.core_domain.gettext("Too much is open here at once."))
        # First what fails when the link has ended meanwhile.
        self.server.enter_room(connection.sid, seat.room, namespace=connection.namespace)
        if seat.room not in connection.seats:
            self.taken[seat.room] += 1
        connection.seats[seat.room] = seat

    def follow(self, connection: Connection, seat: Seat, fresh: Room) -> None:
        """Let a connection hear a stream, whose room is ``fresh`` if it is the first there. What is
        read after this has nothing missing between it and what is sent."""
        self.take_seat(connection, seat)
        room = self.rooms.setdefault(seat.room, fresh)
        room.sids.add(connection.sid)
        self.came_or_went(room.address)
        if room.last is None:
            self._begin(room)

    def _begin(self, room: Room) -> None:
        row = row_at(room.address)
        if room.last is None:
            room.last, room.stream_id = (row.last_number, row.id) if row else (0, 0)
        if room.again:
            self.touch([room.address])

    def know_anew(self, connection: Connection, viewer: Viewer) -> None:
        """Others see of somebody what they want to be seen of now."""
        seen = (viewer.short_name, viewer.invisible)
        if seen != (connection.name, connection.invisible):
            connection.name, connection.invisible = seen
            for name in self.rooms.keys() & connection.seats.keys():
                self.came_or_went(name)

    def leave(self, connection: Connection, name: str) -> None:
        """Let a connection hear a room no longer."""
        if connection.seats.pop(name, None) is None:
            return
        self.server.leave_room(connection.sid, name, namespace=connection.namespace)
        self._empty_place(name, connection.sid)

    def gone(self, sid: str) -> None:
        """A connection has ended."""
        connection = self.connections.drop(sid)
        for name in list(connection.seats) if connection else ():
            self._empty_place(name, sid)

    def _empty_place(self, name: str, sid: str) -> None:
        self.taken[name] -= 1
        if not self.taken[name]:
            del self.taken[name]
        room = self.rooms.get(name)
        if room is not None:
            room.sids.discard(sid)
            if not room.sids:
                del self.rooms[name]
            self.came_or_went(name)

    # ---- Sending

    def touch(self, addresses: Iterable[str]) -> None:
        """There is something new in these streams."""
        for address in addresses:
            room = self.rooms.get(address)
            if room is None:
                continue
            room.again = True
            if not room.busy and room.last is not None:
                room.busy = True
                aside(self.app, self._flush, room)

    def _flush(self, room: Room) -> None:
        try:
            while room.again:
                room.again = False
                with self.app.app_context():
                    self._send_next(room)
                # Whoever is about to receive goes first; what comes meanwhile is sent together.
                rest(self.app, 0)
        except Exception:
            log.exception("the room %s could not be sent to", room.address)
        finally:
            room.busy = False

    def _send_next(self, room: Room) -> None:
        entries = self.read_after(room, room.last or 0)
        if not entries:
            return
        room.last = entries[-1]["number"]
        room.again = room.again or len(entries) == BATCH
        self.tell(room, "entries", {"entries": entries})

    def tell(self, room: Room, event: str, facts: dict[str, Any]) -> None:
        """Send something to everybody in a room, made ready once; nobody is waited for."""
        told = {"stream": room.stream.name, "activity": room.activity_id, "key": room.key} | facts
        server, namespace, known = self.server, room.namespace, self.connections.by_sid
        frame = frame_of(server, namespace, event, told)
        for connection in [known[sid] for sid in room.sids if sid in known]:
            if connection.wire is None:
                server.emit(event, told, to=connection.sid, namespace=namespace)
            elif not connection.wire.offer(frame):
                self._cut_off(connection)

    def read_after(self, room: Room, number: int) -> list[dict[str, Any]]:
        """The next entries of a stream as all of its readers are sent them."""
        if not room.stream_id:
            row = row_at(room.address)
            room.stream_id = row.id if row else 0
        if not room.stream_id:
            return []
        page = self.app.test_request_context(base_url=current_config().base_url)
        with self.app.app_context(), page:
            return told_after(room.stream, room.stream_id, number)

    def drop_slow_readers(self) -> None:
        """Cut off those for whom Socket.IO has too much in its queue: it does not look itself."""
        server = self.server
        for sid, connection in list(self.connections.by_sid.items()):
            link = server.manager.eio_sid_from_sid(sid, connection.namespace)
            socket = server.eio.sockets.get(link)
            if socket is not None and socket.queue.qsize() > LONGEST_QUEUE:
                self._cut_off(connection)

    def _cut_off(self, connection: Connection) -> None:
        log.info("a browser that reads too slowly was cut off")
        for name in list(connection.seats):
            self.leave(connection, name)
        if connection.wire is not None:
            connection.wire.close()
            return
        server = self.server
        link = server.manager.eio_sid_from_sid(connection.sid, connection.namespace)
        # In its own time: it waits for what the browser does not read.
        server.start_background_task(server.eio.disconnect, link)

    # ---- What no signal told

    def look_after(self) -> None:
        """Again and again, as long as the process serves: nothing hangs on a signal alone."""
        while True:
            rest(self.app, LOOK)
            try:
                with self.app.app_context():
                    self.catch_up()
                    self.drop_slow_readers()
                    self.renew()
                    self.recheck()
            except Exception:
                log.exception("looking after the rooms failed")

    def catch_up(self) -> None:
        """Send what was stored without our hearing of it."""
        followed = list(self.rooms)
        for start in range(0, len(followed), BATCH):
            newest = newest_numbers(followed[start : start + BATCH])
            self.touch(
                address
                for address, number in newest.items()
                if (room := self.rooms.get(address)) is not None and (room.last or 0) < number
            )


def places_of(activity: Any) -> frozenset[tuple[str, int]]:
    """The places whose changes may end somebody's right to be in an activity."""
    if activity is None:
        return frozenset()
    return frozenset({("activity", activity.id), ("community", activity.community_id)})


def arrived() -> Viewer | None:
    """Whoever sent the event under way, if their session still lives; their language and zone."""
    viewer = current_viewer()
    if not viewer.is_authenticated:
        return None
    i18n.select_locale(viewer.locale)
    dates.select_zone(viewer.zone_name)
    return viewer


def hub_of(app: Flask) -> Hub:
    """Real time of an application."""
    hub: Hub = app.extensions[EXTENSION]
    return hub


def hub() -> Hub:
    """Real time of the application that is at work."""
    return hub_of(current_app)
