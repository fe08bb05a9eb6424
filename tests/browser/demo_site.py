"""The demo, served as ``make run`` serves it, for browsers that look at it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.core.installation import Installation


@dataclass(frozen=True)
class DemoSite:
    """Where the demo is, and who can sign in: role → (e-mail, password).

    ``mail`` is the folder into which it puts its letters, ``environ`` what processes beside it need
    to work on its data. The site lets nobody sign in very
    often, so that ``cookies`` of a role are used again.
    """

    address: str
    people: dict[str, tuple[str, str]]
    mail: Path = Path("mail")
    cookies: dict[str, list[Any]] = field(default_factory=dict)
    environ: dict[str, str] = field(default_factory=dict)


@contextmanager
def demo_site(folder: Path, database_url: str = "") -> Iterator[DemoSite]:
    """Build the demo in a folder and serve it on a free port."""
    # All tests of a process are a few people who do within minutes what fills a working day.
    settings = {
        "SREDA_DATA_DIR": str(folder),
        "SREDA_ENV": "development",
        "SREDA_RATE_FACTOR": "100",
    }
    installation = Installation(settings | ({"DATABASE_URL": database_url} if database_url else {}))
    built = installation.run("demo", "--if-empty")
    assert built.returncode == 0, built.stderr
    with installation.serving() as served:
        people = _people(built.stdout)
        yield DemoSite(served.url, people, folder / "mail", environ=installation.environ)


def _people(told: str) -> dict[str, tuple[str, str]]:
    lines = [line.split() for line in told.splitlines() if "@" in line]
    return {words[0]: (words[1], words[2]) for words in lines if len(words) == 3}
