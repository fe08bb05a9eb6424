"""A hundred people talk while the site is killed again and again: nothing that was shown as sent is
lost, nothing comes twice, and all of them have heard the same in the same order."""

from __future__ import annotations

import asyncio
import random
import subprocess
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.testing.postgres import Server
from tests.cluster.proxy import proxy
from tests.cluster.seats import Seats
from tests.cluster.service import ROOT, Service, site_with_room
from tests.cluster.talker import Talker, converse
from tests.core.installation import SREDA, Installation, wait_until
from tests.core.redis_server import redis_server

pytestmark = [pytest.mark.slow, pytest.mark.both_databases]

PEOPLE = 100
KILLS = 10


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def seated(site: Installation) -> Seats:
    """A hundred people who may be in the room of a site."""
    told = subprocess.run(
        [SREDA[0], "-m", "tests.cluster.seats", str(PEOPLE)],
        env=site.environ, cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    activity, *cookies = told.stdout.split()
    return Seats([int(activity)], cookies)


def talkers(port: int, seats: Seats) -> list[Talker]:
    return [
        Talker(f"t{number}", port, cookie, seats.activity)
        for number, cookie in enumerate(seats.cookies)
    ]


async def kill_again_and_again(services: list[Service], people: list[Talker]) -> None:
    for _ in range(KILLS):
        # At a random moment of a conversation in which everybody takes part.
        await _until(
            lambda: sum(talker.link is not None for talker in people) > PEOPLE * 0.9, people
        )
        await asyncio.sleep(random.uniform(0.5, 2.5))
        service = random.choice(services)
        service.kill()
        service.start()
        await _until(service.is_up, people)


def hold(talk: Coroutine[Any, Any, None]) -> None:
    """In a thread of its own: the browser tests leave a loop running in the thread of the tests."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, talk).result()


async def _until(true: Callable[[], bool], people: list[Talker]) -> None:
    for _ in range(1200):
        if await asyncio.to_thread(true):
            return
        await asyncio.sleep(0.1)
    troubles = Counter(talker.trouble for talker in people if talker.link is None)
    raise TimeoutError(f"the site did not come back: {troubles.most_common(5)}")


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


def test_nothing_is_lost_when_the_server_is_killed(tmp_path: Path, stack: ExitStack) -> None:
    site = site_with_room(tmp_path, {})
    seats = seated(site)
    service = Service(site)
    stack.callback(service.close)
    people = talkers(service.port, seats)
    assert wait_until(service.is_up, 180)
    hold(converse(people, kill_again_and_again([service], people)))
    nothing_is_lost(people, stored(f"sqlite:///{tmp_path}/sreda.db"))


def test_nothing_is_lost_between_two_services(
    tmp_path: Path, postgres: Server, stack: ExitStack
) -> None:
    url = stack.enter_context(postgres.database())
    redis = stack.enter_context(redis_server())
    site = site_with_room(tmp_path, {"DATABASE_URL": url, "REDIS_URL": redis})
    seats = seated(site)
    services = [Service(site), Service(site)]
    for service in services:
        stack.callback(service.close)
    port = stack.enter_context(proxy(tmp_path / "nginx", [each.port for each in services]))
    people = talkers(port, seats)
    assert all(wait_until(service.is_up, 180) for service in services)
    hold(converse(people, kill_again_and_again(services, people)))
    nothing_is_lost(people, stored(url))
