"""What only a real server shows: long polling, other origins, and changes by other processes."""

from __future__ import annotations

import json
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
import socketio
import websocket

from tests.cluster.seats import Seats
from tests.cluster.service import ROOT, Service, site_with_room
from tests.core.installation import SREDA, wait_until


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    running = Service(site_with_room(tmp_path_factory.mktemp("site"), {"SREDA_RATE_FACTOR": "100"}))
    yield running
    running.close()


@pytest.fixture(scope="module")
def seats(service: Service) -> Seats:
    told = subprocess.run(
        [SREDA[0], "-m", "tests.cluster.seats", "2"],
        env=service.site.environ, cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert wait_until(service.is_up, 60)
    activity, *cookies = told.stdout.split()
    return Seats([int(activity)], cookies)


def link(service: Service, cookie: str, transport: str) -> tuple[socketio.Client, list[Any]]:
    heard: list[Any] = []
    client = socketio.Client(reconnection=False)
    for event in ("entries", "out"):
        client.on(event, heard.append, namespace="/talk")
    headers = {"Cookie": f"sreda={cookie}"}
    client.connect(service.url, headers, transports=[transport], namespaces=["/talk"])
    return client, heard


def test_where_no_websocket_comes_through_long_polling_does(service: Service, seats: Seats) -> None:
    place = {"stream": "talk.room", "activity": seats.activity}
    poller, heard = link(service, seats.cookies[0], "polling")
    other, also = link(service, seats.cookies[1], "websocket")
    for client in (poller, other):
        assert "entries" in client.call("join", place, namespace="/talk", timeout=30)
    line = {"activity": seats.activity, "mark": "m", "text": "Через прокси"}
    answer = poller.call("say", line, namespace="/talk", timeout=30)
    assert wait_until(lambda: heard and also)
    assert heard[0]["entries"][0]["text"] == also[0]["entries"][0]["text"] == "Через прокси"
    assert heard[0]["entries"][0]["number"] == answer["number"]
    for client in (poller, other):
        client.disconnect()


@contextmanager
def bare_link(
    service: Service, cookie: str, activity: int
) -> Iterator[tuple[websocket.WebSocket, Iterator[str]]]:
    """Somebody in the room who hears only when asked to, and for whom the system keeps little."""
    wire = websocket.create_connection(
        f"{service.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket",
        cookie=f"sreda={cookie}",
        sockopt=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)],
        header=["Sec-WebSocket-Extensions: permessage-deflate"],
        timeout=30,
    )
    heard = iter(lambda: str(wire.recv()), "")
    join = json.dumps(["join", {"stream": "talk.room", "activity": activity}])
    with closing(wire):
        assert next(heard).startswith("0{")
        wire.send("40/talk,")
        assert next(heard).startswith("40/talk,")
        wire.send(f"42/talk,1{join}")
        assert any(frame.startswith("43/talk,1") for frame in heard)
        yield wire, heard


def test_whoever_reads_slowly_misses_nothing_and_is_sent_whole_frames(
    service: Service, seats: Seats
) -> None:
    talker, _ = link(service, seats.cookies[1], "websocket")
    with bare_link(service, seats.cookies[0], seats.activity) as (_, heard):
        numbers = [
            talker.call(
                "say",
                {"activity": seats.activity, "mark": f"{turn}", "text": f"{turn} " + "Щ" * 1900},
                namespace="/talk",
                timeout=30,
            )["number"]
            for turn in range(200)
        ]
        told: list[int] = []
        while len(told) < len(numbers):
            frame = next(heard)
            if frame.startswith('42/talk,["entries"'):
                entries = json.loads(frame.removeprefix("42/talk,"))[1]["entries"]
                told += [entry["number"] for entry in entries]
    assert told == numbers
    talker.disconnect()


def test_frames_are_not_packed_for_each_browser(service: Service, seats: Seats) -> None:
    with bare_link(service, seats.cookies[0], seats.activity) as (wire, _):
        assert "sec-websocket-extensions" not in (wire.getheaders() or {})


def test_pages_of_others_open_no_sockets(service: Service, seats: Seats) -> None:
    address = f"{service.url}/socket.io/?EIO=4&transport=polling"
    headers = {"Cookie": f"sreda={seats.cookies[0]}"}
    own = urllib.request.Request(address, headers=headers | {"Origin": service.url})
    urllib.request.urlopen(own, timeout=20).close()
    strange = urllib.request.Request(address, headers=headers | {"Origin": "http://evil.example"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(strange, timeout=20)
    refused.value.close()
    assert refused.value.code == 400


def test_what_another_process_changes_is_felt_in_the_rooms(service: Service, seats: Seats) -> None:
    client, heard = link(service, seats.cookies[0], "websocket")
    place = {"stream": "talk.room", "activity": seats.activity}
    client.call("join", place, namespace="/talk", timeout=30)
    done = service.site.run("plugins", "disable", "talk")
    assert done.returncode == 0, done.stderr
    assert wait_until(lambda: any("error" in told for told in heard), 10)
    client.disconnect()
