"""Rendering a plugin, into the checkout or as a package of its own; wholly or not at all."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import entry_points, version
from pathlib import Path

from core.contract.discovery import GROUP
from core.contract.manifest import API_VERSION
from core.errors import SetupError
from core.platform import messages
from core.platform.db import utcnow
from core.scaffold.naming import check_name

HERE = Path(__file__).parent
CHECKOUT = HERE.parent.parent
SUFFIX = ".in"
TABLE = '[project.entry-points."sreda.plugins"]\n'


@dataclass(frozen=True)
class Made:
    """What was made: where the commands are given, the plugin's code, its tests, and its module."""

    root: Path
    folder: Path
    tests: Path
    module: str


def new_plugin(name: str, checkout: Path = CHECKOUT) -> Made:
    """A plugin among those that come with Sreda: its folder, and its line in pyproject.toml.

    Raises SetupError with a sentence for a bad name or place; then nothing is left behind.
    """
    project, folder = checkout / "pyproject.toml", checkout / "plugins" / name
    if not (project.exists() and folder.parent.is_dir()):
        raise SetupError(
            "This Sreda is installed, it is no checkout to add a plugin to. "
            "Make a package of its own: sreda plugins new NAME --package FOLDER"
        )
    check_name(name, _taken() | {path.name for path in folder.parent.iterdir() if path.is_dir()})
    declared = _declared(project.read_text(encoding="utf-8"), name)
    made = Made(checkout, folder, folder / "tests", f"plugins.{name}")
    with _whole(folder) as draft:
        _render(HERE / "plugin", draft, _words(name, made.module))
        _render(HERE / "plugin_tests", draft / "tests", _words(name, made.module))
        _fill_catalogue(draft, name)
    try:
        _replace(project, declared)
    except OSError as error:
        shutil.rmtree(folder)
        raise SetupError(f"{project} cannot be written: {error.strerror}.") from error
    return made


def new_package(name: str, folder: Path) -> Made:
    """A plugin as a package of its own in a folder that is new or empty."""
    check_name(name, _taken())
    folder = folder.absolute()
    module = f"sreda_{name}"
    made = Made(folder, folder / module, folder / "tests", module)
    with _whole(folder) as draft:
        _render(HERE / "package", draft, _words(name, module))
        _render(HERE / "plugin", draft / module, _words(name, module))
        _render(HERE / "plugin_tests", draft / "tests", _words(name, module))
        _fill_catalogue(draft / module, name)
    return made


def _taken() -> set[str]:
    return {entry.name for entry in entry_points(group=GROUP)}


def _words(name: str, module: str) -> dict[str, str]:
    return {
        "name": name,
        "module": module,
        "title": name.replace("_", " ").capitalize(),
        "distribution": f"sreda-{name.replace('_', '-')}",
        "core_api": ".".join(map(str, API_VERSION)),
        "sreda": version("sreda"),
        "year": str(utcnow().year),
    }


@contextmanager
def _whole(folder: Path) -> Iterator[Path]:
    """A folder beside the wanted one, which takes its place when everything went well."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SetupError(f"{folder} is there already, and not empty.")
    above = next(path for path in folder.parents if path.exists())
    if not above.is_dir():
        raise SetupError(f"{above} is no folder.")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".sreda-") as scratch:
            draft = Path(scratch) / folder.name
            draft.mkdir()
            yield draft
            draft.replace(folder)
    except OSError as error:
        raise SetupError(f"{folder} cannot be written: {error.strerror}.") from error


def _render(source: Path, target: Path, words: dict[str, str]) -> None:
    for template in sorted(source.rglob(f"*{SUFFIX}")):
        path = target / _filled(str(template.relative_to(source)), words).removesuffix(SUFFIX)
        path.parent.mkdir(parents=True, exist_ok=True)
        text = template.read_text(encoding="utf-8")
        path.write_text(_filled(text, words), encoding="utf-8")


def _filled(text: str, words: dict[str, str]) -> str:
    return re.sub(r"@(\w+)@", lambda found: words[found[1]], text)


def _fill_catalogue(folder: Path, name: str) -> None:
    """Bring the catalogue into order; until somebody says it in Russian, the title stays as is."""
    words = messages.words_of(folder, name)
    messages.update(words)
    path = words.path("ru")
    text = path.read_text(encoding="utf-8")
    untranslated = r'msgid "(.+)"\nmsgstr ""\n'
    path.write_text(re.sub(untranslated, r'msgid "\1"\nmsgstr "\1"\n', text), encoding="utf-8")


def _declared(project: str, name: str) -> str:
    """The text of pyproject.toml with one more entry point, in the order of the names."""
    head, table, rest = project.partition(TABLE)
    if not table:
        raise SetupError('pyproject.toml has no [project.entry-points."sreda.plugins"].')
    lines, _, tail = rest.partition("\n\n")
    entries = sorted([*lines.splitlines(), f'{name} = "plugins.{name}.plugin"'])
    return head + table + "\n".join(entries) + "\n\n" + tail


def _replace(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.new")
    draft.write_text(text, encoding="utf-8")
    shutil.copymode(path, draft)
    draft.replace(path)
