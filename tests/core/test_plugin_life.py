"""The life of a plugin on the command line: seen, switched with what it needs, upgraded, checked,
and removed without a trace."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.testing.stranger import lay_out, write
from tests.core.installation import Installation

ROOT = Path(__file__).parent.parent.parent
BOOKMARKS = ROOT / "docs" / "examples" / "sreda-bookmarks" / "sreda_bookmarks"

READER = """
@hookimpl
def plugin_manifest():
    return Plugin(name="reader", title="Reader", version="2.0", requires=("bookmarks",))
"""

GREEDY = {
    "migrations/0001_initial.py": """
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.execute("ALTER TABLE users ADD COLUMN greedy INTEGER")


def downgrade():
    pass
"""
}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of packages: bookmarks, and a plugin that requires them."""
    folder = tmp_path_factory.mktemp("packages")
    lay_out(folder, BOOKMARKS, "bookmarks", "sreda_bookmarks.plugin")
    write(folder, "reader", READER)
    return folder


@pytest.fixture(scope="module")
def site(installation: Installation, path: Path) -> Installation:
    settings = installation.settings | {"PYTHONPATH": f"{path}:{ROOT}"}
    made = Installation(settings)
    done = made.run("upgrade")
    assert done.returncode == 0, done.stderr
    return made


def shown(site: Installation, name: str) -> dict[str, Any]:
    done = site.run("plugins", "show", name, "--json")
    assert done.returncode == 0, done.stderr
    facts: dict[str, Any] = json.loads(done.stdout)
    return facts


def states(site: Installation) -> dict[str, str]:
    listed = site.run("plugins", "list", "--json")
    return {row["name"]: row["state"] for row in json.loads(listed.stdout)}


@pytest.fixture
def engine(site: Installation) -> Iterator[sa.Engine]:
    url = site.settings.get("DATABASE_URL") or f"sqlite:///{site.folder}/sreda.db"
    engine = sa.create_engine(url)
    yield engine
    engine.dispose()


def test_a_plugin_is_shown_with_what_it_needs_brings_and_keeps(site: Installation) -> None:
    facts = shown(site, "bookmarks")
    assert facts["version"] == "1.0"
    assert facts["state"] == "on"
    assert facts["migrations"] == "up to date"
    assert facts["required by"] == ["reader"]
    assert "content_actions" in facts["hooks"]
    assert facts["tables"] == {"bookmarks_saved": 0}
    said = site.run("plugins", "show", "bookmarks").stdout
    assert "bookmarks_saved" not in said, "what is empty need not be said"
    assert "reader" in said


def test_what_is_not_there_is_told_in_a_sentence(site: Installation) -> None:
    for command in ("show", "uninstall", "check"):
        done = site.run("plugins", command, "No-Such-Thing")
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert len((done.stderr or done.stdout).strip().splitlines()) == 1


def test_what_needs_another_is_switched_with_it_in_one_operation(site: Installation) -> None:
    refused = site.run("plugins", "disable", "bookmarks")
    assert refused.returncode != 0
    assert "Reader" in refused.stdout
    assert states(site)["bookmarks"] == states(site)["reader"] == "on"
    assert site.run("plugins", "disable", "bookmarks", "--yes").returncode == 0
    assert states(site)["bookmarks"] == states(site)["reader"] == "off"
    refused = site.run("plugins", "enable", "reader")
    assert refused.returncode != 0
    assert states(site)["reader"] == "off"
    assert site.run("plugins", "enable", "reader", "--yes").returncode == 0
    assert states(site)["bookmarks"] == states(site)["reader"] == "on"


def test_what_another_needs_is_not_removed(site: Installation) -> None:
    refused = site.run("plugins", "uninstall", "bookmarks", "--yes")
    assert refused.returncode == 1
    assert "reader" in refused.stderr


