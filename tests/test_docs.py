"""What the documents promise is compared with the code, so that they cannot drift apart."""

from __future__ import annotations

import dataclasses
import inspect
import re
import tomllib
from pathlib import Path

import pytest

import core.api
from core.config import settings_table
from core.contract import hookspecs, manifest
from tools import reference

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    page
    for page in ROOT.glob("**/*.md")
    if not {".venv", "node_modules", "var", "build"} & set(page.relative_to(ROOT).parts)
)
HANDBOOK = [ROOT / "docs" / "plugins.md", *sorted(ROOT.glob("docs/plugins/*.md"))]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_table_of_settings_is_that_of_the_code() -> None:
    lines = [line for line in read("docs/settings.md").splitlines() if line.startswith("|")]
    assert lines == settings_table(), "run: make docs"


def test_the_readme_opens_with_what_it_is_a_picture_and_two_commands_that_exist() -> None:
    text = read("README.md")
    assert text.startswith("# Среда · Sreda\n\n**Среда** — ")
    commands = re.findall(r"^    (make .+)$", text, re.MULTILINE)
    assert commands == ["make run", "make test"]
    assert 0 < text.index("](docs/images/") < text.index("    make run")
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    assert {command.removeprefix("make ") for command in commands} <= targets


def test_every_make_target_a_page_speaks_of_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    spoken = {
        (page.name, target)
        for page in PAGES
        for target in re.findall(r"`make ([a-z-]+)`", page.read_text(encoding="utf-8"))
    }
    assert {target for _, target in spoken} >= {"lint", "docs"}
    assert {pair for pair in spoken if pair[1] not in targets} == set()


def test_every_dependency_has_its_line_and_every_line_its_dependency() -> None:
    project = tomllib.loads(read("pyproject.toml"))
    lists = [
        project["project"]["dependencies"],
        *project["project"]["optional-dependencies"].values(),
        *project["dependency-groups"].values(),
    ]
    wanted = [each for one in lists for each in one]
    names = {re.split(r"[\[<>=~! ]", each, maxsplit=1)[0] for each in wanted}
    lines = re.findall(
        r"^\| ([a-z][a-z0-9-]*) \| \S.+ \|$", read("docs/dependencies.md"), re.MULTILINE
    )
    assert sorted(names) == sorted(set(lines) - {"library"})


def locked(name: str) -> set[str]:
    """The pinned versions of a file, as ``name==version``; each must come with hashes."""
    return set(re.findall(r"^([a-z0-9.-]+(?:\[\w+\])?==[^ ]+).* \\$", read(name), re.MULTILINE))


def test_every_direct_dependency_is_pinned_with_hashes() -> None:
    project = tomllib.loads(read("pyproject.toml"))["project"]
    names = {re.split(r"[\[=]", pin, maxsplit=1)[0] for pin in locked("requirements.txt")}
    wanted = {re.split(r"[\[<>=]", each, maxsplit=1)[0] for each in project["dependencies"]}
    assert wanted - names == set()


def test_a_site_is_installed_with_the_tested_versions_and_without_the_tools() -> None:
    site = locked("deploy/requirements.txt")
    assert site
    assert site <= locked("requirements.txt")
    assert not [pin for pin in site if pin.startswith(("pytest", "mypy", "playwright"))]


