"""The tutorial of docs/plugins.md is followed word by word, and gives the example beside it."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.core.environment import Environment
from tests.core.installation import OURS, Installation

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "plugins.md"
EXAMPLE = ROOT / "docs" / "examples" / "sreda-ideas"
BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
# So many lines, empty ones aside, are what an author of such a plugin writes.
AT_MOST = 120


@dataclass(frozen=True)
class Block:
    """A listing of the page: a part of a file, or what is typed and what is answered."""

    language: str
    file: str
    text: str


def blocks() -> list[Block]:
    tutorial = PAGE.read_text(encoding="utf-8").partition("## From an empty folder\n")[2]
    return [Block(*found) for found in BLOCK.findall(tutorial)]


def listings() -> dict[str, str]:
    """The files that the page shows; parts of one file stand two empty lines apart."""
    files: dict[str, str] = {}
    for block in blocks():
        if block.file:
            former = files.get(block.file)
            files[block.file] = f"{former}\n\n{block.text}" if former else block.text
    return files


def written_by_hand() -> list[Path]:
    made = {"migrations", "__pycache__"}
    return [path for path in sorted(EXAMPLE.rglob("*.*"))
            if path.is_file() and not made & set(path.parts)]  # fmt: skip


def test_the_page_shows_every_file_of_the_example_as_it_is() -> None:
    files = {str(path.relative_to(EXAMPLE)): path.read_text() for path in written_by_hand()}
    assert listings() == {name: text for name, text in files.items() if text}


def test_the_example_is_short() -> None:
    code = [path for path in written_by_hand() if path.suffix in (".py", ".html")]
    plugin = [path for path in code if "tests" not in path.parts]
    lines = [line for path in plugin for line in path.read_text().splitlines() if line.strip()]
    assert 60 < len(lines) <= AT_MOST


@dataclass
class Author:
    """Somebody who types what the page says, in a folder of their own."""

    folder: Path
    environment: Environment
    differences: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def remembered(self) -> Path:
        """Where the folder is kept that one was in after a command, since ``cd`` is one too."""
        return self.environment.folder / "folder"

    @property
    def environ(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        path = f"{self.environment.python.parent}{os.pathsep}{kept['PATH']}"
        database = {n: v for n, v in os.environ.items() if n == "SREDA_TEST_DATABASE"}
        return kept | database | {"PATH": path, "PORT": "0"}

    def follow(self, block: Block) -> None:
        if block.file:
            path = self.folder / block.file
            former = (
                f"{path.read_text()}\n\n" if path.exists() and block.language == "python" else ""
            )
            path.write_text(former + block.text, encoding="utf-8")
        elif block.language == "console":
            for command, answer in commands(block.text):
                self.type(command, answer)

    def type(self, command: str, expected: str) -> None:
        if command.startswith("sreda run"):
            self.serve(command, expected)
            return
        done = subprocess.run(
            ["bash", "-c", f"{command}\nstatus=$?; pwd >{self.remembered}; exit $status"],
            cwd=self.folder, env=self.environ, capture_output=True, text=True, check=False,
        )  # fmt: skip
        said = done.stdout + done.stderr
        assert done.returncode == 0, f"{command}\n{said}"
        self.compare(command, expected, said)
        self.folder = Path(self.remembered.read_text().strip())

    def serve(self, command: str, expected: str) -> None:
        """Start the site, look at the page, and stop it."""
        program, _run, *options = shlex.split(command)
        path = str(self.environment.python.with_name(program))
        site = self.folder / "var"
        site.mkdir()
        settings = {"SREDA_DATA_DIR": str(site)}
        with Installation(settings, [path]).serving(*options) as served:
            said = "\n".join([*served.said, f"Sreda is ready: {served.url}"])
            self.compare(command, expected, said)
            with urllib.request.urlopen(f"{served.url}/c/olekminsk/") as answer:
                place = answer.read().decode()
            link = re.search(r'"(/c/olekminsk/ideas/\d+/)"', place)
            assert link is not None
            with urllib.request.urlopen(served.url + link[1]) as answer:
                assert "Общий день открытых уроков в апреле" in answer.read().decode()

    def compare(self, command: str, expected: str, said: str) -> None:
        if masked(expected) != masked(said):
            self.differences.append((command, masked(expected), masked(said)))


def commands(text: str) -> Iterator[tuple[str, str]]:
    """What is typed in a listing, each with what is answered."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, answer = part.partition("\n")
        yield command, answer


def masked(said: str) -> str:
    """What is said, without what differs from one day to the next."""
    said = re.sub(r"in \d+\.\d+s", "in 1.00s", said.strip())
    # The contract grows.
    said = re.sub(r"\.+ +\[100%\]\n\d+ passed", "......... [100%]\n9 passed", said)
    return re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:8000", said)


@pytest.fixture(scope="module")
def author(tmp_path_factory: pytest.TempPathFactory) -> Author:
    place = tmp_path_factory.mktemp("tutorial")
    environment = Environment.make(place / "venv", ROOT)
    environment.give_commands()
    return Author(place, environment)


def test_following_the_page_gives_what_it_says(author: Author) -> None:
    for block in blocks():
        author.follow(block)
    assert author.differences == []


def test_the_result_is_the_example_and_mypy_has_nothing_to_say(author: Author) -> None:
    for path in written_by_hand():
        assert (author.folder / path.relative_to(EXAMPLE)).read_text() == path.read_text()
    [migration] = (author.folder / "sreda_ideas" / "migrations").glob("*.py")
    kept = EXAMPLE / "sreda_ideas" / "migrations" / migration.name
    assert plain(migration.read_text()) == plain(kept.read_text())
    strict = ["--strict", "--config-file", str(ROOT / "pyproject.toml"), "--no-error-summary"]
    author.environment.run(author.folder, "mypy", *strict, "sreda_ideas", "tests")


def plain(source: str) -> str:
    """Python without what a formatter would do to it."""
    return re.sub(r"[\s,]", "", source).replace("'", '"')
