"""A hundred people talk while the site is killed again and again: nothing that was shown as sent is
lost, nothing comes twice, and all of them have heard the same in the same order."""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from socket import create_server

import pytest
import sqlalchemy as sa

from core.testing.postgres import Server
from core.testing.stranger import lay_out
from tests.cluster.proxy import proxy
from tests.cluster.seats import Seats
from tests.cluster.talker import Talker, converse
from tests.core.installation import SREDA, Installation, wait_until
from tests.core.realtime_kit import TALK
from tests.core.redis_server import redis_server

ROOT = Path(__file__).parents[2]
PEOPLE = 100
KILLS = 10


def free_port() -> int:
    with closing(create_server(("127.0.0.1", 0))) as probe:
        port: int = probe.getsockname()[1]
        return port


class Service:
    """A server that can be killed, and started again on its port."""

    def __init__(self, site: Installation) -> None:
        self.site = site
        self.port = free_port()
        self.log = (site.folder / f"{self.port}.log").open("wb")
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [*SREDA, "run", "--no-jobs"],
            env=self.site.environ | {"PORT": str(self.port)},
            cwd=self.site.folder,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )

    def kill(self) -> None:
        """All of it at once, as when the power fails."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(20)

    def is_up(self) -> bool:
        try:
            self.site_get()
        except OSError:
            return False
        return True

    def site_get(self) -> None:
        from urllib.request import urlopen

        urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2).close()


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def furnished(folder: Path, settings: dict[str, str]) -> tuple[Installation, Seats]:
    """A site with the example of a room, and a hundred people who may be in it."""
    packages = folder / "packages"
    lay_out(packages, TALK, "talk", "sreda_talk.plugin")
    site = Installation(
        settings
        | {
            "SREDA_DATA_DIR": str(folder), "SREDA_SECRET_KEY": secrets.token_urlsafe(48),
            "PYTHONPATH": f"{packages}:{ROOT}",
        }
    )  # fmt: skip
    done = site.run("upgrade")
    assert done.returncode == 0, done.stderr
    seated = subprocess.run(
        [SREDA[0], "-m", "tests.cluster.seats", str(PEOPLE)],
        env=site.environ, cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    activity, *cookies = seated.stdout.split()
    return site, Seats(int(activity), cookies)


def talkers(port: int, seats: Seats) -> list[Talker]:
    return [
        Talker(f"t{number}", port, cookie, seats.activity)
        for number, cookie in enumerate(seats.cookies)
    ]


async def kill_again_and_again(services: list[Service], people: list[Talker]) -> None:
    for _ in range(KILLS):
        # At a random moment of a conversation in which everybody takes part.
        await _until(lambda: sum(talker.link is not None for talker in people) > PEOPLE * 0.9)
        await asyncio.sleep(random.uniform(0.2, 1.0))
        service = random.choice(services)
        service.kill()
        service.start()
        await _until(service.is_up)


async def _until(true: object) -> None:
    assert callable(true)
    for _ in range(1200):
        if await asyncio.to_thread(true):
            return
        await asyncio.sleep(0.1)
    raise TimeoutError("the site did not come back")


def stored(url: str) -> list[tuple[int, str]]:
    """What the database has, in the order of the room."""
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        query = sa.text("SELECT number, mark FROM stream_entries ORDER BY number")
        rows = [(row.number, row.mark) for row in connection.execute(query)]
        lines = connection.execute(sa.text("SELECT count(*) FROM talk_lines")).scalar_one()
    engine.dispose()
    assert lines == len(rows)
    return rows


def nothing_is_lost(people: list[Talker], rows: list[tuple[int, str]]) -> None:
    assert [number for number, _ in rows] == list(range(1, len(rows) + 1))
    marks = [mark for _, mark in rows]
    assert len(set(marks)) == len(marks), "something was stored twice"
    acked = {mark: number for talker in people for mark, number in talker.acked.items()}
    assert acked.items() <= {mark: number for number, mark in rows}.items()
    for talker in people:
        assert talker.heard == rows, f"{talker.name} heard something else"
    assert len(acked) > PEOPLE


@pytest.mark.slow
def test_nothing_is_lost_when_the_server_is_killed(tmp_path: Path) -> None:
    site, seats = furnished(tmp_path, {})
    service = Service(site)
    people = talkers(service.port, seats)
    try:
        assert wait_until(service.is_up, 60)
        asyncio.run(converse(people, kill_again_and_again([service], people)))
    finally:
        service.kill()
    nothing_is_lost(people, stored(f"sqlite:///{tmp_path}/sreda.db"))


@pytest.mark.slow
def test_nothing_is_lost_between_two_services(
    tmp_path: Path, postgres: Server, stack: ExitStack
) -> None:
    url = stack.enter_context(postgres.database())
    redis = stack.enter_context(redis_server())
    site, seats = furnished(tmp_path, {"DATABASE_URL": url, "REDIS_URL": redis})
    services = [Service(site), Service(site)]
    for service in services:
        stack.callback(service.kill)
    port = stack.enter_context(proxy(tmp_path / "nginx", [each.port for each in services]))
    people = talkers(port, seats)
    assert all(wait_until(service.is_up, 60) for service in services)
    asyncio.run(converse(people, kill_again_and_again(services, people)))
    nothing_is_lost(people, stored(url))
