"""Python in the pages of the handbook is no decoration: mypy reads it as it reads our own."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_docs import HANDBOOK, hooks

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# What an example takes as given: the public names, the usual imports, and the rest of the plugin.
PREAMBLE = """
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, Flask, redirect, render_template, url_for
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import ForeignKey, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship
from wtforms import BooleanField, StringField

import core.api
from core.api import *
from core.testing.cast import Cast, Turned

_ = _l = ngettext = Domain("polls").gettext
"""
GIVEN = {
    "queries", "operations", "jobs", "Vote", "Choice", "Poll", "Webinar", "QuestionForm",
    "activity", "community", "people", "question", "viewer",
}  # fmt: skip


def examples() -> list[tuple[str, str]]:
    """Every example with where it stands; the signatures of hooks are compared elsewhere."""
    signatures = set(hooks().values())
    found = []
    for page in HANDBOOK:
        text = page.read_text(encoding="utf-8")
        for block in BLOCK.finditer(text):
            if block[1].strip() not in signatures:
                line = text[: block.start()].count("\n") + 2
                found.append((f"{page.stem}_{line}", block[1]))
    return found


@pytest.mark.parametrize(("place", "source"), examples(), ids=lambda each: each.split("\n")[0][:40])
def test_every_example_is_python(place: str, source: str) -> None:
    ast.parse(source, place)


def test_mypy_has_nothing_against_the_examples(tmp_path: Path) -> None:
    for place, source in examples():
        own = {node.name for node in ast.walk(ast.parse(source)) if hasattr(node, "name")}
        given = "".join(f"{name}: Any\n" for name in sorted(GIVEN - own))
        (tmp_path / f"{place}.py").write_text(f"{PREAMBLE}{given}\n{source}", encoding="utf-8")
    settings = ["--config-file", str(ROOT / "pyproject.toml"), "--no-error-summary"]
    # An example may say a thing twice, and shows a decorator without the library's types.
    relaxed = ["--allow-redefinition", "--disable-error-code=no-redef"]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *settings, *relaxed, "."],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout + done.stderr == ""
