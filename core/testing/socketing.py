"""The part of the contract that is about sockets; see :mod:`core.testing.contract`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from core.access.marks import SIGNED_IN
from core.realtime.arguments import signature_of
from core.realtime.namespaces import ActivityNamespace, address_of, handlers_of
from core.testing.cast import Made
from core.testing.searching import SearchContract
from core.testing.sockets import Socket
from core.testing.switches import switch_plugin

if TYPE_CHECKING:
    from core.testing.contract import Stage

REFUSED = (401, 403, 404)
RUBBISH: tuple[Any, ...] = (
    None, [], "rubbish", 7, {"activity": "1"}, {"activity": -1}, {"activity": 10**30},
    {"unknown": 1},
)  # fmt: skip


class SocketContract(SearchContract):
    """What every event of a plugin's namespaces promises."""

    def test_no_socket_opens_for_a_guest(self, stage: Stage) -> None:
        for kind in stage.installed.manifest.namespaces:
            assert not self._socket(stage, kind, None).is_connected

    def test_every_event_refuses_an_outsider(self, stage: Stage) -> None:
        for kind in stage.installed.manifest.namespaces:
            socket = self._socket(stage, kind, stage.outsider)
            for event, facts in _events(kind, stage.activities):
                self._refused(socket, event, facts)

    def test_every_event_refuses_activities_of_another_community(self, stage: Stage) -> None:
        stranger = stage.cast.member(stage.other)
        for kind in stage.installed.manifest.namespaces:
            socket = self._socket(stage, kind, stranger)
            for number in (*stage.activities[:1], 2_000_000_000):
                for event, facts in _events(kind, [number]):
                    self._refused(socket, event, facts)

    def test_every_event_is_gone_when_the_plugin_is_off(self, stage: Stage) -> None:
        for kind in stage.installed.manifest.namespaces:
            socket = self._socket(stage, kind, stage.coordinator)
            switch_plugin(stage.app, self.plugin, stage.community.id, False)
            for event, facts in _events(kind, stage.activities):
                if "activity" in facts:
                    self._refused(socket, event, facts)
            switch_plugin(stage.app, self.plugin, None, False)
            for event, facts in _events(kind, stage.activities):
                self._refused(socket, event, facts)
            assert not self._socket(stage, kind, stage.coordinator).is_connected
            switch_plugin(stage.app, self.plugin, None, True)
            switch_plugin(stage.app, self.plugin, stage.community.id, True)

    def test_every_event_says_what_is_wrong_with_rubbish(self, stage: Stage) -> None:
        for kind in stage.installed.manifest.namespaces:
            socket = self._socket(stage, kind, stage.coordinator)
            for event in handlers_of(kind):
                for rubbish in RUBBISH:
                    answer = socket.send(event, rubbish)
                    # One that needs nothing has nothing against nothing.
                    assert answer.get("status", 0) < 500, f"{event} {rubbish!r}: {answer}"

    def _socket(self, stage: Stage, kind: type[ActivityNamespace], who: Made | None) -> Socket:
        browser = stage.cast.browser(who) if who else stage.app.test_client()
        return Socket(stage.app, browser, address_of(self.plugin, kind))

    def _refused(self, socket: Socket, event: str, facts: dict[str, Any]) -> None:
        answer = socket.send(event, facts)
        assert answer.get("status") in REFUSED, f"{event} {facts}: {answer}"


def _events(
    kind: type[ActivityNamespace], activities: list[int]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Events that some people may not send: those of an activity, and of rights on the site."""
    for event, handler in handlers_of(kind).items():
        if signature_of(handler).given and activities:
            yield event, {"activity": activities[0]}
    for stream in kind.streams:
        if activities and stream.reads != SIGNED_IN:
            yield "join", {"stream": stream.name, "activity": activities[0]}
            yield "missed", {"stream": stream.name, "activity": activities[0]}
