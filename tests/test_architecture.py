"""Who may know whom, and how large things may grow. The house rules, held by machine."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import median

import grimp
import pytest

ROOT = Path(__file__).parent.parent
TOP_LEVEL = {
    "CHANGES.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "core",
    "deploy",
    "docs",
    "plugins",
    "pyproject.toml",
    "requirements.txt",
    "templates",
    "tests",
    "tools",
}
SOURCES = sorted(
    path for folder in ("core", "plugins", "tools") for path in (ROOT / folder).rglob("*.py")
)
CODE = [path for path in SOURCES if not {"migrations", "tests"} & set(path.parts)]
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions() -> Iterator[tuple[str, int]]:
    """Every function with its length in lines, signature and docstring included."""
    for path in CODE:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, Function):
                yield f"{name_of(path)}:{node.name}", (node.end_lineno or 0) - node.lineno + 1


def test_layers_are_as_pyproject_says() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert " 0 broken" in done.stdout


def test_a_plugin_imports_the_door_of_core_and_itself_alone() -> None:
    graph = grimp.build_graph("core", "plugins", cache_dir=None)
    plugins = sorted(graph.find_children("plugins"))
    assert plugins, "there is no plugin to look at"
    strangers = {
        (module, imported)
        for plugin in plugins
        for module in {plugin, *graph.find_descendants(plugin)}
        if ".tests" not in module
        for imported in graph.find_modules_directly_imported_by(module)
        if imported.split(".")[0] in ("core", "plugins")
        and imported != "core.api"
        and imported != plugin
        and not imported.startswith(f"{plugin}.")
    }
    assert strangers == set()


def test_core_never_names_a_plugin() -> None:
    """No kind, table, endpoint or capability of a plugin stands in core or its templates."""
    names = {path.name for path in (ROOT / "plugins").iterdir() if (path / "plugin.py").exists()}
    assert names
    suspects = [f'"{name}"' for name in names] + [f"{name}." for name in names]
    told = {
        (name_of(path), suspect)
        for path in CODE
        if path.is_relative_to(ROOT / "core")
        for text in strings_of(tree_of(path))
        for suspect in suspects
        if f'"{text}"' == suspect or text.startswith(suspect)
    }
    assert told == set()


def strings_of(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def importers_of(library: str) -> set[str]:
    return {name_of(path) for path in SOURCES if library in set(imports_of(tree_of(path)))}


def imports_of(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def test_html_from_people_is_cleaned_in_one_place() -> None:
    assert importers_of("bleach") == {"core/platform/html.py"}


def test_only_operations_commit() -> None:
    """Only ``session`` commits count: a migration commits its own connection."""
    committers = {
        name_of(path)
        for path in SOURCES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "commit"
        and "session" in ast.unparse(node.func.value)
    }
    assert committers == {"core/platform/db.py"}


def test_importing_the_command_line_imports_nothing_that_patching_must_precede() -> None:
    code = (
        "import sys, core.cli; print(*sorted({name.split('.')[0] for name in sys.modules}"
        " - sys.stdlib_module_names))"
    )
    command = [sys.executable, "-Sc", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert set(done.stdout.split()) <= {"core", "__main__"}, done.stdout + done.stderr


def test_the_top_level_stays_as_planned() -> None:
    command = ["git", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    names = {name.split("/")[0] for name in listed.stdout.split("\0") if name}
    assert {name for name in names if not name.startswith(".")} == TOP_LEVEL


@pytest.mark.parametrize("word", ["utils", "helpers", "manager", "data", "misc", "common"])
def test_no_module_has_a_name_that_says_nothing(word: str) -> None:
    assert [name_of(path) for path in SOURCES if word in (path.stem, path.parent.name)] == []


def test_files_stay_below_400_lines() -> None:
    lengths = {name_of(path): len(path.read_text().splitlines()) for path in CODE}
    assert {name: length for name, length in lengths.items() if length >= 400} == {}


def test_a_plugins_face_stays_below_80_lines() -> None:
    faces = [path for path in CODE if path.name == "plugin.py" and "plugins" in path.parts]
    lengths = {name_of(path): len(path.read_text().splitlines()) for path in faces}
    assert {name: length for name, length in lengths.items() if length >= 80} == {}


def test_functions_stay_small() -> None:
    lengths = dict(functions())
    assert {name: length for name, length in lengths.items() if length > 50} == {}
    assert median(lengths.values()) < 10
    assert sum(length < 30 for length in lengths.values()) >= 0.9 * len(lengths)


def test_rows_are_held_so_that_others_may_point_to_them() -> None:
    """See ``core.platform.db.HOLD``: a stronger lock makes operations wait in a circle."""
    bare = re.compile(r"with_for_update(\(\)|=True)")
    found = [name_of(path) for path in CODE if bare.search(path.read_text(encoding="utf-8"))]
    assert found == []


def test_relationships_name_their_class() -> None:
    """A bare name is looked for among the models of all plugins, where another may have it too."""
    nameless = [
        f"{name_of(path)}:{node.lineno}"
        for path in CODE
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "relationship"
        and not (node.args and isinstance(node.args[0], ast.Name | ast.Lambda))
    ]
    assert nameless == []
