"""Putting real time into an application, and starting it in the process that serves."""

from __future__ import annotations

from typing import Any

import socketio
from flask import Flask

from core.access.marks import SIGNED_IN
from core.contract.registry import Installed, Registry
from core.errors import SetupError
from core.platform.signals import Subject, init_signals, signals_of
from core.platform.sockets import sockets_of
from core.realtime import live, rights, streams
from core.realtime.checks import Checks
from core.realtime.door import Door
from core.realtime.hub import EXTENSION, Finders, Hub, hub_of
from core.realtime.namespaces import namespace_faults
from core.realtime.presence import PRESENT, TYPING, Presence


class Nobody(socketio.Namespace):  # type: ignore[misc]  # it has no types
    """The address without a name, which Socket.IO would open to strangers: nothing is there."""

    def on_connect(self, sid: str, environ: dict[str, Any]) -> bool:
        """Close the link."""
        return False


def install_realtime(app: Flask, finders: Finders) -> None:
    """Give the application its rooms and core's own sockets; ``open_doors`` adds a plugin's."""
    hub = app.extensions[EXTENSION] = Hub(app, finders)
    pages = app.extensions[live.EXTENSION] = live.Pages(hub)
    init_signals(app, app.config["SREDA"])
    signals = signals_of(app)
    present = Presence(hub)
    hub.came_or_went, hub.renew = present.came_or_went, present.renew
    signals.hear(PRESENT, present.take)
    signals.hear(TYPING, present.take_typing)
    signals.hear(streams.SIGNAL, lambda subjects: hub.touch(_addresses(hub, subjects)))
    checks = Checks(hub)
    hub.recheck = checks.look_around
    signals.hear(rights.SIGNAL, checks.doubt)
    signals.hear(live.SIGNAL, pages.take)
    app.extensions["sreda-presence"] = present
    sockets_of(app).register_namespace(Nobody("/"))
    sockets_of(app).register_namespace(Door(hub, present, None, live.LiveNamespace))
    app.jinja_env.globals["live"] = live.live


def _addresses(hub: Hub, subjects: list[Subject]) -> list[str]:
    return [str(subject[0]) for subject in subjects] or list(hub.rooms)


def refuse_faulty_namespaces(registry: Registry, plugin: Installed) -> None:
    """Raise SetupError for a namespace that says nothing about access, or cannot be called."""
    demands = frozenset(registry.capabilities()) | {SIGNED_IN}
    for fault in namespace_faults(plugin.name, plugin.manifest.namespaces, demands):
        raise SetupError(fault)


def open_doors(app: Flask, plugin: Installed) -> None:
    """Let browsers reach the namespaces of a plugin that was found sound."""
    for kind in plugin.manifest.namespaces:
        door = Door(hub_of(app), app.extensions["sreda-presence"], plugin.name, kind)
        sockets_of(app).register_namespace(door)


def serve_realtime(app: Flask) -> None:
    """In the process that serves: hear the others, and look after the rooms."""
    signals_of(app).listen(app)
    sockets_of(app).start_background_task(hub_of(app).look_after)
