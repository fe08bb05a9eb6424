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
from core.access.guard import come_to, ensure, ensure_changeable, unseen
from core.access.marks import SIGNED_IN, demand_of, is_lasting
from core.contract.registry import registry_of
from core.errors import DomainError, Missing, TooManyRequests
from core.platform import i18n
from core.platform.arriving import LARGEST
from core.platform.i18n import core_domain
from core.platform.wires import wire_of
from core.realtime.arguments import Signature, not_understood, signature_of
from core.realtime.company import Company
from core.realtime.connections import MOST_REFUSALS, Connection, Seat
from core.realtime.hub import Hub, Room, arrived, places_of
from core.realtime.namespaces import ActivityNamespace, address_of, handlers_of
from core.realtime.presence import Presence
from core.realtime.streams import BATCH, Stream
from core.realtime.together import Store, Turns, Waiting, store_of

_ = core_domain.gettext
log = logging.getLogger("sreda.realtime")

Answer = dict[str, Any]


@dataclass(frozen=True)
class Answered:
    """An event that a namespace answers: by which method, for whom, with what. ``turns`` and
    ``store`` are there where events are stored together."""

    handler: Callable[..., Any]
    demand: str
    signature: Signature
    lasting: bool = False
    turns: Turns | None = None
    store: Store | None = None


@dataclass(frozen=True)
class Wish:
    """What an event's handler wants to have stored where, with what others want."""

    activity: Any
    made: Any
    store: Store


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
                signature_of(handler, given), is_lasting(handler), self._turns(event, handler),
                store_of(handler),
            )
            for event, handler in handlers_of(kind).items()
        }  # fmt: skip
        self.own = {
            work.__name__: (work, signature_of(work, ("connection", "viewer")))
            for work in (self.join, self.leave, self.missed, self.people, self.typing)
        }

    def _turns(self, event: str, handler: Callable[..., Any]) -> Turns | None:
        return Turns(self.hub.app, partial(self._take, event)) if store_of(handler) else None

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
        called = self.handlers.get(event)
        if called is not None and called.turns is not None:
            return called.turns.answer(_places_named(values[1:]), connection, values[1:])
        environ = connection.environ if called is None else connection.writing
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
            connection = Connection(
                sid, self.namespace, viewer.id, viewer.session_id, reading, writing, allowance,
                wire_of(environ),
            )  # fmt: skip
            connection.name, connection.invisible = viewer.short_name, viewer.invisible
            connection.locale = i18n.current_locale()
            return self.hub.connections.add(connection)

    def _is_on(self) -> bool:
        known = registry_of(self.hub.app)
        return self.plugin is None or self.plugin in known.enabled_in(None)

    # ---- Events

    def _answer(self, connection: Connection, event: str, values: Sequence[Any]) -> Any:
        viewer = arrived()
        if viewer is None or viewer.id != connection.person_id:
            self.hub.server.disconnect(connection.sid, namespace=self.namespace)
            return None
        return self._safely(connection, event, partial(self._handled, viewer, values))

    def _safely(
        self, connection: Connection, event: str, work: Callable[[Connection, str], Any]
    ) -> Any:
        """What an event is answered, whatever happens on the way."""
        try:
            return work(connection, event)
        except DomainError as refusal:
            return self._refused(connection, refusal)
        except Exception:
            log.exception("the event %.40r of %s failed", event, self.namespace)
            return _broken()

    def _refused(self, connection: Connection, refusal: DomainError) -> Answer:
        answer: Answer = {"error": str(refusal), "status": refusal.status}
        if isinstance(refusal, TooManyRequests):
            answer["retry_after"] = refusal.retry_after
            if connection.allowance.refused > MOST_REFUSALS:
                self.hub.server.disconnect(connection.sid, namespace=self.namespace)
        return answer

    def _handled(
        self, viewer: Viewer, values: Sequence[Any], connection: Connection, event: str
    ) -> Answer | Wish:
        connection.allowance.spend()
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
        if called.store is not None:
            return Wish(given["activity"], answer, called.store)
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
        if activity is not None and not called.lasting:
            ensure_changeable()
        return given

    def _come_to(self, viewer: Viewer, number: Any) -> Any:
        """The activity that an event names; raises unless the viewer may look into it."""
        if type(number) is not int or not 0 < number <= LARGEST:
            raise unseen(viewer)
        place = self.hub.activity(number, viewer.id)
        if place is None:
            raise unseen(viewer)
        come_to(viewer, place, self.plugin)
        return place.activity

    # ---- Events that are stored together

    def _take(self, event: str, batch: Sequence[Waiting]) -> None:
        try:
            self._take_in(event, batch)
        except Exception:
            log.exception("%d events %.40r of %s failed", len(batch), event, self.namespace)
            for waiting in batch:
                if not isinstance(waiting.answer, dict):
                    waiting.answer = _broken()

    def _take_in(self, event: str, batch: Sequence[Waiting]) -> None:
        """Answer events that came in the same moment, each as if it had come alone."""
        arrivals = [(waiting.connection, _places_named(waiting.values)) for waiting in batch]
        environ = batch[0].connection.writing
        with self.hub.desk, Company.of(self.hub, arrivals, environ) as company:
            for waiting in batch:
                company.become(waiting.connection)
                waiting.answer = self._answer(waiting.connection, event, waiting.values)
            wishes = [waiting for waiting in batch if isinstance(waiting.answer, Wish)]
            for activity in {waiting.answer.activity for waiting in wishes}:
                here = [waiting for waiting in wishes if waiting.answer.activity is activity]
                self._store(event, company, here)

    def _store(self, event: str, company: Company, wishes: Sequence[Waiting]) -> None:
        """Have wishes of one activity stored; whoever could not go with the others goes alone."""
        answers = self._stored(event, wishes) if len(wishes) > 1 else [None]
        for waiting, answer in zip(wishes, answers, strict=True):
            wish, waiting.answer = waiting.answer, answer
            if answer is None:
                company.become(waiting.connection)
                alone = partial(self._stored_alone, wish)
                waiting.answer = self._safely(waiting.connection, event, alone)

    def _stored(self, event: str, wishes: Sequence[Waiting]) -> Sequence[Answer | None]:
        try:
            wish = wishes[0].answer
            return list(wish.store(wish.activity, [each.answer.made for each in wishes]))
        except Exception:
            log.info("%d events %.40r go one by one", len(wishes), event, exc_info=True)
            return [None] * len(wishes)

    def _stored_alone(self, wish: Wish, connection: Connection, event: str) -> Answer:
        arrived()  # whose language a refusal is told in
        [answer] = wish.store(wish.activity, [wish.made])
        return dict(answer)

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


def _broken() -> Answer:
    words = _("Something broke on our side. It is noted; try again in a minute.")
    return {"error": words, "status": 500}


def _places_named(values: Sequence[Any]) -> frozenset[tuple[str, int]]:
    """The activity that an event is about, if it names one that there may be."""
    facts = values[0] if values and isinstance(values[0], dict) else {}
    number = facts.get("activity")
    if type(number) is not int or not 0 < number <= LARGEST:
        return frozenset()
    return frozenset({("activity", number)})
