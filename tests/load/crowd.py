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
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

SENT_AT = re.compile(rb"@(\d+)@")
# So many clients' deliveries are looked at closely.
SAMPLED = 40
# Connections that are being made at a time.
AT_ONCE = 50
# What Engine.IO says before it ends a link.
GOODBYE = b"1"
# Seconds in which those who did not read get what waits for them.
LATE = 40.0
# Bytes that the system keeps for somebody who does not read.
SMALL = 8192
# Seconds that what was sent last may still take.
DRAIN = 3.0


@dataclass
class Manner:
    """How a server wants to be spoken to; the people sit in ``rooms`` in turn, each of which is
    what they send to ``join`` it and to ``say`` something in it."""

    namespace: str
    rooms: list[dict[str, dict[str, Any]]]

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
    room: int
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
        # What is said besides the moment: short lines by default.
        self.words = "Слово за слово"

    # ---- Coming

    def gather(self, cookies: list[str], deaf: int = 0) -> float:
        """Let everybody connect and join; connections a second. The last ``deaf`` are those who
        will not read: little fits between them and the server."""
        started = time.monotonic()
        every = max(1, len(cookies) // SAMPLED)
        for number, cookie in enumerate(cookies):
            while sum(not c.joined for c in self.clients[-AT_ONCE:]) >= AT_ONCE:
                self.listen(0.01)
            room = number % len(self.manner.rooms)
            small = number >= len(cookies) - deaf
            self._connect(cookie, room, sampled=number % every == 0, small=small)
        give_up = time.monotonic() + 60
        while not all(c.joined for c in self.clients):
            self.listen(0.05)
            if time.monotonic() > give_up:
                raise RuntimeError("not everybody could join")
        return len(cookies) / (time.monotonic() - started)

    def _connect(self, cookie: str, room: int, *, sampled: bool, small: bool) -> None:
        wire = socket.socket()
        if small:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        wire.connect(("127.0.0.1", self.port))
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
        client = Client(wire, sampled, room)
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
            join = self.manner.rooms[client.room]["join"]
            client.put(self.manner.event(self.number, "join", join))

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

    def talk(self, rate: float, seconds: float, deaf: int = 0) -> dict[str, Any]:
        """Say so many things a second, each by the next client; what came of it. The last ``deaf``
        read nothing meanwhile, and are let go when it is over."""
        self.tally = Tally()
        everybody = [client for client in self.clients if client.alive]
        speakers, unheard = everybody[: len(everybody) - deaf], everybody[len(everybody) - deaf :]
        for client in unheard:
            self.ears.unregister(client.wire)
        told = self._talk(speakers, rate, seconds)
        return told | {"cut_off": self._let_go(unheard)}

    def settle(self, patience: float) -> dict[str, Any]:
        """Wait until everything that was said is answered; how long that took, in seconds."""
        started = time.monotonic()
        while self.asked and time.monotonic() - started < patience:
            self.listen(0.05)
        return {"took": time.monotonic() - started, "unanswered": len(self.asked)}

    def _let_go(self, clients: list[Client]) -> int:
        """Read at last what waits for some, and end their links; how many the server had ended."""
        ears = selectors.DefaultSelector()
        for client in clients:
            client.alive = False
            ears.register(client.wire, selectors.EVENT_READ, client)
        ended, give_up = 0, time.monotonic() + LATE
        while ears.get_map() and time.monotonic() < give_up:
            for key, _ in ears.select(0.1):
                if self._hears_the_end(key.data):
                    ended += 1
                    ears.unregister(key.data.wire)
        for client in clients:
            client.wire.close()
        return ended

    def _hears_the_end(self, client: Client) -> bool:
        """Read on; whether the server has said good-bye, or just gone."""
        try:
            came = client.wire.recv(1 << 18)
        except ConnectionError:
            return True
        client.buffer += came
        return not came or GOODBYE in client.frames()

    def _talk(self, speakers: list[Client], rate: float, seconds: float) -> dict[str, Any]:
        heard = Counter(client.room for client in speakers)
        expected = 0
        started = time.monotonic()
        while (elapsed := time.monotonic() - started) < seconds:
            while self.tally.sent < elapsed * rate:
                speaker = speakers[self.tally.sent % len(speakers)]
                expected += heard[speaker.room]
                self._say(speaker)
            self.listen(max(0.0, (self.tally.sent + 1) / rate - elapsed))
        within = self.tally.deliveries
        while self.tally.deliveries < expected and time.monotonic() - started < seconds + DRAIN:
            self.listen(0.05)
        return self._told(within / seconds, expected) | {"took": time.monotonic() - started}

    def _say(self, client: Client) -> None:
        self.number += 1
        now = time.monotonic_ns()
        self.asked[self.number] = now
        say = self.manner.rooms[client.room]["say"]
        facts = say | {"mark": f"m{self.number}", "text": f"{self.words} @{now}@"}
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
    crowd = Crowd(begin["port"], Manner(begin["namespace"], begin["rooms"]))
    come = crowd.gather(begin["cookies"], begin.get("deaf", 0))
    print(json.dumps({"connections_a_second": come}), flush=True)
    for line in sys.stdin:
        step = json.loads(line)
        crowd.words = "Слово за слово " * step.get("long", 1)
        if "patience" in step:
            told = crowd.settle(step["patience"])
        else:
            told = crowd.talk(step["rate"], step["seconds"], step.get("deaf", 0))
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
