"""Measure a room: how fast what one says reaches all, how much goes through, what else it costs.

For each number of people the same crowd talks in our room (stored, acknowledged, rights read anew
for each event) and to a stock Socket.IO server on Node that does none of this, in the same run:
ratios are what counts. Server and crowd have a core each where there are two.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine

from core.testing.postgres import start
from core.testing.stranger import lay_out
from tests.cluster.seats import SLUG
from tests.core.installation import SREDA
from tests.core.realtime_kit import TALK
from tests.load.past import LINES
from tests.load.servers import free_port

HERE = Path(__file__).parent
NODE = HERE / "node"
# What a person still takes for "at once", in milliseconds.
ACCEPTABLE = 250.0
# Each step of the ramp sends so much more than the one before.
STEP = 1.25
MOST_STEPS = 30
# Seconds that everything which was said may take to be answered.
PATIENCE = 30.0
SECONDS = 4.0
QUIET_RATE = 10.0
# So long, since of a few messages the slowest would be taken for the 99th of 100.
QUIET_SECONDS = 20.0
WARMING = 10
# So much of what was sent has to arrive within the step.
ARRIVED = 0.9


@dataclass(frozen=True)
class Measured:
    """One row: times in milliseconds, memory in KB. ``p50`` and ``p99`` are those of a quiet room,
    ``p99_beside`` that of one whose process serves pages meanwhile, which takes ``page_p99``."""

    server: str
    people: int
    connections_a_second: float
    memory_a_client: float
    p50: float
    p99: float
    most: float
    p99_beside: float
    page_p99: float


class People:
    """The crowd, in its process on a core of its own."""

    def __init__(self, begin: dict[str, Any]) -> None:
        command = [*_on_core(1), sys.executable, "-m", "tests.load.crowd"]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.come: float = self.told(begin)["connections_a_second"]

    def told(self, line: dict[str, Any]) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError("the crowd has gone")
        told: dict[str, Any] = json.loads(answer)
        return told

    def talk(self, rate: float, seconds: float = SECONDS, **more: int) -> dict[str, Any]:
        return self.told({"rate": rate, "seconds": seconds} | more)

    def settle(self, patience: float) -> dict[str, Any]:
        return self.told({"patience": patience})

    def leave(self) -> None:
        self.process.kill()
        self.process.wait()


def _on_core(number: int) -> list[str]:
    """Put in front of a command, keeps it on one core where there are several."""
    if (os.cpu_count() or 1) < 2 or not shutil.which("taskset"):
        return []
    return ["taskset", "-c", str(number)]


@contextmanager
def served(command: Sequence[str], port: int, environ: dict[str, str]) -> Iterator[int]:
    """A server on a core of its own; its process id."""
    process = subprocess.Popen(
        [*_on_core(0), *command], env=os.environ | environ, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_for(port)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(port: int) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"nothing answers on port {port}")


def _memory(pid: int) -> int:
    """Of a process and those it started, in KB."""
    status = Path(f"/proc/{pid}/status").read_text()
    own = int(status.partition("VmRSS:")[2].split()[0])
    return own + sum(_memory(child) for child in _children(pid))


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _asking(port: int, cookie: str, path: str) -> urllib.request.Request:
    headers = {"Cookie": f"sreda={cookie}"}
    return urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)


def _open(request: urllib.request.Request) -> None:
    with urllib.request.urlopen(request, timeout=10) as answer:
        answer.read()


class Looking:
    """Somebody who opens a page again and again meanwhile."""

    def __init__(self, port: int, cookie: str, path: str) -> None:
        self.request = _asking(port, cookie, path)
        self.ages: list[float] = []
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._look)
        self.thread.start()

    def _look(self) -> None:
        while not self.stop.wait(0.1):
            started = time.monotonic()
            with suppress(OSError):
                _open(self.request)
            self.ages.append((time.monotonic() - started) * 1000)

    def p99(self) -> float:
        self.stop.set()
        self.thread.join()
        self.ages.sort()
        return self.ages[min(len(self.ages) - 1, len(self.ages) * 99 // 100)]


def measure(name: str, pid: int, begin: dict[str, Any], page: str) -> Measured:
    """One server with one number of people."""
    before = _memory(pid)
    people = People(begin)
    try:
        count = len(begin["cookies"])
        memory = (_memory(pid) - before) / count
        # A process that has just begun makes its templates and statements first.
        for _ in range(WARMING if page else 0):
            _open(_asking(begin["port"], begin["cookies"][0], page))
        people.talk(QUIET_RATE)
        quiet = people.talk(QUIET_RATE, QUIET_SECONDS)
        beside, page_p99 = _beside_pages(people, begin, page) if page else (0.0, 0.0)
        return Measured(
            name, count, people.come, memory, quiet["p50"], quiet["p99"],
            most(people, count), beside, page_p99,
        )  # fmt: skip
    finally:
        people.leave()


def _beside_pages(people: People, begin: dict[str, Any], page: str) -> tuple[float, float]:
    """What 99 of 100 messages and pages take while the same process serves both."""
    looking = Looking(begin["port"], begin["cookies"][0], page)
    told = people.talk(QUIET_RATE, QUIET_SECONDS)
    return told["p99"], looking.p99()


def most(people: People, count: int, rate: float = 0.0) -> float:
    """The most deliveries a second of which 99 of 100 come in time; ``rate`` is the first tried.
    What fails once is tried once more: one hiccup of the machine is not the server's limit."""
    best, rate, failures = 0.0, rate or 50_000 / count, 0
    for _ in range(MOST_STEPS):
        step = people.talk(rate)
        if os.environ.get("SREDA_LOAD_STEPS"):
            print(f"  {rate:8.0f}/s", step, flush=True)
        if _is_in_time(step):
            best, rate, failures = max(best, step["deliveries_a_second"]), rate * STEP, 0
        elif failures:
            break
        else:
            failures += 1
            people.settle(PATIENCE)
    return best


