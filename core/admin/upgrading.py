"""Bringing a site up to date, with what went wrong kept for the page of plugins."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Flask
from sqlalchemy import delete

from core.access.actors import SYSTEM, Actor
from core.contract.models import UpgradeFailure
from core.platform.db import db, operation
from core.platform.migrate import UpgradeFailed, upgrade_all


def upgrade_site(app: Flask, say: Callable[[str], None]) -> None:
    """Upgrade core and every plugin. Raises SetupError with a sentence for each that failed; it
    stays as it was, cannot be switched on, and its page says why."""
    try:
        upgrade_all(app, say)
    except UpgradeFailed as error:
        _note(SYSTEM, error.reasons)
        raise
    _note(SYSTEM, {})


@operation
def _note(actor: Actor, reasons: Mapping[str, str]) -> None:
    db.session.execute(delete(UpgradeFailure))
    db.session.add_all(UpgradeFailure(plugin=name, reason=why) for name, why in reasons.items())
