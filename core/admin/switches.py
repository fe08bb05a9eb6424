"""Which plugins may speak where, read once a request."""

from __future__ import annotations

from flask import g, has_request_context

from core.contract.models import plugins_off_on_site, plugins_on_in
from core.contract.registry import registry


def enabled_plugins(community_id: int | None) -> frozenset[str]:
    """Names of the plugins that are on in a community, or (None) on the site."""
    kept: dict[int | None, frozenset[str]] = (
        g.setdefault("switches", {}) if has_request_context() else {}
    )
    if community_id not in kept:
        installed = registry().installed.keys()
        if community_id is None:
            kept[None] = frozenset(installed - plugins_off_on_site())
        else:
            kept[community_id] = plugins_on_in(community_id) & installed
    return kept[community_id]


def forget_switches() -> None:
    """A switch was turned within this request: read them anew."""
    if has_request_context():
        g.pop("switches", None)
