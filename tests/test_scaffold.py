"""``sreda plugins new`` gives a plugin that works, as its author would see it: in the tree and as a
package of its own, which is installed, tested, served and taken away again."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.errors import SetupError
from core.scaffold import render
from tests.core.environment import Environment
from tests.core.installation import Installation, Served

ROOT = Path(__file__).parent.parent
# As long as a name may be: lines of the templates must not grow beyond the limit with it.
LONGEST = "readings_of_distant_colleagues_"[:30] + "x"


def everything_in_the_repository() -> str:
    status = ["git", "status", "--porcelain", "--ignored=no"]
    return subprocess.run(status, cwd=ROOT, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module", autouse=True)
def _nothing_is_left_in_the_repository() -> Iterator[None]:
    before = everything_in_the_repository()
    yield
    assert everything_in_the_repository() == before


@dataclass(frozen=True)
class Package:
    """A package that was made by the command and installed."""

    environment: Environment
    folder: Path
    said: str

    @property
    def code(self) -> Path:
        return self.folder / "sreda_visits"

    def sreda(self, *arguments: str) -> str:
        return self.environment.run(self.folder, "core.cli", *arguments)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    place = tmp_path_factory.mktemp("package")
    environment = Environment.make(place / "venv", ROOT)
    folder = place / "sreda-visits"
    said = environment.run(place, "core.cli", "plugins", "new", "visits", "--package", str(folder))
    environment.install(folder)
    return Package(environment, folder, said)


def test_the_command_says_what_to_type_next(package: Package) -> None:
    commands = [line.strip() for line in package.said.splitlines() if line.startswith("    ")]
    assert [line.split()[-2:] for line in commands] == [
        ["--editable", "."], [str(package.environment.python.with_name("pytest")), "tests"],
        ["run", "--demo"],
    ]  # fmt: skip
    page = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
    options = commands[0].partition(" install ")[2]
    assert f"pip install {options}\n    pytest tests\n    sreda run --demo\n" in page


def test_a_package_passes_its_own_tests_and_the_contract(package: Package) -> None:
    said = package.environment.run(package.folder, "pytest", "-q", "-p", "no:cacheprovider")
    passed = re.search(r"(\d+) passed", said)
    assert passed is not None
    assert int(passed[1]) > 20
    assert "skipped" not in said


def test_a_package_has_nothing_that_ruff_or_mypy_would_change(package: Package) -> None:
    package.environment.check(package.folder)


def test_a_package_is_whole(package: Package) -> None:
    """What a repository of its own needs, and nothing left of the templates."""
    names = {path.name for path in package.folder.iterdir()}
    assert names >= {"pyproject.toml", "README.md", "LICENSE", ".gitignore", ".github", "tests"}
    made = [path for path in package.folder.rglob("*") if path.suffix in (".py", ".html", ".po")]
    made += [package.folder / "README.md", package.folder / "pyproject.toml"]
    assert [path.name for path in made if re.search(r"@\w+@", path.read_text())] == []


def test_catalogues_of_a_package_are_brought_up_to_date_in_its_folder(package: Package) -> None:
    assert package.sreda("messages") == "visits: complete\n"
    extra = package.code / "extra.py"
    extra.write_text('from sreda_visits.words import _l\n\nNEW = _l("Said for the first time")\n')
    catalogue = package.code / "translations" / "ru" / "LC_MESSAGES" / "visits.po"
    before = catalogue.read_text()
    try:
        assert package.sreda("messages") == (
            "visits/ru: not translated: 'Said for the first time'\n"
        )
    finally:
        extra.unlink()
        catalogue.write_text(before)


def test_migrations_are_written_from_the_models(package: Package) -> None:
    """The next one, and the first one where there are none; nothing but the plugin is looked at."""
    nothing = "The migrations of visits are what its models say: nothing to write.\n"
    assert package.sreda("plugins", "migration", "visits", "Nothing") == nothing
    models, migrations = package.code / "models.py", package.code / "migrations"
    before = models.read_text()
    models.write_text(before.replace("    body: Mapped[str]\n", "    body: Mapped[str]\n" + STARS))
    try:
        said = package.sreda("plugins", "migration", "visits", "Stars of entries")
        path = migrations / "0002_stars_of_entries.py"
        assert said.startswith("Written: sreda_visits/migrations/0002_stars_of_entries.py.")
        assert "batch_op.add_column(sa.Column('stars', sa.Integer()" in path.read_text()
        assert package.sreda("plugins", "migration", "visits", "Nothing") == nothing
        shutil.move(migrations, package.folder / "aside")
        package.sreda("plugins", "migration", "visits", "Initial")
        assert "op.create_table('visits_entries'" in (migrations / "0001_initial.py").read_text()
    finally:
        models.write_text(before)
        shutil.rmtree(migrations)
        shutil.move(package.folder / "aside", migrations)
        (migrations / "0002_stars_of_entries.py").unlink()


STARS = '    stars: Mapped[int] = mapped_column(server_default="0")\n'


@pytest.mark.parametrize(
    ("name", "message", "sentence"),
    [
        ("nobody", "First", "There is no plugin called 'nobody' here."),
        ("visits", "", "a few plain words"),
        ("visits", "--- ...", "a few plain words"),
        ("visits", 'Ends the """docstring', "a few plain words"),
        ("visits", "Escapes \\", "a few plain words"),
    ],
)
def test_a_migration_that_cannot_be_is_refused(
    package: Package, name: str, message: str, sentence: str
) -> None:
    done = subprocess.run(
        [package.environment.python, "-m", "core.cli", "plugins", "migration", "--", name, message],
        cwd=package.folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def fetched(served: Served, path: str, language: str) -> str:
    request = urllib.request.Request(served.url + path, headers={"Accept-Language": language})
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.status == 200
        return str(answer.read().decode())


def test_a_package_is_served_and_can_be_taken_away(package: Package, tmp_path: Path) -> None:
    python = str(package.environment.python)
    site = Installation({"SREDA_DATA_DIR": str(tmp_path)}, [python, "-m", "core.cli"])
    with site.serving("--demo", "--no-jobs") as served:
        place = fetched(served, "/c/olekminsk/", "ru")
        link = re.search(r'"(/c/olekminsk/visits/\d+/)"', place)
        assert link is not None
        assert "Whatever is written here" not in fetched(served, link[1], "en")
        assert "2 entries" in fetched(served, "/c/olekminsk/", "en")
        assert "2 записи" in place
        entry = re.search(rf'"({link[1]}\d+)"', fetched(served, link[1], "ru"))
        assert entry is not None
        assert "No comments yet." in fetched(served, entry[1], "en")
        assert "Комментариев пока нет." in fetched(served, entry[1], "ru")
    package.environment.run(tmp_path, "pip", "uninstall", "--quiet", "--yes", "sreda-visits")
    with site.serving("--no-jobs") as served:
        assert "/visits/" not in fetched(served, "/c/olekminsk/", "ru")
    package.environment.install(package.folder)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> tuple[Environment, Path]:
    """A copy of the repository, installed in an environment of its own, with one plugin more."""
    place = tmp_path_factory.mktemp("tree")
    copy = place / "sreda"
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if name.split("/")[0] in CODE and (ROOT / name).exists():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    environment = Environment.make(place / "venv", copy)
    environment.run(copy, "core.cli", "plugins", "new", LONGEST)
    environment.install(copy)
    return environment, copy


CODE = {"core", "plugins", "templates", "tests", "pyproject.toml", "README.md", "LICENSE"}


def test_a_plugin_in_the_tree_passes_its_own_tests_and_the_contract(
    checkout: tuple[Environment, Path],
) -> None:
    environment, copy = checkout
    said = environment.run(copy, "pytest", "-q", "-p", "no:cacheprovider", f"plugins/{LONGEST}")
    assert re.search(r"\d\d passed", said)


def test_a_plugin_in_the_tree_has_nothing_that_ruff_or_mypy_would_change(
    checkout: tuple[Environment, Path],
) -> None:
    environment, copy = checkout
    environment.check(copy, f"plugins/{LONGEST}")


def test_a_plugin_in_the_tree_is_declared_beside_the_others(
    checkout: tuple[Environment, Path],
) -> None:
    _environment, copy = checkout
    before, after = ((root / "pyproject.toml").read_text() for root in (ROOT, copy))
    line = f'{LONGEST} = "plugins.{LONGEST}.plugin"\n'
    assert after.count(line) == 1
    assert after.replace(line, "") == before


# What cannot be made, and that nothing is left of the attempt


@pytest.fixture
def sapling(tmp_path: Path) -> Path:
    """As little of a checkout as a plugin needs to be put into it."""
    (tmp_path / "plugins" / "wiki").mkdir(parents=True)
    entries = '[project.entry-points."sreda.plugins"]\nwiki = "plugins.wiki.plugin"\n\n[x]\n'
    (tmp_path / "pyproject.toml").write_text(entries)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "cannot be the name"),
        ("a", "cannot be the name"),
        ("Polls", "cannot be the name"),
        ("опросы", "cannot be the name"),
        ("my-polls", "cannot be the name"),
        ("1polls", "cannot be the name"),
        ("polls.x", "cannot be the name"),
        ("../polls", "cannot be the name"),
        ("polls\n", "cannot be the name"),
        ("p" * 32, "cannot be the name"),
        ("polls_", "hard to read"),
        ("my__polls", "hard to read"),
        ("class", "a word of Python"),
        ("lambda", "a word of Python"),
        ("core", "Sreda itself uses"),
        ("people", "Sreda itself uses"),
        ("forum", "There already is"),
        ("forum_news", "could not be told"),
        ("wiki", "There already is"),
        ("wiki_pages", "could not be told"),
    ],
)
def test_a_bad_name_is_refused_in_a_sentence(sapling: Path, name: str, sentence: str) -> None:
    before = sorted(sapling.rglob("*"))
    with pytest.raises(SetupError, match=sentence):
        render.new_plugin(name, sapling)
    assert sorted(sapling.rglob("*")) == before
    assert "plugins.wiki" in (sapling / "pyproject.toml").read_text()


