"""The server gives every connection its turn, however quickly another asks again."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.load.servers import floor

ASK = b"GET /200000 HTTP/1.1\r\nHost: localhost\r\n\r\n"
ANSWER = b"HTTP/1.1 200"


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    with floor(tmp_path) as number:
        yield number


def answers(port: int, asked: int, served: list[int], me: int, begin: threading.Barrier) -> None:
    """Send all requests at once, and note in the common list when each answer begins."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        begin.wait()
        connection.sendall(ASK * asked)
        connection.settimeout(30)
        seen, counted = b"", 0
        while counted < asked:
            seen += connection.recv(1 << 20)
            served.extend([me] * (seen.count(ANSWER) - counted))
            counted = seen.count(ANSWER)


def test_a_connection_that_asks_without_pause_does_not_starve_another(port: int) -> None:
    served: list[int] = []
    begin = threading.Barrier(2)
    asking = [threading.Thread(target=answers, args=(port, 30, served, me, begin)) for me in (0, 1)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join(60)
    assert len(served) == 60
    # Each is well under way before the other is through.
    for me in (0, 1):
        through = len(served) - 1 - served[::-1].index(me)
        assert served[:through].count(1 - me) >= 10
