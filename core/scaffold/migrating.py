"""Writing a migration from the models, without looking at anybody's database."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask

from core.contract.registry import registry_of
from core.errors import SetupError
from core.platform.db import db
from core.platform.migrate import Owner, make_revision, owners, plugin_owner, upgrade_all


def draft_migration(app: Flask, name: str, message: str) -> Path | None:
    """Write what the migrations of a plugin (or of core) lack; the path, None if they lack nothing.

    ``app`` stands on an empty database, which is brought to the present shape first. Raises
    SetupError with a sentence where there is no such plugin, its folder cannot be written to, or
    the message, which the file is called after, would not do in it.
    """
    if not re.search(r"\w", message) or re.search(r'["\\]|[^\w\s!-~]', message):
        raise SetupError("Say what changes in a few plain words, such as: 'Polls can be closed'.")
    owner = _owner(app, name)
    upgrade_all(app)
    try:
        return make_revision(db.engine, owner, message)
    except OSError as error:
        raise SetupError(f"{owner.location} cannot be written: {error.strerror}.") from error
    finally:
        db.engine.dispose()


def _owner(app: Flask, name: str) -> Owner:
    registry = registry_of(app)
    known = {owner.name: owner for owner in owners(app)}
    if name in known:
        return known[name]
    plugin = registry.installed.get(name)
    if plugin is None:
        reasons = [f" It was left out: {q.reason}." for q in registry.quarantined if q.name == name]
        raise SetupError(f"There is no plugin called {name!r} here.{''.join(reasons)}")
    return plugin_owner(name, plugin.folder / "migrations", plugin.manifest.requires)
