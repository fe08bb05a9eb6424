"""`sreda run` as people start it: a process of its own, seen from outside."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
import urllib.error
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import socketio

from tests.core.installation import Installation, Served, children, is_alive, wait_until

STRONG = "kR7-pQz2vXw9LmT4yHs8NbD3fGj6CaE1uVo5"


@pytest.fixture
def served(installation: Installation) -> Iterator[Served]:
    with installation.serving() as server:
        yield server


def jobs_of(served: Served) -> list[int]:
    """The processes for jobs: what the one worker of the server has started."""
    return [job for worker in children(served.process.pid) for job in children(worker)]


def test_the_process_is_patched_before_anything_else(served: Served) -> None:
    with served.get("/healthz") as answer:
        assert json.load(answer) == {"status": "ok", "monkey": True}


def test_a_site_that_is_up_to_date_is_ready(served: Served) -> None:
    with served.get("/readyz") as answer:
        assert json.load(answer) == {"status": "ok", "database": True, "behind": []}


def test_a_page_and_its_style_are_served(served: Served) -> None:
    with served.get("/") as answer:
        page = answer.read().decode()
    styles = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)
    assert "<title>" in page
    assert styles
    for style in styles:
        with served.get(style) as answer:
            assert answer.status == 200
            assert answer.headers["Content-Type"].startswith("text/css")


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_a_socket_of_a_stranger_is_refused(served: Served, transport: str) -> None:
    client = socketio.Client(reconnection=False)
    with pytest.raises(socketio.exceptions.ConnectionError):
        client.connect(served.url, transports=[transport], wait_timeout=10)
    assert not client.connected


def test_the_process_for_jobs_dies_with_a_server_that_is_killed(served: Served) -> None:
    assert wait_until(lambda: len(jobs_of(served)) == 1)
    jobs = jobs_of(served)[0]
    served.process.kill()
    assert wait_until(lambda: not is_alive(jobs), seconds=12)


def test_the_process_for_jobs_is_started_again_when_it_dies(served: Served) -> None:
    assert wait_until(lambda: len(jobs_of(served)) == 1)
    first = jobs_of(served)
    os.kill(first[0], signal.SIGKILL)
    assert wait_until(lambda: len(jobs_of(served)) == 1 and jobs_of(served) != first)


def test_the_process_for_jobs_leaves_without_a_word_when_it_is_told_to(
    installation: Installation,
) -> None:
    with subprocess.Popen(
        [*installation.command, "worker", "--child"],
        env=installation.environ,
        cwd=installation.folder,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        alive = installation.folder / "worker.alive"
        alive.unlink(missing_ok=True)
        assert wait_until(alive.exists, seconds=20)
        process.terminate()
        assert process.wait(10) == 0
        assert process.stderr is not None
        assert process.stderr.read() == b""


def test_jobs_can_be_left_to_another_machine(installation: Installation) -> None:
    with installation.serving("--no-jobs") as served:
        time.sleep(0.5)
        assert jobs_of(served) == []


def test_the_process_for_jobs_says_that_it_is_alive(installation: Installation) -> None:
    (installation.folder / "worker.alive").unlink(missing_ok=True)
    with installation.serving():
        assert wait_until((installation.folder / "worker.alive").exists)


def test_a_request_in_flight_is_finished_when_the_server_is_told_to_stop(served: Served) -> None:
    """The request is in flight because its body has not come yet when the signal does."""
    address = urlsplit(served.url)
    body = b"email=nobody%40sreda.example&password=wrong"
    with socket.create_connection((address.hostname, address.port), timeout=15) as connection:
        connection.sendall(
            b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n"
            + f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body[:10]
        )
        time.sleep(0.5)
        served.process.send_signal(signal.SIGTERM)
        time.sleep(1.5)
        connection.sendall(body[10:])
        assert re.match(rb"HTTP/1\.1 [24]\d\d ", connection.recv(65536))
    assert served.process.wait(10) == 0


def test_a_stop_without_requests_is_quick(served: Served) -> None:
    began = time.monotonic()
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(10) == 0
    assert time.monotonic() - began < 4


def test_open_sockets_do_not_hold_up_a_stop(installation: Installation) -> None:
    """Anonymous polling is enough: an engine connection is open before anybody is refused."""
    with installation.serving() as served:
        began, waiting = [], threading.Barrier(6)

        def poll() -> None:
            with served.get("/socket.io/?EIO=4&transport=polling") as answer:
                session = json.loads(answer.read()[1:])["sid"]
            waiting.wait()
            try:
                served.get(f"/socket.io/?EIO=4&transport=polling&sid={session}").close()
            except (urllib.error.URLError, ConnectionError):
                began.append(session)

        threads = [threading.Thread(target=poll) for _ in range(5)]
        for thread in threads:
            thread.start()
        waiting.wait()
        time.sleep(0.5)
        told = time.monotonic()
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(15) == 0
        assert time.monotonic() - told < 4
        for thread in threads:
            thread.join()


def test_the_first_run_shows_five_sign_ins_and_the_second_does_too(tmp_path: Path) -> None:
    """What `make run` calls: an empty folder becomes a site with people in it."""
    fresh = Installation({"SREDA_DATA_DIR": str(tmp_path)})
    with fresh.serving("--demo") as first, first.get("/readyz") as answer:
        assert answer.status == 200
    with fresh.serving("--demo") as second:
        assert second.said == first.said
    assert len(first.said) == 5
    assert first.said[1].split()[:2] == ["coordinator", "coordinator@sreda.example"]


def test_no_demo_is_served_in_production(installation: Installation) -> None:
    settings = {"SREDA_ENV": "production", "SREDA_SECRET_KEY": STRONG}
    done = installation.run("run", "--demo", PORT="0", **settings)
    assert done.returncode != 0
    assert "not in production" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_taken_port_is_told_in_a_sentence(installation: Installation) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = installation.run("run", PORT=port)
    assert done.returncode == 1
    assert f"Cannot listen on 127.0.0.1, port {port}" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_log_of_requests_holds_no_address_of_a_calendar(installation: Installation) -> None:
    logged = Installation(installation.settings | {"SREDA_ACCESS_LOG": "1"}, installation.command)
    with logged.serving() as server:
        with pytest.raises(urllib.error.HTTPError):
            server.get("/calendar/feed/s3cr3t-t0k3n.ics")
        assert server.process.stdout is not None
        line = server.process.stdout.readline()
    assert '"GET /calendar/feed/… HTTP/1.1" 404' in line
    assert "s3cr3t" not in line
