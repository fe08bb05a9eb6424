"""Where events of browsers come in: who sends them, whether they may, and what they are told."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import socketio

from core.access.actors import Viewer
from core.access.guard import come_to, ensure, unseen
from core.access.marks import SIGNED_IN, demand_of
from core.contract.registry import registry_of
from core.errors import DomainError, Missing, TooManyRequests
from core.platform.arriving import LARGEST
from core.platform.i18n import core_domain
from core.realtime.arguments import Signature, not_understood, signature_of
from core.realtime.connections import MOST_REFUSALS, Connection, Seat
from core.realtime.hub import Hub, Room, arrived, places_of
from core.realtime.namespaces import ActivityNamespace, address_of, handlers_of
from core.realtime.presence import Presence
from core.realtime.streams import BATCH, Stream

_ = core_domain.gettext
log = logging.getLogger("sreda.realtime")

Answer = dict[str, Any]


@dataclass(frozen=True)
class Answered:
    """An event that a namespace answers: by which method, for whom, with what."""

    handler: Callable[..., Any]
    demand: str
    signature: Signature


class Door(socketio.Namespace):
    """One namespace of one application. ``plugin`` is None for core's own."""

    def __init__(
        self, hub: Hub, presence: Presence, plugin: str | None, kind: type[ActivityNamespace]
    ) -> None:
        super().__init__(address_of(plugin, kind) if plugin else f"/{kind.room}")
        self.hub = hub
        self.presence = presence
        self.plugin = plugin
        self.desk = kind()
        self.streams = {stream.name: stream for stream in kind.streams}
        given = ("activity",) if plugin else ("connection",)
        self.handlers = {
            event: Answered(
                getattr(self.desk, f"on_{event}"), demand_of(handler) or "",
                signature_of(handler, given),
            )
            for event, handler in handlers_of(kind).items()
        }  # fmt: skip
        self.own = {
            work.__name__: (work, signature_of(work, ("connection", "viewer")))
            for work in (self.join, self.leave, self.missed, self.people, self.typing)
        }

    def trigger_event(self, event: Any, *values: Any) -> Any:
        """Called by Socket.IO for everything that comes; what it returns is the answer."""
        sid = values[0]
        if event == "connect":
            with self.hub.desk:
                return self._connected(sid, values[1])
        if event == "disconnect":
            return self.hub.gone(sid)
        connection = self.hub.connections.by_sid.get(sid)
        if connection is None or not isinstance(event, str):
            return None
        environ = connection.writing if event in self.handlers else connection.environ
        with self.hub.desk, self.hub.as_from(environ):
            return self._answer(connection, event, values[1:])

    # ---- Coming

    def _connected(self, sid: str, environ: Mapping[str, Any]) -> bool:
        try:
            return self._connect(sid, environ)
        except Exception as error:
            log.exception("somebody could not be let in to %s", self.namespace)
            raise socketio.exceptions.ConnectionRefusedError("again") from error

    def _connect(self, sid: str, environ: Mapping[str, Any]) -> bool:
        """Let in people with an account where the plugin is on; False closes the link."""
        reading = {
            **environ, "REQUEST_METHOD": "GET", "CONTENT_LENGTH": "0", "wsgi.input": io.BytesIO(),
        }  # fmt: skip
        # Events of plugins change things: what the guard asks of a form it asks of them.
        writing = reading | {"REQUEST_METHOD": "POST"}
        with self.hub.as_from(reading):
            viewer = arrived()
            if viewer is None or viewer.id is None or not self._is_on():
                return False
            allowance = self.hub.connections.allowance_of(viewer.id)
            connection = Connection(sid, self.namespace, viewer.id, reading, writing, allowance)
            connection.name, connection.invisible = viewer.short_name, viewer.invisible
            return self.hub.connections.add(connection)

    def _is_on(self) -> bool:
        known = registry_of(self.hub.app)
        return self.plugin is None or self.plugin in known.enabled_in(None)

    # ---- Events

    def _answer(self, connection: Connection, event: str, values: Sequence[Any]) -> Answer | None:
        try:
            viewer = arrived()
            if viewer is None or viewer.id != connection.person_id:
                self.hub.server.disconnect(connection.sid, namespace=self.namespace)
                return None
            connection.allowance.spend()
            return self._handled(connection, viewer, event, values)
        except DomainError as refusal:
            return self._refused(connection, refusal)
        except Exception:
            log.exception("the event %.40r of %s failed", event, self.namespace)
            words = _("Something broke on our side. It is noted; try again in a minute.")
            return {"error": words, "status": 500}

    def _refused(self, connection: Connection, refusal: DomainError) -> Answer:
        answer: Answer = {"error": str(refusal), "status": refusal.status}
        if isinstance(refusal, TooManyRequests):
            answer["retry_after"] = refusal.retry_after
            if connection.allowance.refused > MOST_REFUSALS:
                self.hub.server.disconnect(connection.sid, namespace=self.namespace)
        return answer

    def _handled(
        self, connection: Connection, viewer: Viewer, event: str, values: Sequence[Any]
    ) -> Answer:
        facts = values[0] if values else {}
        if len(values) > 1 or not isinstance(facts, dict):
            raise not_understood()
        if event in self.own:
            work, signature = self.own[event]
            return work(connection, viewer, **signature.bound(facts))
        called = self.handlers.get(event)
        if called is None:
            raise not_understood()
        given = self._given(viewer, called, facts) if self.plugin else {"connection": connection}
        told = {name: value for name, value in facts.items() if name not in given}
        answer = called.handler(**called.signature.bound(told), **given)
        return {} if answer is None else dict(answer)

    def _given(self, viewer: Viewer, called: Answered, facts: dict[str, Any]) -> dict[str, Any]:
        """The place of an event, once it is certain that the viewer may do this there."""
        given: dict[str, Any] = {}
        if called.signature.given:
            given["activity"] = self._come_to(viewer, facts.get("activity"))
        elif not self._is_on():
            raise unseen(viewer)
        activity = given.get("activity")
        if called.demand != SIGNED_IN:
            ensure(viewer, called.demand, activity.community if activity else None, activity)
        return given

    def _come_to(self, viewer: Viewer, number: Any) -> Any:
        """The activity that an event names; raises unless the viewer may look into it."""
        if type(number) is not int or not 0 < number <= LARGEST:
            raise unseen(viewer)
        place = self.hub.finders.activity(number, viewer.id)
        if place is None:
            raise unseen(viewer)
        come_to(viewer, place, self.plugin)
        return place.activity

    # ---- Streams

    def _admit(self, viewer: Viewer, stream: Stream, activity: int, key: int) -> Any:
        """The activity of a stream, or None, once it is certain that the viewer may read it."""
        place = self._come_to(viewer, activity) if activity else None
        if place is None and not self._is_on():
            raise unseen(viewer)
        if stream.reads != SIGNED_IN:
            ensure(viewer, stream.reads, place.community if place else None, place)
        if stream.may_read is not None:
            if not stream.may_read(place, key):
                raise unseen(viewer)
        elif key or place is None:
            raise unseen(viewer)
        return place

    def _stream(self, name: str) -> Stream:
        stream = self.streams.get(name)
        if stream is None:
            raise Missing(_("There is no such page, or it is not open to you."))
        return stream

    def join(
        self, connection: Connection, viewer: Viewer, stream: str, activity: int = 0, key: int = 0,
        after: int = 0,
    ) -> Answer:  # fmt: skip
        """Hear a stream from now on, and get what it has after a number."""
        wanted = self._stream(stream)
        place = self._admit(viewer, wanted, activity, key)
        room = Room(wanted, wanted.address(activity, key), self.namespace, activity, key)
        admit = partial(self._admit, stream=wanted, activity=activity, key=key)
        self.hub.follow(connection, Seat(room.address, admit, places_of(place)), room)
        return self._after(room.address, after)

    def missed(
        self, connection: Connection, viewer: Viewer, stream: str, activity: int = 0, key: int = 0,
        after: int = 0,
    ) -> Answer:  # fmt: skip
        """What a stream that one hears has after a number."""
        return self._after(self._seated(connection, viewer, stream, activity, key), after)

    def people(
        self, connection: Connection, viewer: Viewer, stream: str, activity: int = 0, key: int = 0
    ) -> Answer:
        """Who is in a stream's room just now."""
        return self.presence.people_in(self._seated(connection, viewer, stream, activity, key))

    def typing(
        self, connection: Connection, viewer: Viewer, stream: str, activity: int = 0, key: int = 0
    ) -> Answer:
        """Let the others see that one is writing something."""
        room = self._seated(connection, viewer, stream, activity, key)
        self.presence.types(connection, viewer, room)
        return {}

    def _seated(
        self, connection: Connection, viewer: Viewer, stream: str, activity: int, key: int
    ) -> str:
        """The room of a stream that somebody is in, and still may be."""
        wanted = self._stream(stream)
        self._admit(viewer, wanted, activity, key)
        room = wanted.address(activity, key)
        if room not in connection.seats:
            raise Missing(_("There is no such page, or it is not open to you."))
        return room

    def _after(self, address: str, after: int) -> Answer:
        entries = self.hub.read_after(self.hub.rooms[address], after)
        return {"entries": entries, "more": len(entries) == BATCH}

    def leave(
        self, connection: Connection, viewer: Viewer, stream: str, activity: int = 0, key: int = 0
    ) -> Answer:
        """Hear a stream no longer."""
        self.hub.leave(connection, self._stream(stream).address(activity, key))
        return {}
