"""The commands of ``sreda``. Each is a thin door: it calls the operation that a page calls too."""

from __future__ import annotations

import json
import os
import secrets
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from flask import Flask

from core.config import Config
from core.errors import DomainError, SetupError


def run_command(arguments: Sequence[str]) -> int:
    """Run one command line and answer its exit status; errors are sentences on standard error."""
    from sqlalchemy.exc import OperationalError

    try:
        status = cli.main(list(arguments), "sreda", standalone_mode=False)
    except click.exceptions.Abort:
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (SetupError, DomainError) as error:
        print(error, file=sys.stderr)
        return 1
    except OperationalError as error:
        from core.check import refusal_of

        print(refusal_of(error), "Look with: sreda check", file=sys.stderr)
        return 1
    return status if isinstance(status, int) else 0


@click.group()
@click.version_option(package_name="sreda")
def cli() -> None:
    """Sreda, a virtual learning space for network communities of teachers."""


@contextmanager
def _application() -> Iterator[Flask]:
    """The application, in its context, for a command that reads or changes something."""
    from core.app import create_app

    app = create_app(_config())
    with app.app_context():
        yield app


def _config() -> Config:
    return Config.from_environ(os.environ)


@contextmanager
def _drawing_board() -> Iterator[Flask]:
    """An application on an empty database of its own, for commands that look at code alone."""
    from core.app import create_app

    with tempfile.TemporaryDirectory(prefix="sreda-") as folder:
        app = create_app(
            Config(
                secret_key=secrets.token_urlsafe(48),
                database_url=f"sqlite:///{folder}/scratch.db",
                data_dir=Path(folder),
            )
        )
        with app.app_context():
            yield app


@cli.command()
@click.option("--jobs/--no-jobs", default=True, help="Whether to start the process for jobs too.")
@click.option("--demo", is_flag=True, help="Before: upgrade, and fill the site if nobody is there.")
def run(jobs: bool, demo: bool) -> None:
    """Serve pages and sockets, and do jobs in a process beside."""
    from core.serve import run as serve

    serve(_config(), jobs=jobs, demo=demo)


@cli.command()
@click.option("--child", is_flag=True, hidden=True)
def worker(child: bool) -> None:
    """Read the event log and do jobs: what was put off, and what is periodic."""
    from core.worker import run as work

    work(_config(), child=child)


@cli.command()
def upgrade() -> None:
    """Bring the database up to date: core first, then every plugin."""
    from core.platform.migrate import upgrade_all

    with _application() as app:
        upgrade_all(app)


@cli.command()
@click.option("--if-empty", is_flag=True, help="Leave a site alone where people have accounts.")
def demo(if_empty: bool) -> None:
    """Fill an empty site with a community at work, and print who can sign in."""
    from core.app import create_app
    from core.demo.opening import open_demo

    for sign_in in open_demo(create_app(_config()), only_if_empty=if_empty):
        click.echo(str(sign_in))


@cli.group()
def plugins() -> None:
    """See what is installed, and switch it on or off."""


@plugins.command("list")
@click.option("--json", "as_json", is_flag=True, help="For other programs.")
def list_plugins(as_json: bool) -> None:
    """What is installed, and whether it is on."""
    with _application() as app:
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
@click.option("--package", metavar="FOLDER", help="As a package of its own, in this new folder.")
def new(name: str, package: str | None) -> None:
    """Make a plugin that works, to be changed into the one that is wanted."""
    from core.scaffold.render import new_package, new_plugin
    from core.scaffold.steps import next_steps

    made = new_package(name, Path(package)) if package else new_plugin(name)
    click.echo("\n".join(next_steps(made)))


@plugins.command()
@click.argument("name")
@click.argument("message")
def migration(name: str, message: str) -> None:
    """Write the migration that brings a plugin's tables to what its models say now."""
    from core.scaffold.migrating import draft_migration
    from core.scaffold.steps import shown

    with _drawing_board() as app:
        path = draft_migration(app, name, message)
    if path is None:
        click.echo(f"The migrations of {name} are what its models say: nothing to write.")
    else:
        click.echo(f"Written: {shown(path)}. Read it before you commit it.")


@plugins.command()
@click.argument("name")
@click.option("--community", metavar="SLUG", help="In this community only.")
def enable(name: str, community: str | None) -> None:
    """Switch a plugin on, on the site or in one community."""
    _switch(name, True, community)


@plugins.command()
@click.argument("name")
@click.option("--community", metavar="SLUG", help="In this community only.")
def disable(name: str, community: str | None) -> None:
    """Switch a plugin off. Nothing is deleted."""
    _switch(name, False, community)


def _switch(name: str, enabled: bool, community: str | None) -> None:
    from core.access.actors import SYSTEM
    from core.admin.operations import set_plugin_enabled

    with _application():
        set_plugin_enabled(SYSTEM, name, enabled, community=community)


@cli.group()
def people() -> None:
    """Accounts."""


@people.command("make-admin")
@click.argument("email")
def make_admin(email: str) -> None:
    """Make somebody who has an account an administrator of the site."""
    from core.access.actors import SYSTEM
    from core.people.operations import make_administrator

    with _application():
        make_administrator(SYSTEM, email)
    click.echo(f"{email} is an administrator now.")


@cli.command()
def messages() -> None:
    """Bring the catalogues of core and of the plugins below this folder up to date."""
    from core.contract.registry import registry_of
    from core.platform.messages import update_all, words_of

    with _drawing_board() as app:
        owners = {plugin.name: plugin.folder for plugin in registry_of(app).installed.values()}
    owners = {"core": Path(__file__).resolve().parent, **owners}
    here = {n: folder for n, folder in owners.items() if folder.is_relative_to(Path.cwd())}
    if not here:
        raise SetupError("No plugin that is installed here has its code below this folder.")
    for line in update_all(words_of(folder, name) for name, folder in here.items()):
        click.echo(line)


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="For other programs.")
def check(as_json: bool) -> int:
    """Say what is wrong with this installation; exit status 1 if something must be mended."""
    from core.check import Level, findings

    found = list(findings(os.environ))
    if as_json:
        rows = [{"level": f.level, "about": f.about, "text": f.text} for f in found]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for finding in found:
            click.echo(f"{finding.level:8} {finding.text}")
    return int(any(finding.level is Level.ERROR for finding in found))
