"""The command line, as an administrator meets it."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from tests.core.installation import Installation

ROOT = Path(__file__).parent.parent.parent
OURS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]


@pytest.fixture(scope="module")
def demo(installation: Installation) -> list[list[str]]:
    """The sign-ins that the demo printed, a line each; the site has its people afterwards."""
    done = installation.run("demo")
    assert done.returncode == 0, done.stderr
    return [line.split() for line in done.stdout.splitlines()]


def test_the_demo_prints_five_sign_ins_a_line_each(demo: list[list[str]]) -> None:
    assert [line[0] for line in demo] == [
        "administrator",
        "coordinator",
        "moderator",
        "tutor",
        "member",
    ]
    assert all("@" in email and len(password) >= 8 for _, email, password in demo)


def test_a_second_demo_changes_nothing_and_shows_the_same(
    demo: list[list[str]], installation: Installation
) -> None:
    again = installation.run("demo", "--if-empty")
    assert [line.split() for line in again.stdout.splitlines()] == demo
    refused = installation.run("demo")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "already" in refused.stderr


def test_no_demo_in_production(installation: Installation) -> None:
    done = installation.run(
        "demo", SREDA_ENV="production", SREDA_SECRET_KEY="kR7-pQz2vXw9LmT4yHs8NbD3fGj6CaE1uVo5"
    )
    assert done.returncode == 1
    assert "not in production" in done.stderr


def plugins(installation: Installation) -> dict[str, str]:
    listed = installation.run("plugins", "list", "--json")
    assert listed.returncode == 0, listed.stderr
    return {row["name"]: row["state"] for row in json.loads(listed.stdout)}


def test_plugins_are_listed_for_people_and_for_programs(installation: Installation) -> None:
    assert set(plugins(installation)) == set(OURS["sreda.plugins"])
    lines = installation.run("plugins", "list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(plugins(installation))


def test_a_plugin_is_switched_off_and_on_again(installation: Installation) -> None:
    name = min(OURS["sreda.plugins"])
    assert installation.run("plugins", "disable", name).returncode == 0
    assert plugins(installation)[name] == "off"
    assert installation.run("plugins", "enable", name).returncode == 0
    assert plugins(installation)[name] == "on"


@pytest.mark.parametrize(
    "arguments",
    [
        ("plugins", "enable", "no-such-plugin"),
        ("plugins", "disable", min(OURS["sreda.plugins"]), "--community", "no-such-community"),
        ("people", "make-admin", "nobody@sreda.example"),
    ],
    ids=lambda arguments: arguments[1],
)
def test_what_does_not_exist_is_told_in_a_sentence(
    arguments: tuple[str, ...], installation: Installation
) -> None:
    done = installation.run(*arguments)
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_somebody_with_an_account_becomes_administrator(
    demo: list[list[str]], installation: Installation
) -> None:
    member = next(email for role, email, _ in demo if role == "member")
    done = installation.run("people", "make-admin", member)
    assert (done.returncode, done.stderr) == (0, "")
    assert member in done.stdout


@pytest.mark.parametrize(
    ("command", "settings", "variable"),
    [
        (["run"], {"SREDA_ENV": "production", "SREDA_SECRET_KEY": "x"}, "SREDA_SECRET_KEY"),
        (["worker"], {"SREDA_SAFE_MODE": "perhaps"}, "SREDA_SAFE_MODE"),
        (["upgrade"], {"DATABASE_URL": "mysql://root:hidden@db/x"}, "DATABASE_URL"),
        (["plugins", "list"], {"PORT": "http"}, "PORT"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_wrong_setting_is_told_in_a_sentence(
    command: list[str], settings: dict[str, str], variable: str, installation: Installation
) -> None:
    done = installation.run(*command, **settings)
    assert done.returncode == 1
    assert variable in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "hidden" not in done.stderr


def test_a_database_that_does_not_answer_is_told_in_a_sentence(installation: Installation) -> None:
    done = installation.run("upgrade", DATABASE_URL="sqlite:////nowhere/at/all.db")
    assert done.returncode == 1
    assert done.stderr.startswith("The database cannot be used: ")
    assert len(done.stderr.strip().splitlines()) == 1


def test_an_unknown_command_shows_how_to_go_on(installation: Installation) -> None:
    done = installation.run("serve")
    assert done.returncode == 2
    assert "No such command" in done.stderr


def test_help_names_every_command(installation: Installation) -> None:
    shown = installation.run("--help").stdout
    for command in ("run", "worker", "demo", "upgrade", "plugins", "people", "check"):
        assert f"\n  {command} " in shown


def checked(installation: Installation, **settings: str) -> dict[str, str]:
    done = installation.run("check", "--json", **settings)
    found = json.loads(done.stdout)
    worst = {finding["level"] for finding in found}
    assert done.returncode == (1 if "error" in worst else 0)
    return {finding["about"]: finding["level"] for finding in found}


def test_check_finds_a_development_site_usable(installation: Installation) -> None:
    found = checked(installation)
    assert "error" not in found.values()
    assert found["environment"] == found["mail"] == "warning"
    assert found["database"] == found["migrations"] == found["secret-key"] == "ok"


def test_check_says_what_is_wrong_with_a_production_site(installation: Installation) -> None:
    found = checked(
        installation,
        SREDA_ENV="production",
        SREDA_SECRET_KEY="kR7-pQz2vXw9LmT4yHs8NbD3fGj6CaE1uVo5",
        SREDA_BASE_URL="http://sreda.example",
        FLASK_DEBUG="1",
    )
    wrong = {about for about, level in found.items() if level == "error"}
    assert wrong == {"base-url", "mail", "debug"}


def test_check_finds_a_database_that_is_behind(installation: Installation, tmp_path: Path) -> None:
    empty = f"sqlite:///{tmp_path}/empty.db"
    assert checked(installation, DATABASE_URL=empty)["migrations"] == "error"


def test_check_finds_a_database_that_does_not_answer(installation: Installation) -> None:
    nowhere = "sqlite:////nowhere/at/all.db"
    assert checked(installation, DATABASE_URL=nowhere)["database"] == "error"


def test_check_speaks_to_people_in_sentences(installation: Installation) -> None:
    done = installation.run("check", SREDA_ENV="production")
    assert done.returncode == 1
    assert done.stdout.startswith("error    Production needs a secret key, and there is none.")
