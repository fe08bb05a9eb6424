"""The people of a measured room, in a process of their own: thousands of WebSockets in one loop.

``python -m tests.load.crowd`` reads what to do as a line of JSON and answers a line for each step.
It looks at every frame only as far as it must, so that one core keeps up with what it measures: all
deliveries are counted, and the age of those to every ``n``-th client is taken.
"""

from __future__ import annotations

import base64
import json
import os
import re
import resource
import selectors
import socket
import struct
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

SENT_AT = re.compile(rb"@(\d+)@")
# So many clients' deliveries are looked at closely.
SAMPLED = 40
# Connections that are being made at a time.
AT_ONCE = 50
# Seconds that what was sent last may still take.
DRAIN = 3.0


@dataclass
class Manner:
    """How a server wants to be spoken to."""

    namespace: str
    join: dict[str, Any]
    say: dict[str, Any]

    def event(self, number: int, name: str, facts: dict[str, Any]) -> bytes:
        prefix = f"42{self.namespace},{number}" if self.namespace else f"42{number}"
        return f"{prefix}{json.dumps([name, facts], ensure_ascii=False)}".encode()

    @property
    def ack(self) -> bytes:
        return f"43{self.namespace},".encode() if self.namespace else b"43"

    @property
    def open(self) -> bytes:
        return f"40{self.namespace},".encode() if self.namespace else b"40"


@dataclass
class Client:
    """One WebSocket."""

    wire: socket.socket
    sampled: bool
    buffer: bytearray = field(default_factory=bytearray)
    upgraded: bool = False
    joined: bool = False
    alive: bool = True

    def put(self, payload: bytes) -> None:
        """A text frame; the mask that the protocol wants is all zeros."""
        size = len(payload)
        head = bytes([0x81, 0x80 | size]) if size < 126 else struct.pack("!BBH", 0x81, 0xFE, size)
        self.wire.setblocking(True)
        self.wire.sendall(head + b"\0\0\0\0" + payload)
        self.wire.setblocking(False)

    def frames(self) -> Iterator[bytes]:
        """The whole frames that have come."""
        buffer, at = self.buffer, 0
        while len(buffer) - at >= 2:
            size, start = buffer[at + 1] & 127, at + 2
            if size == 126:
                if len(buffer) < start + 2:
                    break
                size, start = int.from_bytes(buffer[start : start + 2], "big"), start + 2
            elif size == 127:
                if len(buffer) < start + 8:
                    break
                size, start = int.from_bytes(buffer[start : start + 8], "big"), start + 8
            if len(buffer) < start + size:
                break
            yield bytes(buffer[start : start + size])
            at = start + size
        del buffer[:at]


@dataclass
class Tally:
    """What happened in one step."""

    sent: int = 0
    acked: int = 0
    refused: int = 0
    deliveries: int = 0
    lost: int = 0
    ages: list[int] = field(default_factory=list)
    ack_ages: list[int] = field(default_factory=list)


