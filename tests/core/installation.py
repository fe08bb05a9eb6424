"""A whole installation in processes of its own, for tests of what only they can show."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SREDA = (sys.executable, "-m", "core.cli")
# What a test's own environment must not lend to the processes it starts.
OURS = ("SREDA_", "DATABASE_URL", "REDIS_URL", "HOST", "PORT", "FLASK_")


@dataclass(frozen=True)
class Installation:
    """Settings of one site, and the way to run commands there."""

    settings: dict[str, str]
    command: Sequence[str] = SREDA
    # Seconds that a command may take on a busy machine.
    patience: float = 180

    @property
    def environ(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        return kept | self.settings

    @property
    def folder(self) -> Path:
        return Path(self.settings["SREDA_DATA_DIR"])

    def run(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        return subprocess.run(
            [*self.command, *arguments],
            env=self.environ | settings,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=self.patience,
            check=False,
        )

    @contextmanager
    def serving(self, *arguments: str) -> Iterator[Served]:
        """The site under its own server on a free port, stopped afterwards."""
        with subprocess.Popen(
            [*self.command, "run", *arguments],
            env=self.environ | {"PORT": "0"},
            cwd=self.folder,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                said = _lines_until_ready(process)
                yield Served(process, said[-1].split()[-1], said[:-1])
            finally:
                process.terminate()
                process.wait(20)


@dataclass(frozen=True)
class Served:
    """A server that answers."""

    process: subprocess.Popen[str]
    url: str
    said: Sequence[str] = ()

    def get(self, path: str) -> Any:
        return urllib.request.urlopen(self.url + path, timeout=20)


def _lines_until_ready(process: subprocess.Popen[str]) -> list[str]:
    """What the server says, up to the line with its address; one that says nothing is ended."""
    assert process.stdout is not None
    said: list[str] = []
    patience = threading.Timer(90, process.kill)
    patience.start()
    try:
        while not (said and said[-1].startswith("Sreda is ready: http://")):
            line = process.stdout.readline()
            assert line, f"the server said {said} and no more"
            said.append(line.rstrip())
    finally:
        patience.cancel()
    return said


def wait_until(true: Callable[[], object], seconds: float = 30) -> bool:
    """Whether something becomes true in time."""
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        if true():
            return True
        time.sleep(0.05)
    return False


def children(pid: int) -> list[int]:
    """The processes that a process has started and not yet lost."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in listed.split()]


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be reaped does not."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
