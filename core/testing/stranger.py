"""A stranger's plugin, installed for one test: a real package with a real entry point."""

from __future__ import annotations

import importlib
import shutil
import sys
import textwrap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask

from core.platform import migrate
from core.platform.db import db

PREAMBLE = """
from core.api import *
from core.api import ActivityType, Capability, DataRecord, Mount, NavItem, Plugin, Scope, db
from core.api import hookimpl
"""


def install(
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
    name: str,
    source: str,
    files: Mapping[str, str] | None = None,
) -> None:
    """Put a distribution with the plugin ``name`` on the path of this process; see ``write``."""
    write(folder, name, source, files)
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.delitem(sys.modules, f"stranger_{name}", raising=False)
    importlib.invalidate_caches()


def write(folder: Path, name: str, source: str, files: Mapping[str, str] | None = None) -> None:
    """Make a distribution ``stranger-<name>`` in a folder, for a path.

    ``source`` is the body of the plugin's module after the usual imports; ``files`` are further
    files of its package.
    """
    package = folder / f"stranger_{name}"
    _write(package / "__init__.py", PREAMBLE + textwrap.dedent(source))
    for path, text in (files or {}).items():
        _write(package / path, text)
    _write_facts(folder, name, f"stranger_{name}")


def install_package(monkeypatch: pytest.MonkeyPatch, folder: Path, package: Path) -> None:
    """Put a package that lies in a folder on the path, with all its files, as the plugin that it is
    called after. Its face is its module ``plugin``."""
    lay_out(folder, package, package.name, f"{package.name}.plugin")
    monkeypatch.syspath_prepend(str(folder))
    for loaded in [each for each in sys.modules if each.partition(".")[0] == package.name]:
        monkeypatch.delitem(sys.modules, loaded)
    importlib.invalidate_caches()


def lay_out(folder: Path, package: Path, name: str, module: str) -> None:
    """Put a package into a folder for a path, as the plugin ``name`` whose face is ``module``."""
    shutil.copytree(package, folder / package.name, dirs_exist_ok=True)
    _write_facts(folder, name, module)


@contextmanager
def tables_of(app: Flask, plugin: str) -> Iterator[None]:
    """Let a stranger's plugin have its tables in the database of the run for a while."""
    migrate.upgrade_all(app)
    yield
    with app.app_context():
        own = next(owner for owner in migrate.owners(app) if owner.name == plugin)
        migrate.downgrade(db.engine, own)


def _write_facts(folder: Path, name: str, module: str) -> None:
    facts = folder / f"stranger_{name}-1.0.dist-info"
    _write(facts / "METADATA", f"Metadata-Version: 2.1\nName: stranger-{name}\nVersion: 1.0\n")
    _write(facts / "entry_points.txt", f"[sreda.plugins]\n{name} = {module}\n")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
