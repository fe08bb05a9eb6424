"""Events that are stored together: while some are being stored, what else comes waits for the next
turn, and goes through in one transaction then.

A transaction costs what twenty messages do, and so does finding out who somebody is. A quiet room
waits for nobody: whatever comes alone is stored alone, at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Any, TypeVar

from flask import Flask

from core.platform.sockets import aside, rest
from core.realtime.connections import Connection

Handler = TypeVar("Handler", bound=Callable[..., Any])
# From an activity and what its handler made of each event to what each is answered, in that order.
Store = Callable[[Any, Sequence[Any]], Sequence[Any]]

# Events that are taken in one turn.
MOST_TOGETHER = 100


def together(store: Store) -> Callable[[Handler], Handler]:
    """Of a handler with ``activity``: what it makes of an event is stored with what others sent in
    the same moment, by ``store(activity, made)``. Each person has one event in it at most.

    The handler writes nothing. ``store`` calls an operation and gives an answer for each, in order,
    or None for one that cannot go with the others. That one comes again alone, where ``store`` may
    raise a DomainError in the language of whoever sent it.
    """

    def mark(handler: Handler) -> Handler:
        handler.__sreda_together__ = store  # type: ignore[attr-defined]  # read by the door
        return handler

    return mark


def store_of(handler: Callable[..., Any]) -> Store | None:
    """What stores the events of a handler together; None for one that answers each by itself."""
    return getattr(handler, "__sreda_together__", None)


@dataclass
class Waiting:
    """An event that waits for its turn, and then its answer."""

    connection: Connection
    values: Sequence[Any]
    answer: Any = None
    done: Event = field(default_factory=Event)


@dataclass
class Turns:
    """The turns of one event, in each place by themselves: a place that is held up holds up no
    other. ``take`` answers all that wait in one, and never raises."""

    app: Flask
    take: Callable[[Sequence[Waiting]], None]
    # By place; while it is there somebody is at work for it.
    queues: dict[Any, list[Waiting]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def answer(self, place: Any, connection: Connection, values: Sequence[Any]) -> Any:
        """Wait for one's turn; what the event is answered."""
        waiting = Waiting(connection, values)
        with self.lock:
            begins = place not in self.queues
            self.queues.setdefault(place, []).append(waiting)
        if begins:
            aside(self.app, self._run, place)
        waiting.done.wait()
        return waiting.answer

    def _run(self, place: Any) -> None:
        while batch := self._next(place):
            try:
                self.take(batch)
            finally:
                for waiting in batch:
                    waiting.done.set()
            # Those who were answered go first, and who speaks meanwhile comes along.
            rest(self.app, 0)

    def _next(self, place: Any) -> list[Waiting]:
        """Those whose turn it is, one of a person: their next may hang on this one."""
        with self.lock:
            batch: dict[int, Waiting] = {}
            left: list[Waiting] = []
            for waiting in self.queues.pop(place):
                person = waiting.connection.person_id
                if person in batch or len(batch) == MOST_TOGETHER:
                    left.append(waiting)
                else:
                    batch[person] = waiting
            if batch:
                self.queues[place] = left
            return list(batch.values())
