"""What a plugin answers over sockets: a class with a method for each event."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from inspect import signature
from typing import Any, ClassVar

from core.access.marks import PUBLIC, demand_of
from core.realtime.arguments import signature_of
from core.realtime.streams import Stream
from core.realtime.together import store_of

Handler = Callable[..., Any]

HANDLER = "on_"
# What every namespace answers by itself.
OWN = frozenset({"connect", "disconnect", "join", "leave", "missed", "typing", "people"})


class ActivityNamespace:
    """The sockets of a plugin, named in its manifest: ``Plugin(namespaces=(ChatNamespace,))``.

    A method ``on_say`` answers the event "say". It carries ``@requires("chat.write")`` or
    ``@signed_in``, as views do, and names what comes with the event, each argument annotated as
    ``str``, ``int``, ``bool`` or a list of these. One that takes ``activity`` gets the activity
    that the event names, once core has seen that the plugin is on there and the person may look in
    and do this. All of that is read anew for every event. What it returns is the acknowledgement,
    which so comes after the commit of the operation it called; a ``DomainError`` becomes
    ``{"error": sentence, "status": 403}``. What comes often is marked ``@together(store)``.

    ``streams`` are what people can join; joining, leaving, catching up, who is there and who is
    typing are answered by core. ``room`` is a part of the address, for a plugin with several.
    """

    streams: ClassVar[tuple[Stream, ...]] = ()
    room: ClassVar[str] = ""


def address_of(plugin: str, kind: type[ActivityNamespace]) -> str:
    """Where browsers find a namespace: ``/chat``, or ``/chat/<room>``."""
    return f"/{plugin}/{kind.room}" if kind.room else f"/{plugin}"


def handlers_of(kind: type[ActivityNamespace]) -> dict[str, Handler]:
    """The methods that answer events, by the names of these."""
    names = [name for name in dir(kind) if name.startswith(HANDLER)]
    return {name.removeprefix(HANDLER): getattr(kind, name) for name in names}


def namespace_faults(
    plugin: str, kinds: tuple[type[Any], ...], demands: frozenset[str]
) -> Iterator[str]:
    """What is wrong with the namespaces of a plugin, a sentence each; ``demands`` are all rights
    that anybody knows."""
    seen: set[str] = set()
    for kind in kinds:
        if not issubclass(kind, ActivityNamespace):
            yield f"{kind.__name__} is no ActivityNamespace"
            continue
        if address_of(plugin, kind) in seen:
            yield f"two namespaces have the address {address_of(plugin, kind)}"
        seen.add(address_of(plugin, kind))
        for event, handler in handlers_of(kind).items():
            yield from _handler_faults(kind, event, handler, demands)
        for stream in kind.streams:
            if not stream.name.startswith(f"{plugin}.") or ":" in stream.name:
                yield f"the stream {stream.name!r} does not begin with '{plugin}.'"
            if stream.reads not in demands or stream.reads == PUBLIC:
                yield f"the stream {stream.name!r} asks for {stream.reads!r}, which nobody knows"


def _handler_faults(
    kind: type[ActivityNamespace], event: str, handler: Handler, demands: frozenset[str]
) -> Iterator[str]:
    name, demand = f"{kind.__name__}.on_{event}", demand_of(handler)
    if event in OWN:
        yield f"{name}: core answers {event!r} itself"
    if demand is None:
        yield f"{name} says nothing about access"
    elif demand == PUBLIC:
        yield f"{name} is public, and sockets are for people with an account"
    elif demand not in demands:
        yield f"{name} asks for {demand!r}, a right that nobody knows"
    if store_of(handler) is not None and "activity" not in signature(handler).parameters:
        yield f"{name} is stored together with others, and takes no activity"
    try:
        signature_of(handler)
    except (TypeError, NameError) as error:
        yield f"{name}: {error}"
