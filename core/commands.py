"""The commands of ``sreda``. Each is a thin door: it calls the operation that a page calls too."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from core.errors import DomainError, SetupError
from core.opening import drawing_board, open_application, read_config
from core.plugin_commands import plugins


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


cli.add_command(plugins)


@cli.command()
@click.option("--jobs/--no-jobs", default=True, help="Whether to start the process for jobs too.")
@click.option("--demo", is_flag=True, help="Before: upgrade, and fill the site if nobody is there.")
def run(jobs: bool, demo: bool) -> None:
    """Serve pages and sockets, and do jobs in a process beside."""
    from core.serve import run as serve

    serve(read_config(), jobs=jobs, demo=demo)


@cli.command()
@click.option("--child", is_flag=True, hidden=True)
def worker(child: bool) -> None:
    """Read the event log and do jobs: what was put off, and what is periodic."""
    from core.worker import run as work

    work(read_config(), child=child)


@cli.command()
def upgrade() -> None:
    """Bring the database up to date: core first, then every plugin."""
    from core.admin.upgrading import upgrade_site

    with open_application() as app:
        upgrade_site(app, click.echo)


@cli.command()
@click.option("--if-empty", is_flag=True, help="Leave a site alone where people have accounts.")
def demo(if_empty: bool) -> None:
    """Fill an empty site with a community at work, and print who can sign in."""
    from core.app import create_app
    from core.demo.opening import open_demo

    for sign_in in open_demo(create_app(read_config()), only_if_empty=if_empty):
        click.echo(str(sign_in))


@cli.group()
def people() -> None:
    """Accounts."""


@people.command("make-admin")
@click.argument("email")
def make_admin(email: str) -> None:
    """Make somebody who has an account an administrator of the site."""
    from core.access.actors import SYSTEM
    from core.people.operations import make_administrator

    with open_application():
        make_administrator(SYSTEM, email)
    click.echo(f"{email} is an administrator now.")


@cli.command()
@click.option("--community", metavar="SLUG", help="What belongs to this community only.")
def reindex(community: str | None) -> None:
    """Read everything anew for search, while the site goes on. Break it off whenever you like: the
    worker does the rest, and so does this command when it is called again."""
    from core.communities.queries import community_by_slug
    from core.errors import Missing
    from core.search.indexing import LARGE, ask_for_all, backlog, take_in

    with open_application():
        place = community_by_slug(community) if community else None
        if community and place is None:
            raise Missing(f"There is no community {community}.")
        for _part in ask_for_all(place):
            pass
        waiting = backlog().waiting
        with click.progressbar(length=waiting, label="Reading for search") as bar:
            while done := take_in(LARGE):
                bar.update(done)
        failed = backlog().failed
    if failed:
        raise SetupError(f"{failed} changes could not be read; the log says why.")
    click.echo("The index is up to date.")


@cli.command()
def messages() -> None:
    """Bring the catalogues of core and of the plugins below this folder up to date."""
    from core.contract.registry import registry_of
    from core.platform.messages import update_all, words_of

    with drawing_board() as app:
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