def _is_in_time(step: dict[str, Any]) -> bool:
    whole = step["lost"] == 0 and step["refused"] == 0
    enough = step["deliveries"] >= step["expected"] * ARRIVED
    return bool(whole and enough and step["p99"] < ACCEPTABLE)


def in_our_room(kind: str, count: int) -> tuple[Measured, list[str]]:
    """The example of a room, in one ``sreda run``; with it the cookies of its people."""
    with our_server(kind, count) as (pid, begin):
        return measure(kind, pid, begin, f"/c/{SLUG}/"), begin["cookies"]


@contextmanager
def our_server(kind: str, count: int, rooms: int = 1) -> Iterator[tuple[int, dict[str, Any]]]:
    """One ``sreda run`` with so many rooms and people; its process, and how these begin."""
    with tempfile.TemporaryDirectory(prefix="sreda-room-") as name, _database(kind, name) as url:
        folder, port = Path(name), free_port()
        lay_out(folder / "packages", TALK, "talk", "sreda_talk.plugin")
        environ = {
            "SREDA_ENV": "production", "SREDA_SECRET_KEY": secrets.token_urlsafe(48),
            "DATABASE_URL": url, "SREDA_DATA_DIR": name, "PORT": str(port),
            # Few people have to say what many would.
            "SREDA_RATE_FACTOR": "100",
            "PYTHONPATH": f"{folder / 'packages'}:{Path.cwd()}",
        }  # fmt: skip
        _run([*SREDA, "upgrade"], environ)
        seats = [sys.executable, "-m", "tests.cluster.seats", str(count), str(rooms)]
        words = _run(seats, environ).split()
        _run([sys.executable, "-m", "tests.load.past", *words[:rooms]], environ)
        places = [{"activity": int(number)} for number in words[:rooms]]
        heard = {"stream": "talk.room", "after": LINES}
        begin = {
            "port": port, "namespace": "/talk", "cookies": words[rooms:],
            "rooms": [{"join": place | heard, "say": place} for place in places],
        }  # fmt: skip
        with served([*SREDA, "run", "--no-jobs"], port, environ) as pid:
            yield pid, begin


def _run(command: Sequence[str], environ: dict[str, str]) -> str:
    done = subprocess.run(
        command, env=os.environ | environ, capture_output=True, text=True, check=True
    )
    return done.stdout


@contextmanager
def _database(kind: str, folder: str) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder}/room.db"
        return
    with start().database() as url, _beside_the_server(url):
        yield url


@contextmanager
def _beside_the_server(url: str) -> Iterator[None]:
    """Keep PostgreSQL on the core of the server that asks it: it would compete with the crowd."""
    engine = create_engine(url)
    with engine.connect() as connection:
        helper = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        status = Path(f"/proc/{helper}/status").read_text()
    engine.dispose()
    parent = int(status.partition("PPid:")[2].split()[0])
    everywhere = os.sched_getaffinity(parent)
    _keep_on(parent, {0})
    try:
        yield
    finally:
        _keep_on(parent, everywhere)


def _keep_on(process: int, cores: set[int]) -> None:
    """A process, those it started and those that it will start."""
    for one in (process, *_children(process)):
        # Some end meanwhile.
        with suppress(ProcessLookupError):
            os.sched_setaffinity(one, cores)


def measure_rooms(databases: Sequence[str], sizes: Sequence[int]) -> None:
    """Measure every number of people on every database, beside Node, and show it."""
    prepare_node()
    print(f"\nrooms\n{HEAD}", flush=True)
    rows: list[Measured] = []
    for count in sizes:
        ours = [in_our_room(kind, count) for kind in databases]
        node = on_node(ours[0][1])
        for row in (node, *(measured for measured, _ in ours)):
            print(_line(row, node), flush=True)
            rows.append(row)
    target = Path("build/rooms.json")
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n")


def on_node(cookies: list[str]) -> Measured:
    """A stock Socket.IO server."""
    port = free_port()
    begin = {
        "port": port, "namespace": "", "rooms": [{"join": {}, "say": {}}], "cookies": cookies
    }  # fmt: skip
    with served(["node", str(NODE / "server.js"), str(port)], port, {}) as pid:
        return measure("node", pid, begin, "")


def prepare_node() -> None:
    """Fetch the pinned server, once."""
    if not (NODE / "node_modules" / "socket.io").is_dir():
        command = ["npm", "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
        subprocess.run(command, cwd=NODE, check=True)


HEAD = (
    f"{'server':14}{'people':>8}{'conn/s':>8}{'KB each':>9}{'p50 ms':>8}{'p99 ms':>8}"
    f"{'deliveries/s':>14}{'× node':>8}{'p99 beside':>12}{'page p99':>10}"
)


def _line(row: Measured, beside: Measured) -> str:
    ratio = f"{row.most / beside.most:8.1f}" if beside.most else " " * 8
    return (
        f"{row.server:14}{row.people:8}{row.connections_a_second:8.0f}{row.memory_a_client:9.1f}"
        f"{row.p50:8.1f}{row.p99:8.1f}{row.most:14,.0f}{ratio}"
        f"{row.p99_beside:12.1f}{row.page_p99:10.1f}"
    )
