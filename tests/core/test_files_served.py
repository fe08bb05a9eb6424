"""Uploads and downloads under the real server: what only raw connections can show."""

from __future__ import annotations

import http.client
import json
import re
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from core.config import Config
from tests.core.installation import Installation, Served, wait_until

MEGABYTE = 1024 * 1024


@dataclass
class Person:
    """Somebody signed in on a server, and the bytes that they send."""

    served: Served
    folder: Path
    cookie: str
    token: str = ""

    @property
    def place(self) -> tuple[str, int]:
        address = urlsplit(self.served.url)
        return address.hostname or "", address.port or 0

    def open(self) -> None:
        """Look at a page, which gives the token that forms need."""
        status, headers, body = self.ask("GET", "/drafts")
        assert status == 200
        self.cookie = headers.get("Set-Cookie", self.cookie).partition(";")[0]
        found = re.search(r'name="csrf-token" content="([^"]+)"', body.decode())
        assert found
        self.token = found[1]

    @property
    def headers(self) -> dict[str, str]:
        return {"Cookie": self.cookie, "X-CSRFToken": self.token, "Accept": "application/json"}

    def ask(
        self, method: str, path: str, body: bytes = b"", **headers: str
    ) -> tuple[int, Any, bytes]:
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection(*self.place, timeout=30)
        try:
            accepted = self.headers if self.token else {"Cookie": self.cookie}
            connection.request(method, path, body or None, accepted | headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def begin(self, size: int, name: str = "a.txt") -> str:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        status, _headers, body = self.ask(
            "POST", "/uploads", f"name={name}&size={size}".encode(), **form
        )
        assert status == 201, body
        return str(json.loads(body)["url"])

    def offset(self, url: str) -> int:
        return int(json.loads(self.ask("GET", url)[2])["offset"])

    def connect(self, *lines: str) -> socket.socket:
        """An open connection on which the head of a request was sent."""
        raw = socket.create_connection(self.place, timeout=30)
        own = [f"{name}: {value}" for name, value in self.headers.items()]
        head = [lines[0], f"Host: {self.place[0]}:{self.place[1]}", *own, *lines[1:], "", ""]
        raw.sendall("\r\n".join(head).encode())
        return raw

    def arriving(self) -> list[int]:
        """How long each file is that is coming in."""
        return [p.stat().st_size for p in (self.folder / "files" / "arriving").glob("*")]


@pytest.fixture(scope="module")
def person(installation: Installation) -> Iterator[Person]:
    from core.app import create_app
    from core.platform.db import db
    from core.testing.cast import Cast

    app = create_app(Config.from_environ(installation.settings))
    cast = Cast(app)
    cookie = cast.browser(cast.user()).get_cookie("sreda")
    assert cookie is not None
    with app.app_context():
        db.engine.dispose()
    with installation.serving("--no-jobs") as served:
        somebody = Person(served, installation.folder, f"sreda={cookie.value}")
        somebody.open()
        yield somebody


def answer_of(raw: socket.socket) -> tuple[int, bytes]:
    """The status of an answer and what came of it until the server was silent or closed."""
    received = b""
    while piece := raw.recv(65536):
        received += piece
        if b"\r\n\r\n" in received:
            break
    return int(received.split()[1]) if received else 0, received


def test_a_cut_connection_keeps_what_came_and_the_upload_goes_on(person: Person) -> None:
    content = b"0123456789" * 10_000
    url = person.begin(len(content))
    raw = person.connect(
        f"PATCH {url}?offset=0 HTTP/1.1", "Content-Type: application/octet-stream",
        f"Content-Length: {len(content)}",
    )  # fmt: skip
    raw.sendall(content[:40_000])
    assert wait_until(lambda: person.arriving() and person.arriving()[0] >= 32_768)
    raw.close()
    assert wait_until(lambda: person.offset(url) == 40_000)
    status, _headers, body = person.ask(
        "PATCH", f"{url}?offset=40000", content[40_000:],
        **{"Content-Type": "application/octet-stream"},
    )  # fmt: skip
    assert status == 200
    file = json.loads(body)["file"]
    assert person.ask("GET", file["url"])[2] == content
    assert person.arriving() == []


def test_nobody_writes_while_another_part_is_on_its_way(person: Person) -> None:
    url = person.begin(1000)
    raw = person.connect(f"PATCH {url}?offset=0 HTTP/1.1", "Content-Length: 1000")
    raw.sendall(b"a" * 10)
    # A part without a byte is harmless, and told the same once somebody else is at it.
    assert wait_until(lambda: person.ask("PATCH", f"{url}?offset=0", b"")[0] == 409)
    status, _headers, body = person.ask("PATCH", f"{url}?offset=0", b"b" * 1000)
    assert (status, "offset" in json.loads(body)) == (409, True)
    raw.sendall(b"a" * 990)
    assert answer_of(raw)[0] == 200
    raw.close()


def test_two_gigabytes_are_refused_before_they_are_sent(person: Person) -> None:
    declared = f"Content-Length: {2 * 1024**3}"
    url = person.begin(1000)
    for head in (f"PATCH {url}?offset=0 HTTP/1.1", "POST /uploads HTTP/1.1"):
        began = time.monotonic()
        raw = person.connect(head, "Content-Type: application/octet-stream", declared)
        status, _received = answer_of(raw)
        assert status in (400, 413)
        assert time.monotonic() - began < 5
        raw.close()
    form = "Content-Type: multipart/form-data; boundary=x"
    raw = person.connect("POST /me/profile HTTP/1.1", form, declared)
    assert answer_of(raw)[0] == 413
    raw.close()
    assert person.arriving() == [0]
    assert person.ask("DELETE", url)[0] == 204
    assert person.arriving() == []
    assert person.ask("GET", "/healthz")[0] == 200


def test_a_body_in_chunks_is_an_upload_like_others(person: Person) -> None:
    url = person.begin(12)
    raw = person.connect(f"PATCH {url}?offset=0 HTTP/1.1", "Transfer-Encoding: chunked")
    raw.sendall(b"6\r\nhello \r\n6\r\nworld!\r\n0\r\n\r\n")
    assert answer_of(raw)[0] == 200
    raw.close()
    url = person.begin(6)
    raw = person.connect(f"PATCH {url}?offset=0 HTTP/1.1", "Transfer-Encoding: chunked")
    raw.sendall(b"FFFFFF\r\n" + b"x" * 50_000)
    assert answer_of(raw)[0] == 400
    raw.close()
    assert wait_until(lambda: person.arriving() == [])


def test_chunks_that_break_off_lose_nothing_and_break_nothing(person: Person) -> None:
    url = person.begin(1000)
    raw = person.connect(f"PATCH {url}?offset=0 HTTP/1.1", "Transfer-Encoding: chunked")
    raw.sendall(b"64\r\n" + b"x" * 100 + b"\r\nnonsense\r\n")
    assert answer_of(raw)[0] == 400
    raw.close()
    offset = person.offset(url)
    assert offset in (0, 100)
    status = person.ask("PATCH", f"{url}?offset={offset}", b"x" * (1000 - offset))[0]
    assert status == 200


def test_a_form_whose_sending_breaks_off_leaves_nothing(person: Person) -> None:
    head = (
        b"--x\r\nContent-Disposition: form-data; name=photo; filename=a.jpg\r\n"
        b"Content-Type: image/jpeg\r\n\r\n"
    )
    raw = person.connect(
        "POST /me/profile HTTP/1.1", "Content-Type: multipart/form-data; boundary=x",
        f"Content-Length: {MEGABYTE}",
    )  # fmt: skip
    raw.sendall(head + b"\xff\xd8\xff" * 1000)
    time.sleep(0.3)
    raw.close()
    assert wait_until(lambda: person.ask("GET", "/healthz")[0] == 200)
    assert person.arriving() == []


def test_a_slow_reader_of_a_large_file_holds_up_nobody(person: Person) -> None:
    content = bytes(range(256)) * 4096 * 12
    url = person.begin(len(content), "film.bin.zip.txt".replace(".bin.zip", ""))
    content = b"x" * len(content)
    for start in range(0, len(content), MEGABYTE):
        status, _headers, body = person.ask(
            "PATCH", f"{url}?offset={start}", content[start : start + MEGABYTE]
        )
        assert status == 200
    address = json.loads(body)["file"]["url"]
    readers = [person.connect(f"GET {address} HTTP/1.1") for _ in range(10)]
    for reader in readers:
        assert reader.recv(1000)
    slowest = 0.0
    for _ in range(40):
        began = time.monotonic()
        assert person.ask("GET", "/healthz")[0] == 200
        slowest = max(slowest, time.monotonic() - began)
    assert slowest < 0.5
    for reader in readers:
        reader.close()
