"""The part of the contract that is about what is over; see :mod:`core.testing.contract`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.access.guard import READS
from core.access.marks import is_lasting
from core.activities.models import Activity
from core.communities.models import Community
from core.contract.manifest import Scope
from core.realtime.arguments import signature_of
from core.realtime.namespaces import handlers_of
from core.testing.socketing import REFUSED, SocketContract

if TYPE_CHECKING:
    from core.testing.contract import Stage


class EndingContract(SocketContract):
    """What a plugin promises where a community has ended, or an activity is in the archive."""

    def test_nothing_changes_in_a_community_that_has_ended(self, stage: Stage) -> None:
        stage.cast._change(Community, stage.community.id, {"state": "liquidated"})
        self._nothing_changes(stage, (Scope.COMMUNITY, Scope.ACTIVITY))

    def test_nothing_changes_in_the_archive(self, stage: Stage) -> None:
        for number in stage.activities:
            stage.cast._change(Activity, number, {"state": "archived"})
        self._nothing_changes(stage, (Scope.ACTIVITY,))

    def _nothing_changes(self, stage: Stage, scopes: tuple[Scope, ...]) -> None:
        browser = stage.cast.browser(stage.coordinator)
        for mount, rule in stage.rules():
            if mount.scope in scopes and not is_lasting(stage.app.view_functions[rule.endpoint]):
                for method in (rule.methods or set()) - READS:
                    address = stage.address(mount, rule)
                    assert address is not None
                    answer = browser.open(address, method=method)
                    assert answer.status_code in REFUSED, f"{method} {address}"
        self._no_event_changes(stage)

    def _no_event_changes(self, stage: Stage) -> None:
        for kind in stage.installed.manifest.namespaces:
            socket = self._socket(stage, kind, stage.coordinator)
            for event, handler in handlers_of(kind).items():
                if signature_of(handler).given and not is_lasting(handler):
                    for number in stage.activities[:1]:
                        self._refused(socket, event, {"activity": number})