def test_a_folder_with_something_in_it_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    with pytest.raises(SetupError, match="not empty"):
        render.new_package("ballots", tmp_path / "full")
    with pytest.raises(SetupError, match="not empty"):
        render.new_package("ballots", tmp_path / "full" / "mine.txt")
    assert [path.name for path in tmp_path.rglob("*")] == ["full", "mine.txt"]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert render.new_package("ballots", tmp_path / "empty").module == "sreda_ballots"
    assert (tmp_path / "empty" / "pyproject.toml").exists()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SetupError, match="file is no folder"):
        render.new_package("ballots", tmp_path / "file" / "ballots")
    with pytest.raises(SetupError, match="ballots cannot be written: "):
        render.new_package("ballots", Path("/proc/sreda/ballots"))
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_project_that_cannot_be_written_gets_no_half_of_a_plugin(sapling: Path) -> None:
    (sapling / ".pyproject.toml.new").mkdir()
    with pytest.raises(SetupError, match=r"pyproject.toml cannot be written"):
        render.new_plugin("ballots", sapling)
    assert [path.name for path in (sapling / "plugins").iterdir()] == ["wiki"]


def test_an_installed_sreda_has_no_tree_to_add_to(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="--package"):
        render.new_plugin("ballots", tmp_path)


def test_a_title_that_is_one_of_the_words_too_is_no_trouble(tmp_path: Path) -> None:
    """The plugin `entry` would say "Entry" twice; a catalogue holds a phrase once."""
    made = render.new_package("entry", tmp_path / "sreda-entry")
    catalogue = (made.folder / "translations/ru/LC_MESSAGES/entry.po").read_text()
    assert catalogue.count('msgid "Entry"\nmsgstr "Запись"\n') == 1


def test_the_command_refuses_with_exit_status_1(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "core.cli", "plugins", "new", "Опросы", "--package", "x"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("'Опросы' cannot be the name of a plugin: ")
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
