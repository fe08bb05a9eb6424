"""``sreda plugins check``: the contract for whoever installs a stranger's plugin."""

from __future__ import annotations

from pathlib import Path

import pytest

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


@pytest.fixture
def site(tmp_path: Path) -> Installation:
    lay_out(tmp_path, BOOKMARKS, "bookmarks", "sreda_bookmarks.plugin")
    write(tmp_path, "careless", CARELESS)
    write(tmp_path, "broken", "import no_such_module")
    paths = f"{tmp_path}:{ROOT}"
    return Installation({"SREDA_DATA_DIR": str(tmp_path), "PYTHONPATH": paths}, patience=300)


def test_the_example_keeps_the_contract(site: Installation) -> None:
    done = site.run("plugins", "check", "bookmarks")
    assert done.stdout.strip() == "bookmarks keeps the contract.", done.stdout + done.stderr
    assert done.returncode == 0


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
