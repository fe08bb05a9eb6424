"""Taking a plugin away without a trace: its tables, and whatever of it lies in core's.

Works by names alone, so that it can be done when the package is broken or gone already.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Flask
from sqlalchemy import MetaData, Table, func, inspect, select

from core.access.actors import SYSTEM, Actor
from core.admin import events
from core.contract.faults import NAME, RESERVED
from core.contract.registry import registry_of
from core.errors import DomainError
from core.events.log import record
from core.platform.db import after_commit, db, operation
from core.platform.i18n import core_domain
from core.platform.migrate import VERSIONS, downgrade, drop_tables, owners
from core.rooms import TRACES

log = logging.getLogger("sreda.plugins")
_ = core_domain.gettext


@dataclass(frozen=True)
class Remains:
    """What there is of a plugin: rows of its own tables, and in core's by what they are called."""

    name: str
    tables: Mapping[str, int]
    traces: Mapping[str, int]

    @property
    def is_nothing(self) -> bool:
        return not self.tables and not any(self.traces.values())


@dataclass(frozen=True)
class Removed:
    """What was taken away, and sentences about what could not be done as usual."""

    remains: Remains
    remarks: list[str] = field(default_factory=list)


def remains_of(app: Flask, name: str) -> Remains:
    """Count what there is of a plugin, installed or not. Raises DomainError for a name that cannot
    be one, and for a plugin that another one stands on or whose tables bear a like name."""
    _check_name(app, name)
    return Remains(
        name,
        {table: _rows_in(table) for table in tables_of(app, name)},
        {str(trace.title): trace.count(name) for trace in TRACES},
    )


def _check_name(app: Flask, name: str) -> None:
    if not NAME.fullmatch(name) or name in RESERVED:
        raise DomainError(_("“%(name)s” cannot be the name of a plugin.", name=name))
    installed = registry_of(app).installed
    needing = [n for n, plugin in installed.items() if name in plugin.manifest.requires]
    if needing:
        names = ", ".join(needing)
        raise DomainError(_("These plugins need it: %(names)s. Remove them first.", names=names))
    alike = [n for n in _known_names(app) if n.startswith(f"{name}_") or name.startswith(f"{n}_")]
    if alike:
        raise DomainError(_("Its tables cannot be told from those of “%(other)s”.", other=alike[0]))


def _known_names(app: Flask) -> set[str]:
    """Of plugins that are installed, or that have left tables with a version."""
    every = inspect(db.engine).get_table_names()
    versions = {table.removeprefix(VERSIONS) for table in every if table.startswith(VERSIONS)}
    return {*registry_of(app).installed, *versions}


def tables_of(app: Flask, name: str) -> list[str]:
    """The tables in the database that bear the plugin's name, with the one of its version."""
    every = inspect(db.engine).get_table_names()
    return [t for t in every if t.startswith(f"{name}_") or t == f"{VERSIONS}{name}"]


def _rows_in(table: str) -> int:
    counted = Table(table, MetaData())
    return db.session.scalar(select(func.count()).select_from(counted)) or 0


def uninstall(app: Flask, name: str) -> Removed:
    """Remove everything there is of a plugin. What it kept outside of the database and of the
    store of uploads nobody but itself knows, so that stays."""
    remains = remains_of(app, name)
    remarks = _remove_tables(app, name)
    _remove_traces(SYSTEM, name)
    return Removed(remains, remarks)


def _remove_tables(app: Flask, name: str) -> list[str]:
    """By its own migrations where they work, else by their names."""
    db.session.rollback()
    owner = next((owner for owner in owners(app) if owner.name == name), None)
    remarks = []
    if owner is not None:
        try:
            downgrade(db.engine, owner)
        except Exception as error:
            log.exception("the migrations of %s could not be taken back", name)
            remarks.append(
                _("Its migrations could not be taken back: %(why)s.", why=str(error).rstrip("."))
            )
    left = tables_of(app, name)
    if left:
        drop_tables(db.engine, left)
        remarks.append(_("Tables were removed by their names: %(names)s.", names=", ".join(left)))
    return remarks


@operation
def _remove_traces(actor: Actor, name: str) -> None:
    for trace in TRACES:
        if trace.before is not None:
            after_commit(trace.before(name))
        trace.remove(name)
    record(events.PLUGIN_REMOVED, actor, plugin=name)
