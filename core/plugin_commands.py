"""``sreda plugins``: the life of a plugin, from its first line to its removal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from flask import Flask

from core.opening import drawing_board, open_application, read_config


@click.group()
def plugins() -> None:
    """See what is installed, switch it, remove it; make and check plugins of one's own."""


@plugins.command("list")
@click.option("--json", "as_json", is_flag=True, help="For other programs.")
def list_plugins(as_json: bool) -> None:
    """What is installed, and whether it is on."""
    with open_application() as app:
        rows = _plugin_rows(app)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo("{name}  {version}  {state}  {title}".format(**row))


def _plugin_rows(app: Flask) -> list[dict[str, Any]]:
    from core.admin.switches import enabled_plugins
    from core.contract.registry import registry_of

    registry = registry_of(app)
    on = enabled_plugins(None)
    rows = [
        {
            "name": plugin.name,
            "version": plugin.manifest.version,
            "state": "on" if plugin.name in on else "off",
            "title": str(plugin.manifest.title),
            "built_in": plugin.built_in,
            "distribution": plugin.distribution,
        }
        for plugin in registry.installed.values()
    ]
    return rows + [
        {
            "name": plugin.name,
            "version": "-",
            "state": "quarantined",
            "title": plugin.reason,
            "built_in": False,
            "distribution": plugin.distribution,
        }
        for plugin in registry.quarantined
    ]


@plugins.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="For other programs.")
def show(name: str, as_json: bool) -> None:
    """Everything about one plugin: what it is, needs, brings and keeps, and who uses it."""
    from core.admin.plugin_pages import facts_of
    from core.contract.traces import traces

    with open_application():
        facts = facts_of(name, traces())
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
        return
    for title, value in facts.items():
        for line in _lines(value):
            click.echo(f"{title:14} {line}")
            title = ""


def _lines(value: Any) -> list[str]:
    """A fact as lines; nothing for one that is empty."""
    if isinstance(value, Mapping):
        return [f"{name}: {count}" for name, count in value.items() if count]
    if isinstance(value, list):
        return [", ".join(map(str, value))] if value else []
    return str(value).splitlines() if value != "" else []


@plugins.command()
@click.argument("name")
@click.option("--package", metavar="FOLDER", help="As a package of its own, in this new folder.")
def new(name: str, package: str | None) -> None:
    """Make a plugin that works, to be changed into the one that is wanted."""
    from core.scaffold.render import new_package, new_plugin
    from core.scaffold.steps import next_steps

    made = new_package(name, Path(package)) if package is not None else new_plugin(name)
    click.echo("\n".join(next_steps(made)))


@plugins.command()
@click.argument("name")
@click.argument("message")
def migration(name: str, message: str) -> None:
    """Write the migration that brings a plugin's tables to what its models say now."""
    from core.scaffold.migrating import draft_migration
    from core.scaffold.steps import shown

    with drawing_board() as app:
        path = draft_migration(app, name, message)
    if path is None:
        click.echo(f"The migrations of {name} are what its models say: nothing to write.")
    else:
        click.echo(f"Written: {shown(path)}. Read it before you commit it.")


@plugins.command()
@click.argument("name")
@click.option("--community", metavar="SLUG", help="In this community only.")
@click.option("--yes", is_flag=True, help="Without asking: also what it needs.")
def enable(name: str, community: str | None, yes: bool) -> None:
    """Switch a plugin on, on the site or in one community, with what it needs."""
    _switch(name, True, community, yes)


@plugins.command()
@click.argument("name")
@click.option("--community", metavar="SLUG", help="In this community only.")
@click.option("--yes", is_flag=True, help="Without asking: also what needs it.")
def disable(name: str, community: str | None, yes: bool) -> None:
    """Switch a plugin off, with what needs it. Nothing is deleted."""
    _switch(name, False, community, yes)


def _switch(name: str, enabled: bool, community: str | None, yes: bool) -> None:
    from core.access.actors import SYSTEM
    from core.admin.switching import OthersToo, set_plugin_enabled

    with open_application():
        try:
            set_plugin_enabled(SYSTEM, name, enabled, community, others=yes)
        except OthersToo as error:
            names = ", ".join([*error.others, name])
            click.echo(str(error))
            click.confirm(f"Switch {'on' if enabled else 'off'} {names}?", abort=True)
            set_plugin_enabled(SYSTEM, name, enabled, community, others=True)


@plugins.command()
@click.argument("name")
@click.option("--dry-run", is_flag=True, help="Count what would be removed, and remove nothing.")
@click.option("--yes", is_flag=True, help="Without asking.")
def uninstall(name: str, dry_run: bool, yes: bool) -> None:
    """Remove everything a plugin keeps: its tables, and all that is written, uploaded and set."""
    from core.platform.backup import keep_copy
    from core.platform.db import db
    from core.uninstall import remains_of, uninstall

    with open_application() as app:
        remains = remains_of(app, name)
        _tell(remains.tables, "rows in the table")
        _tell(remains.traces, "rows:")
        if remains.is_nothing:
            click.echo(f"There is nothing of {name} here.")
        if dry_run or remains.is_nothing:
            return
        if not yes:
            click.confirm(f"Remove all this for good? Nobody can bring {name} back.", abort=True)
        db.session.rollback()
        click.echo(keep_copy(db.engine))
        removed = uninstall(app, name)
        for remark in removed.remarks:
            click.echo(remark)
        click.echo(_farewell(app, name))


def _tell(counts: Mapping[str, int], words: str) -> None:
    for title, count in counts.items():
        if count or words.endswith("table"):
            click.echo(f"{count:8} {words} {title}")


def _farewell(app: Flask, name: str) -> str:
    """What is left to do, which no command of ours can: the package itself."""
    from core.contract.registry import registry_of

    installed = registry_of(app).installed.get(name)
    aside = [q.distribution for q in registry_of(app).quarantined if q.name == name]
    package = installed.distribution if installed else aside[0] if aside else ""
    if installed is not None and installed.built_in:
        return f"Everything of {name} is removed. It comes with Sreda itself: it stays installed."
    if not package:
        return f"Everything of {name} is removed. Start the site again."
    return (
        f"Everything of {name} is removed. Now: pip uninstall {package}, and start the site again."
    )


@plugins.command("check")
@click.argument("name")
@click.option(
    "--database",
    type=click.Choice(["sqlite", "postgresql", "both"]),
    help="On which; unless given on SQLite, and on PostgreSQL too where the site has it.",
)
def check_plugin(name: str, database: str | None) -> int:
    """Hold an installed plugin against the contract, in databases that are thrown away."""
    from core.testing.checking import TITLES, check, databases_of

    config = read_config()
    databases = {None: databases_of(config), "both": tuple(TITLES)}.get(database, (str(database),))
    for sentence in (found := check(name, databases, config)):
        click.echo(sentence)
    if not found:
        click.echo(f"{name} keeps the contract on {' and '.join(TITLES[d] for d in databases)}.")
    return int(bool(found))
