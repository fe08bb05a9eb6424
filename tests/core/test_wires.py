"""What is put on a wire comes out whole and in order; nobody waits for those who read slowly."""

from __future__ import annotations

import os
from collections.abc import Iterator

import gevent
import pytest
from gevent import socket

from core.platform.wires import MOST_WAITING, Wire

# More than the system keeps for somebody who does not read.
LARGE = 4 * 1024 * 1024


@pytest.fixture
def ends() -> Iterator[tuple[Wire, socket.socket]]:
    near, far = socket.socketpair()
    near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
    yield Wire(near), far
    near.close()
    far.close()


def read(far: socket.socket, size: int) -> bytes:
    came = bytearray()
    with gevent.Timeout(20):
        while len(came) < size:
            came += far.recv(65536)
    return bytes(came)


def test_a_large_frame_arrives_whole_and_before_what_is_sent_after_it(
    ends: tuple[Wire, socket.socket],
) -> None:
    wire, far = ends
    large, small = os.urandom(LARGE), b"and then this"
    sending = gevent.spawn(wire.send, large)
    gevent.sleep(0.01)
    later = gevent.spawn(wire.send, small)
    assert read(far, LARGE + len(small)) == large + small
    gevent.joinall([sending, later], timeout=10, raise_error=True)
    assert sending.value == LARGE


def test_offers_wait_for_nobody_and_keep_the_order(ends: tuple[Wire, socket.socket]) -> None:
    wire, far = ends
    frames = [bytes([number]) * 5000 for number in range(100)]
    assert all(wire.offer(frame) for frame in frames)
    assert read(far, 500_000) == b"".join(frames)


def test_who_does_not_read_is_offered_only_so_much(ends: tuple[Wire, socket.socket]) -> None:
    wire, far = ends
    frame = bytes(10_000)
    taken = 0
    while wire.offer(frame):
        taken += 1
        assert taken < 1000
    assert taken * len(frame) >= MOST_WAITING
    # Whoever reads at last is offered more.
    read(far, taken * len(frame))
    gevent.sleep(0.01)
    assert wire.offer(frame)


def test_a_link_that_ends_releases_who_waits_to_send(ends: tuple[Wire, socket.socket]) -> None:
    wire, far = ends
    sending = gevent.spawn(wire.send, bytes(LARGE))
    gevent.sleep(0.01)
    far.close()
    with pytest.raises(BrokenPipeError):
        sending.get(timeout=10)
    with pytest.raises(BrokenPipeError):
        wire.send(b"more")
    wire.offer(b"more")


def test_closing_releases_who_waits_to_send(ends: tuple[Wire, socket.socket]) -> None:
    wire, _ = ends
    sending = gevent.spawn(wire.send, bytes(LARGE))
    gevent.sleep(0.01)
    wire.close()
    with pytest.raises(BrokenPipeError):
        sending.get(timeout=10)