def test_an_upgrade_that_fails_keeps_the_old_state_and_says_why(
    site: Installation, tmp_path: Path, engine: sa.Engine
) -> None:
    write(tmp_path, "greedy", READER.replace("reader", "greedy").replace(
        ', requires=("bookmarks",)', ""), GREEDY)  # fmt: skip
    paths = f"{tmp_path}:{site.settings['PYTHONPATH']}"
    greedy = Installation(site.settings | {"PYTHONPATH": paths})
    failed = greedy.run("upgrade")
    assert failed.returncode == 1
    assert "greedy touch the table" in failed.stderr
    assert "Traceback" not in failed.stderr.splitlines()[-1]
    facts = shown(greedy, "greedy")
    assert facts["migrations"] == "behind"
    assert "touch the table" in facts["upgrade error"]
    assert facts["state"] == "on", "it is on, but not asked while its tables are behind"
    refused = greedy.run("plugins", "enable", "greedy")
    assert refused.returncode == 1
    assert "sreda upgrade" in refused.stderr
    assert "greedy" not in "".join(sa.inspect(engine).get_table_names())


def test_a_built_in_plugin_is_removed_without_a_trace(
    site: Installation, engine: sa.Engine
) -> None:
    done = site.run("demo")
    assert done.returncode == 0, done.stderr
    before = rows(engine)
    counted = site.run("plugins", "uninstall", "forum", "--dry-run")
    assert counted.returncode == 0, counted.stderr
    assert rows(engine) == before, "a dry run only counts"
    asked = site.run("plugins", "uninstall", "forum")
    assert asked.returncode != 0
    assert rows(engine) == before, "nobody said yes"
    removed = site.run("plugins", "uninstall", "forum", "--yes")
    assert removed.returncode == 0, removed.stderr
    assert "copied to" in removed.stdout or "No copy was made" in removed.stdout
    after = rows(engine)
    gone = {table: count - after.get(table, 0) for table, count in before.items()}
    told = {line.split()[-1]: int(line.split()[0]) for line in removed.stdout.splitlines()
            if " rows in the table " in line}  # fmt: skip
    assert told["forum_posts"] == before["forum_posts"] > 0
    assert gone["activities"] > 0
    assert list(traces_of("forum", engine)) == []
    assert after["users"] == before["users"], "people stay"
    assert after["bookmarks_saved"] == 0, "what pointed there went with it"
    again = site.run("plugins", "uninstall", "forum", "--yes")
    assert "There is nothing of forum here." in again.stdout
    assert site.run("upgrade").returncode == 0, "and it can be had anew"


def test_a_plugin_whose_package_is_gone_is_removed_all_the_same(
    site: Installation, engine: sa.Engine, tmp_path: Path
) -> None:
    without = Installation(site.settings | {"PYTHONPATH": str(ROOT)})
    assert "bookmarks" not in states(without)
    removed = without.run("plugins", "uninstall", "bookmarks", "--yes")
    assert removed.returncode == 0, removed.stderr
    assert "bookmarks_saved" in removed.stdout
    assert list(traces_of("bookmarks", engine)) == []


def rows(engine: sa.Engine) -> dict[str, int]:
    metadata = sa.MetaData()
    metadata.reflect(engine)
    with engine.connect() as connection:
        return {
            name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for name, table in metadata.tables.items()
        }


# What administrators and coordinators did stays in the log of who did what.
DEEDS = ("admin.plugin_removed", "admin.plugin_switched", "communities.plugin_switched")


def traces_of(name: str, engine: sa.Engine) -> Iterator[str]:
    """Everything in the whole database that bears the plugin's name, or belongs to what does."""
    metadata = sa.MetaData()
    metadata.reflect(engine)
    for table in metadata.tables.values():
        if table.name.startswith(f"{name}_") or table.name == f"alembic_version_{name}":
            yield table.name
        with engine.connect() as connection:
            for row in connection.execute(sa.select(table)).mappings():
                if row.get("kind") in DEEDS:
                    continue
                for column, value in row.items():
                    words = str(value)
                    if words == name or words.startswith((f"{name}.", f"{name}_", f"/{name}/")):
                        yield f"{table.name}.{column}: {words}"
