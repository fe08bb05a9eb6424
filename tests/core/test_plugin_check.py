"""``sreda plugins check``: the contract for whoever installs a stranger's plugin."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.testing.postgres import Server
from core.testing.stranger import lay_out, write
from tests.core.installation import Installation

ROOT = Path(__file__).parent.parent.parent
BOOKMARKS = ROOT / "docs" / "examples" / "sreda-bookmarks" / "sreda_bookmarks"
CARELESS = """
from core.people.models import User

@hookimpl
def plugin_manifest():
    return Plugin(name="careless", title="Careless", version="1.0")

@hookimpl
def demo_content(community, cast):
    pass
"""

PICKY = """
import sqlalchemy as sa
from core.api import db

@hookimpl
def plugin_manifest():
    return Plugin(name="picky", title="Picky", version="1.0")

@hookimpl
def demo_content(community, cast):
    db.session.execute(sa.text("SELECT sqlite_version()"))
"""


@pytest.fixture
def site(tmp_path: Path) -> Installation:
    lay_out(tmp_path, BOOKMARKS, "bookmarks", "sreda_bookmarks.plugin")
    write(tmp_path, "careless", CARELESS)
    write(tmp_path, "picky", PICKY)
    write(tmp_path, "broken", "import no_such_module")
    paths = f"{tmp_path}:{ROOT}"
    return Installation({"SREDA_DATA_DIR": str(tmp_path), "PYTHONPATH": paths}, patience=300)


def test_the_example_keeps_the_contract(site: Installation) -> None:
    done = site.run("plugins", "check", "bookmarks")
    assert done.stdout.strip() == "bookmarks keeps the contract on SQLite.", done.stderr
    assert done.returncode == 0


def test_it_is_tried_on_both_databases_where_the_site_has_postgresql(
    site: Installation, postgres: Server
) -> None:
    before = abandoned(postgres)
    with postgres.database() as url:
        own = replace(site, settings=site.settings | {"DATABASE_URL": url})
        done = own.run("plugins", "check", "bookmarks")
    expected = "bookmarks keeps the contract on SQLite and PostgreSQL."
    assert done.stdout.strip() == expected, done.stderr
    assert abandoned(postgres) <= before


def abandoned(server: Server) -> set[str]:
    """Databases whose maker is gone: their names tell its process. Others test there meanwhile."""
    engine = sa.create_engine(server.address)
    with engine.connect() as connection:
        names = set(connection.scalars(sa.text("SELECT datname FROM pg_database")))
    engine.dispose()
    made = {name: re.fullmatch(r"sreda_(\d+)_\d+", name) for name in names}
    return {name for name, by in made.items() if by and not Path(f"/proc/{by[1]}").exists()}


def test_a_promise_that_is_broken_on_postgresql_alone_is_found(site: Installation) -> None:
    done = site.run("plugins", "check", "picky", "--database", "both")
    assert done.returncode == 1
    lines = done.stdout.strip().splitlines()
    assert {line[: len("PostgreSQL: Not kept: ")] for line in lines} == {"PostgreSQL: Not kept: "}
    assert site.run("plugins", "check", "picky", "--database", "sqlite").returncode == 0


def test_a_server_that_lets_no_databases_be_made_is_told_of(site: Installation) -> None:
    nowhere = replace(
        site, settings=site.settings | {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    )
    done = nowhere.run("plugins", "check", "bookmarks", "--database", "postgresql")
    assert done.returncode == 1
    assert "no database can be made on the server" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_every_promise_that_is_not_kept_is_a_sentence(site: Installation) -> None:
    done = site.run("plugins", "check", "careless")
    assert done.returncode == 1
    assert "Not kept: only the api of core is imported" in done.stdout
    assert "core.people.models" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    broken = site.run("plugins", "check", "broken")
    assert broken.returncode == 1
    assert "no_such_module" in broken.stdout


def test_without_pytest_a_sentence_says_what_is_missing(site: Installation) -> None:
    (site.folder / "sitecustomize.py").write_text(
        "import importlib.util as u\n"
        "find = u.find_spec\n"
        "u.find_spec = lambda name, *more: None if name == 'pytest' else find(name, *more)\n"
    )
    done = site.run("plugins", "check", "bookmarks")
    assert done.returncode == 1
    assert "pip install pytest" in done.stderr
