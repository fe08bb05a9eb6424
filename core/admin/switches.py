"""Which plugins may speak where, read once a request."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping

from flask import current_app, g, has_request_context

from core.contract.models import names, plugins_off_on_site, switches
from core.contract.registry import registry
from core.platform.current import current_facts
from core.platform.migrate import pending


def enabled_plugins(community_id: int | None) -> frozenset[str]:
    """Names of the plugins that are on in a community, or (None) on the site."""
    kept = _kept()
    if community_id not in kept:
        _read([] if community_id is None else [community_id], kept)
    return kept[community_id]


def prepare_switches(community_ids: Iterable[int]) -> None:
    """Read the switches of many communities at once, before a page asks for each."""
    kept = _kept()
    unread = [number for number in community_ids if number not in kept]
    if unread:
        _read(unread, kept)


def keep_switches(off: str | None, community_id: int | None = None, on: str | None = None) -> None:
    """Another query has read the switches of the site, and perhaps of a community, beside its own
    (``names_off``, ``names_on``)."""
    switched_off = names(off)
    here = {} if community_id is None else {community_id: names(on) - switched_off}
    _keep(switched_off, here, _kept())


def _kept() -> dict[int | None, frozenset[str]]:
    kept: dict[int | None, frozenset[str]] = (
        current_facts().setdefault("switches", {}) if has_request_context() else {}
    )
    return kept


def _read(community_ids: list[int], kept: dict[int | None, frozenset[str]]) -> None:
    off, on = switches(community_ids) if community_ids else (plugins_off_on_site(), {})
    _keep(off, on, kept)


def _keep(
    off: frozenset[str],
    on: Mapping[int, frozenset[str]],
    kept: dict[int | None, frozenset[str]],
) -> None:
    installed = registry().installed.keys() - unready()
    kept[None] = frozenset(installed - off)
    kept.update({number: these & installed for number, these in on.items()})


# Seconds after which a site that was behind looks again whether it still is.
LOOK_AGAIN = 5.0


def unready() -> frozenset[str]:
    """Plugins whose tables are not in the shape that they expect: they are not asked for anything.

    Looked up once a process, and again only while there are any: code does not change under it.
    """
    kept: tuple[float, frozenset[str]] | None = current_app.extensions.get("sreda-unready")
    if kept is None or (kept[1] and time.monotonic() > kept[0] + LOOK_AGAIN):
        kept = time.monotonic(), frozenset(pending(current_app))
        current_app.extensions["sreda-unready"] = kept
    return kept[1]


def forget_switches() -> None:
    """A switch was turned within this request: read them anew."""
    if has_request_context():
        g.pop("switches", None)