class Crowd:
    """All clients of one server."""

    def __init__(self, port: int, manner: Manner) -> None:
        self.port, self.manner = port, manner
        self.clients: list[Client] = []
        self.ears = selectors.DefaultSelector()
        self.tally = Tally()
        self.number = 0
        self.asked: dict[int, int] = {}

    # ---- Coming

    def gather(self, cookies: list[str]) -> float:
        """Let everybody connect and join; connections a second."""
        started = time.monotonic()
        every = max(1, len(cookies) // SAMPLED)
        for number, cookie in enumerate(cookies):
            while sum(not c.joined for c in self.clients[-AT_ONCE:]) >= AT_ONCE:
                self.listen(0.01)
            self._connect(cookie, sampled=number % every == 0)
        give_up = time.monotonic() + 60
        while not all(c.joined for c in self.clients):
            self.listen(0.05)
            if time.monotonic() > give_up:
                raise RuntimeError("not everybody could join")
        return len(cookies) / (time.monotonic() - started)

    def _connect(self, cookie: str, *, sampled: bool) -> None:
        wire = socket.create_connection(("127.0.0.1", self.port))
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        key = base64.b64encode(os.urandom(16)).decode()
        wire.sendall(
            (
                "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n"
                f"Host: 127.0.0.1:{self.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
                f"Cookie: sreda={cookie}\r\n\r\n"
            ).encode()
        )
        wire.setblocking(False)
        client = Client(wire, sampled)
        self.clients.append(client)
        self.ears.register(wire, selectors.EVENT_READ, client)

    # ---- Hearing

    def listen(self, patience: float) -> None:
        for key, _ in self.ears.select(patience):
            client: Client = key.data
            try:
                came = client.wire.recv(1 << 18)
            except (BlockingIOError, ConnectionError):
                continue
            if not came:
                self._gone(client)
                continue
            client.buffer += came
            if not client.upgraded and not self._upgrade(client):
                continue
            for frame in client.frames():
                self._take(client, frame)

    def _gone(self, client: Client) -> None:
        client.alive = False
        self.tally.lost += 1
        self.ears.unregister(client.wire)
        client.wire.close()

    def _upgrade(self, client: Client) -> bool:
        end = client.buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        if b" 101 " not in client.buffer[:end]:
            raise RuntimeError(f"refused: {bytes(client.buffer[:200])!r}")
        del client.buffer[: end + 4]
        client.upgraded = True
        return True

    def _take(self, client: Client, frame: bytes) -> None:
        if frame.startswith(b"42"):
            found = frame.count(b"@")
            self.tally.deliveries += found // 2
            if client.sampled and found:
                now = time.monotonic_ns()
                self.tally.ages += [now - int(at) for at in SENT_AT.findall(frame)]
        elif frame.startswith(b"43"):
            self._acked(client, frame)
        elif frame == b"2":
            client.put(b"3")
        elif frame.startswith(b"0"):
            client.put(self.manner.open)
        elif frame.startswith(b"40"):
            self.number += 1
            client.put(self.manner.event(self.number, "join", self.manner.join))

    def _acked(self, client: Client, frame: bytes) -> None:
        if not client.joined:
            client.joined = True
            if b'"error"' in frame:
                raise RuntimeError(frame.decode())
            return
        number = int(re.match(rb"\d+", frame[len(self.manner.ack) :])[0])  # type: ignore[index]
        self.tally.acked += 1
        self.tally.refused += b'"error"' in frame
        self.tally.ack_ages.append(time.monotonic_ns() - self.asked.pop(number, 0))

    # ---- Speaking

    def talk(self, rate: float, seconds: float) -> dict[str, Any]:
        """Say so many things a second, each by the next client; what came of it."""
        self.tally = Tally()
        speakers = [client for client in self.clients if client.alive]
        started = time.monotonic()
        while (elapsed := time.monotonic() - started) < seconds:
            while self.tally.sent < elapsed * rate:
                self._say(speakers[self.tally.sent % len(speakers)])
            self.listen(max(0.0, (self.tally.sent + 1) / rate - elapsed))
        within = self.tally.deliveries
        expected = self.tally.sent * len(speakers)
        while self.tally.deliveries < expected and time.monotonic() - started < seconds + DRAIN:
            self.listen(0.05)
        return self._told(within / seconds, expected)

    def _say(self, client: Client) -> None:
        self.number += 1
        now = time.monotonic_ns()
        self.asked[self.number] = now
        facts = self.manner.say | {"mark": f"m{self.number}", "text": f"Слово за слово @{now}@"}
        client.put(self.manner.event(self.number, "say", facts))
        self.tally.sent += 1

    def _told(self, deliveries_a_second: float, expected: int) -> dict[str, Any]:
        tally = self.tally
        return {
            "sent": tally.sent, "acked": tally.acked, "refused": tally.refused,
            "deliveries": tally.deliveries, "expected": expected, "lost": tally.lost,
            "deliveries_a_second": deliveries_a_second,
            "p50": _percentile(tally.ages, 50), "p99": _percentile(tally.ages, 99),
            "ack_p50": _percentile(tally.ack_ages, 50), "ack_p99": _percentile(tally.ack_ages, 99),
        }  # fmt: skip


def _percentile(ages: list[int], percent: int) -> float:
    """In milliseconds; infinite when nothing came."""
    if not ages:
        return float("inf")
    ages.sort()
    return ages[min(len(ages) - 1, len(ages) * percent // 100)] / 1e6


def main() -> None:
    """Read steps from standard input, a line of JSON each, and answer each with one."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(8192, most), most))
    begin = json.loads(sys.stdin.readline())
    crowd = Crowd(begin["port"], Manner(begin["namespace"], begin["join"], begin["say"]))
    print(json.dumps({"connections_a_second": crowd.gather(begin["cookies"])}), flush=True)
    for line in sys.stdin:
        step = json.loads(line)
        print(json.dumps(crowd.talk(step["rate"], step["seconds"])), flush=True)


if __name__ == "__main__":
    main()
