"""Somebody at a page with a room in it, as the client module behaves: sends until there is an
answer, joins again with the number seen last, fills gaps. Speaks the protocol by itself, so that a
hundred of them cost little."""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, Ping, Request, TextMessage
from wsproto.utilities import ProtocolError

NAMESPACE = "/talk"
STREAM = "talk.room"
ACK = re.compile(r"43/talk,(\d+)(.*)", re.DOTALL)
# Seconds to wait for an answer, and between two tries to come back.
PATIENCE = 20.0
PAUSE = 0.2


class LinkLost(Exception):
    """The site is gone, or sent us away."""


@dataclass
class Link:
    """One WebSocket connection to the namespace."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    wire: WSConnection
    hear: Callable[[dict[str, Any]], None]
    answers: dict[int, asyncio.Future[Any]] = field(default_factory=dict)
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    number: int = 0

    @classmethod
    async def open(cls, port: int, cookie: str, hear: Callable[[dict[str, Any]], None]) -> Link:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        wire = WSConnection(ConnectionType.CLIENT)
        target = "/socket.io/?EIO=4&transport=websocket"
        headers = [(b"Cookie", f"sreda={cookie}".encode())]
        request = Request(host=f"127.0.0.1:{port}", target=target, extra_headers=headers)
        writer.write(wire.send(request))
        return cls(reader, writer, wire, hear)

    async def read(self) -> None:
        """Take in what comes, until the link ends. Raises LinkLost then."""
        while True:
            came = await self.reader.read(65536)
            if not came:
                raise LinkLost("the other end closed")
            self.wire.receive_data(came)
            text = ""
            for event in self.wire.events():
                if isinstance(event, AcceptConnection):
                    continue
                if isinstance(event, Ping):
                    self.writer.write(self.wire.send(event.response()))
                elif isinstance(event, TextMessage):
                    text += event.data
                    if event.message_finished:
                        self._take(text)
                        text = ""
                else:
                    raise LinkLost(repr(event)[:200])

    def _take(self, text: str) -> None:
        if text.startswith("0"):
            self.put(f"40{NAMESPACE},")
        elif text == "2":
            self.put("3")
        elif text.startswith(f"40{NAMESPACE}"):
            self.opened.set()
        elif text.startswith(f"42{NAMESPACE},"):
            name, facts = json.loads(text[len(NAMESPACE) + 3 :])
            if name == "entries":
                self.hear(facts)
        elif (answer := ACK.fullmatch(text)) is not None:
            waiting = self.answers.pop(int(answer[1]), None)
            if waiting is not None and not waiting.done():
                waiting.set_result(json.loads(answer[2])[0])
        elif text.startswith(("41", "44", "1")):
            raise LinkLost(text[:200])

    def put(self, text: str) -> None:
        self.writer.write(self.wire.send(TextMessage(text)))

    async def ask(self, event: str, facts: dict[str, Any]) -> dict[str, Any]:
        """Send an event; its answer. Raises LinkLost without one."""
        self.number += 1
        number = self.number
        self.answers[number] = asyncio.get_running_loop().create_future()
        self.put(f"42{NAMESPACE},{number}{json.dumps([event, facts])}")
        try:
            answer: dict[str, Any] = await asyncio.wait_for(self.answers[number], PATIENCE)
        except TimeoutError as error:
            raise LinkLost(f"no answer to {event}") from error
        return answer


@dataclass
class Talker:
    """One person in the room."""

    name: str
    port: int
    cookie: str
    activity: int
    last: int = 0
    heard: list[tuple[int, str]] = field(default_factory=list)
    early: dict[int, dict[str, Any]] = field(default_factory=dict)
    acked: dict[str, int] = field(default_factory=dict)
    pending: list[str] = field(default_factory=list)
    said: int = 0
    talking: bool = True
    link: Link | None = None
    # What ended the last connection, for the reader of a failure.
    trouble: str = ""

    async def live(self) -> None:
        """Connect, talk, and come back whenever the link is lost."""
        while True:
            try:
                await self._visit()
            except (LinkLost, OSError, TimeoutError, ProtocolError) as error:
                self.trouble = repr(error)
            self.link = None
            await asyncio.sleep(random.uniform(PAUSE / 2, PAUSE * 2))

    async def _visit(self) -> None:
        link = await Link.open(self.port, self.cookie, self.take)
        reading = asyncio.create_task(link.read())
        talking = asyncio.create_task(self._talk(link))
        try:
            done, _ = await asyncio.wait({reading, talking}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in (reading, talking):
                task.cancel()
            link.writer.close()

    async def _talk(self, link: Link) -> None:
        await asyncio.wait_for(link.opened.wait(), PATIENCE)
        await self._fetch(link, "join")
        self.link = link
        while True:
            await self._send_pending(link)
            if self.early:
                await self._fetch(link, "missed")
            await asyncio.sleep(random.uniform(0.2, 0.6))
            # Everybody says something every five seconds or so.
            if self.talking and not self.pending and random.random() < 0.08:
                self.said += 1
                self.pending.append(f"{self.name}-{self.said}")

    async def _send_pending(self, link: Link) -> None:
        while self.pending:
            mark = self.pending[0]
            answer = await link.ask(
                "say", {"activity": self.activity, "mark": mark, "text": f"Слово {mark}"}
            )
            if "number" not in answer:
                await asyncio.sleep(PAUSE)
                continue
            self.acked[mark] = answer["number"]
            self.pending.remove(mark)

    async def _fetch(self, link: Link, event: str) -> None:
        more = True
        while more:
            place = {"stream": STREAM, "activity": self.activity, "after": self.last}
            answer = await link.ask(event, place)
            if "entries" not in answer:
                raise LinkLost(str(answer))
            self.take(answer)
            more, event = answer["more"], "missed"

    def take(self, told: dict[str, Any]) -> None:
        """Put entries in their order; what is known already is passed over."""
        for entry in told["entries"]:
            if entry["number"] > self.last:
                self.early[entry["number"]] = entry
        while (entry := self.early.pop(self.last + 1, None)) is not None:
            self.last += 1
            self.heard.append((self.last, entry["mark"]))


async def converse(talkers: list[Talker], turmoil: Coroutine[Any, Any, None]) -> None:
    """Let everybody talk while something happens, then until all have heard all."""
    lives = [asyncio.create_task(talker.live()) for talker in talkers]
    try:
        await turmoil
        for talker in talkers:
            talker.talking = False
        await asyncio.wait_for(_until_quiet(talkers), 60)
    finally:
        for life in lives:
            life.cancel()
        await asyncio.gather(*lives, return_exceptions=True)


async def _until_quiet(talkers: list[Talker]) -> None:
    still = 0
    while still < 10:
        settled = all(talker.link is not None and not talker.pending for talker in talkers)
        same = len({talker.last for talker in talkers}) == 1
        still = still + 1 if settled and same else 0
        await asyncio.sleep(0.1)
