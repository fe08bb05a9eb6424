"""Holding an installed plugin against the contract, for the command line."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import os
import tempfile
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from core.activities import counts
from core.contract.discovery import GROUP
from core.contract.registry import registry_of
from core.errors import SetupError
from core.opening import drawing_board

SOURCE = """
from core.testing.contract import PluginContract


class TestContract(PluginContract):
    plugin = {name!r}
"""


def check(name: str) -> list[str]:
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
    return _run(name)


def _run(name: str) -> list[str]:
    import pytest

    findings = Findings()
    # A database of its own kind and folder, whatever the site has.
    os.environ["SREDA_TEST_DATABASE"] = "sqlite"
    with tempfile.TemporaryDirectory(prefix="sreda-check-") as folder:
        Path(folder, "test_contract.py").write_text(SOURCE.format(name=name), encoding="utf-8")
        arguments = [folder, "-q", "-c", os.devnull, "--rootdir", folder, "-p", "no:cacheprovider"]
        with contextlib.redirect_stdout(io.StringIO()) as said:
            status = pytest.main(arguments, plugins=[findings])
    # Visits of the check are nobody's, and their database is gone when the process ends.
    counts.tally.take()
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