def test_ci_runs_lint_and_the_readmes_test_command() -> None:
    script = [line.split("#")[0] for line in read(".ci/run").splitlines()]
    calls = [line.replace("--no-print-directory ", "") for line in script if "make " in line]
    assert [call.strip() for call in calls if call.startswith("make")] == ["make lint", "make test"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def hooks() -> dict[str, str]:
    """Every hook with its signature as the code has it."""
    found = {}
    for name, spec in vars(hookspecs).items():
        if inspect.isfunction(spec) and hasattr(spec, "sreda_spec"):
            found[name] = f"def {name}{inspect.signature(spec)}".replace("'", "")
    return found


def chapter(hook: str) -> str:
    """What the handbook says of a hook; its section is called after it, on whatever page."""
    found = [
        part.partition("\n##")[0]
        for page in HANDBOOK
        for part in re.split(
            rf"^### {hook}\n", page.read_text(encoding="utf-8"), flags=re.MULTILINE
        )[1:]
    ]
    assert len(found) == 1, f"a page of docs/plugins needs one section '### {hook}'"
    return found[0]


@pytest.mark.parametrize("hook", hooks())
def test_every_hook_stands_in_the_reference_with_its_exact_signature(hook: str) -> None:
    assert chapter(hook).startswith(f"\n```python\n{hooks()[hook]}\n```")


@pytest.mark.parametrize("hook", hooks())
def test_every_hook_says_what_happens_when_it_raises_and_shows_an_example(hook: str) -> None:
    assert "**When it raises" in chapter(hook)
    assert f"@hookimpl\ndef {hook}(" in chapter(hook)


@pytest.mark.parametrize("hook", hooks())
def test_every_hook_stands_in_the_list_of_hooks(hook: str) -> None:
    assert re.search(
        rf"^\| \[{hook}\]\([\w.]*#{hook}\) \|", read("docs/plugins/hooks.md"), re.MULTILINE
    )


@pytest.mark.parametrize("hook", hooks())
def test_every_hook_has_a_test_that_carries_its_name(hook: str) -> None:
    tests = "\n".join(path.read_text() for path in ROOT.glob("tests/**/test_*.py"))
    assert re.search(rf"def test_\w*{hook}", tests)


def test_every_slot_of_a_page_stands_in_the_reference() -> None:
    pages = [*ROOT.glob("templates/**/*.html"), *ROOT.glob("plugins/*/templates/**/*.html")]
    templates = "".join(path.read_text() for path in pages)
    slots = set(re.findall(r'fragments\("([\w.]+)"', templates))
    assert slots
    assert set(re.findall(r"^\| `([\w.]+)` \|", chapter("page_fragment"), re.MULTILINE)) == slots


def test_there_are_hooks() -> None:
    assert {"plugin_manifest", "veto"} <= set(hooks())


@pytest.mark.parametrize("page", reference.PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_tables_that_come_from_the_code_are_those_of_the_code(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert reference.renewed(text) == text, "run: make docs"
    empty = re.findall(r"^\|.*\| *\|$", text, re.MULTILINE)
    assert empty == [], "these rows want a few words"


def test_every_public_name_has_its_line() -> None:
    claims = reference.claimed()
    homeless = {n: m for n, m in reference.origins().items() if not reference.table_of(n, claims)}
    assert homeless == {}, "name their rooms in a <!-- names of … --> of docs/plugins/api.md"
    assert set(reference.origins()) == set(core.api.__all__)


def test_every_dataclass_of_the_manifest_has_its_table() -> None:
    pages = "".join(page.read_text(encoding="utf-8") for page in HANDBOOK)
    described = set(re.findall(r"<!-- fields of (\w+) -->", pages))
    classes = {name for name, each in vars(manifest).items() if dataclasses.is_dataclass(each)}
    assert classes - described == set()


def test_the_api_is_what_was_promised() -> None:
    promised = read("tests/api.txt")
    assert reference.signatures() == promised, (
        "core.api has changed. If that is meant, say so under 'Plugin API' in CHANGES.md, then "
        "run: make api"
    )


def headings(page: Path) -> set[str]:
    """The anchors of a page, as GitHub and others make them of its headings."""
    lines = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", line.lower()).replace(" ", "-") for line in lines}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_anchors_of_links_are_headings(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:\s]*)#([^)\s]+)\)", page.read_text(encoding="utf-8"))
    targets = [((page.parent / where) if where else page, anchor) for where, anchor in links]
    assert [anchor for where, anchor in targets if anchor not in headings(where)] == []
