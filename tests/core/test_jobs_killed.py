"""Jobs in processes that are killed: nothing is lost, and nothing is done by two at a time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.testing.stranger import write
from tests.core.installation import Installation, children, is_alive, wait_until
from tests.core.redis_server import redis_server

pytestmark = pytest.mark.slow

# Writes down what it does; the first try of a job that shall last lasts until it is killed.
CHORES = """
import os, time
from pathlib import Path
from core.api import Job

DIARY = Path(os.environ["DIARY"])

def note(words):
    with DIARY.open("a") as diary:
        print(words, file=diary)

def sweep(number, lasts=0.0):
    note(f"begin {number}")
    if lasts and DIARY.read_text().split("\\n").count(f"begin {number}") == 1:
        time.sleep(lasts)
    note(f"end {number}")

@hookimpl
def plugin_manifest():
    return Plugin(name="chores", title="Chores", version="1.0", jobs=(Job("chores.sweep", sweep),))
"""
# What follows the options is done by somebody who puts a job off.
WISH = """
import os, signal, sys
from core.api import SYSTEM, after_commit, enqueue, operation
from core.app import create_app

@operation
def wish(actor, facts):
    enqueue("chores.sweep", **facts)
    if sys.argv[1] == "killed":
        after_commit(lambda: os.kill(os.getpid(), signal.SIGKILL))

with create_app().app_context():
    for number in map(int, sys.argv[3:]):
        wish(SYSTEM, {"number": number, "lasts": float(sys.argv[2])})
"""


class Household(Installation):
    """A site with the plugin, whose settings lead every process to it."""

    def wish(self, *numbers: int, lasts: float = 0, how: str = "whole") -> int:
        """A process that puts jobs off, and its exit status."""
        return subprocess.run(
            [sys.executable, "-c", WISH, how, str(lasts), *map(str, numbers)],
            env=self.environ, cwd=self.folder, check=False,
        ).returncode  # fmt: skip

    def diary(self) -> list[str]:
        place = Path(self.settings["DIARY"])
        return place.read_text().split("\n")[:-1] if place.exists() else []

    @contextmanager
    def working(self) -> Iterator[subprocess.Popen[bytes]]:
        """`sreda worker`, stopped afterwards."""
        command = [*self.command, "worker"]
        with subprocess.Popen(command, env=self.environ, cwd=self.folder) as process:
            try:
                yield process
            finally:
                process.terminate()
                process.wait(20)


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    with redis_server() as url:
        yield url


@pytest.fixture(params=["file", "redis"])
def household(
    request: pytest.FixtureRequest, installation: Installation, tmp_path: Path
) -> Household:
    """The site of the module, with its queue in a file or in Redis, and a diary of this test."""
    write(tmp_path / "packages", "chores", CHORES)
    settings = installation.settings | {
        "PYTHONPATH": str(tmp_path / "packages"),
        "DIARY": str(tmp_path / "diary"),
    }
    if request.param == "redis":
        settings["REDIS_URL"] = request.getfixturevalue("redis_url")
    return Household(settings)


def whole(*numbers: int) -> list[str]:
    """What a diary holds, in the order of the alphabet, when each was done once."""
    return sorted(f"{word} {number}" for number in numbers for word in ("begin", "end"))


def test_jobs_are_done_by_a_process_of_their_own(household: Household) -> None:
    with household.working():
        assert household.wish(1, 2, 3) == 0
        assert wait_until(lambda: len(household.diary()) == 6)
    assert sorted(household.diary()) == sorted(
        f"{w} {n}" for n in (1, 2, 3) for w in ("begin", "end")
    )


def test_a_job_whose_worker_is_killed_in_the_midst_runs_again(household: Household) -> None:
    with household.working() as worker:
        assert household.wish(1, lasts=600) == 0
        assert wait_until(lambda: household.diary() == ["begin 1"])
        worker.kill()
    with household.working():
        assert wait_until(lambda: household.diary()[-1] == "end 1", seconds=60)
    assert household.diary() == ["begin 1", "begin 1", "end 1"]


def test_a_job_is_done_that_was_never_told_of(household: Household) -> None:
    """Killed between the commit and telling the queue."""
    assert household.wish(1, how="killed") == -signal.SIGKILL
    with household.working():
        assert wait_until(lambda: household.diary() == ["begin 1", "end 1"])


def test_two_workers_share_what_there_is(household: Household) -> None:
    with household.working(), household.working():
        assert household.wish(*range(20)) == 0
        assert wait_until(lambda: len(household.diary()) >= 40)
    assert sorted(household.diary()) == whole(*range(20))


def test_the_child_of_the_server_does_jobs_and_dies_with_it(household: Household) -> None:
    with household.serving() as served:
        assert household.wish(1, lasts=600) == 0
        assert wait_until(lambda: household.diary() == ["begin 1"])
        (child,) = [job for one in children(served.process.pid) for job in children(one)]
        served.process.kill()
        assert wait_until(lambda: not is_alive(child), seconds=15)
    with household.serving():
        assert wait_until(lambda: household.diary()[-1] == "end 1", seconds=60)
    assert household.diary() == ["begin 1", "begin 1", "end 1"]


def test_an_idle_worker_does_not_spin(household: Household) -> None:
    alive = household.folder / "worker.alive"
    alive.unlink(missing_ok=True)
    with household.working() as worker:
        assert wait_until(alive.exists)
        wait_until(lambda: False, seconds=4)
        before = cpu_seconds(worker.pid)
        wait_until(lambda: False, seconds=5)
        assert cpu_seconds(worker.pid) - before < 0.5


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_without_redis_answering_pages_and_operations_go_on(household: Household) -> None:
    """What was put off meanwhile is done when Redis is back."""
    away = Household(household.settings | {"REDIS_URL": "redis://127.0.0.1:1/0"})
    assert away.wish(1) == 0
    with household.working():
        assert wait_until(lambda: household.diary() == ["begin 1", "end 1"])
