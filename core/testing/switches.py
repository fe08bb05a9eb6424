"""Turning the switches of plugins in tests."""

from __future__ import annotations

from typing import Any

from flask import Flask

from core.access.actors import SYSTEM
from core.contract.models import switch_in_community, switch_on_site
from core.platform.db import operation


def switch_plugin(app: Flask, plugin: str, community_id: int | None, enabled: bool) -> None:
    """Turn the switch of a community, or (None) of the site."""
    with app.app_context():
        _switch(SYSTEM, plugin, community_id, enabled)


@operation
def _switch(actor: Any, plugin: str, community_id: int | None, enabled: bool) -> None:
    if community_id is None:
        switch_on_site(plugin, enabled)
    else:
        switch_in_community(plugin, community_id, enabled)
