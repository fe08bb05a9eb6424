"""The loop of the process for jobs: what it does with work, without, and when something fails."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask, current_app

from core import worker
from core.config import Config
from core.platform.heartbeat import heartbeat
from core.worker import Duty


@pytest.fixture
def bare(tmp_path: Path) -> Flask:
    app = Flask("bare")
    app.config["SREDA"] = Config(environment="test", data_dir=tmp_path)
    return app


def stopping_after(rounds: int, stop: threading.Event) -> Callable[[], int]:
    """A duty that always has something to do, and ends the work after some rounds."""
    left = iter(range(rounds - 1, -1, -1))

    def run() -> int:
        if next(left) == 0:
            stop.set()
        return 1

    return run


def test_duties_run_in_the_application_until_the_stop(bare: Flask) -> None:
    stop, seen = threading.Event(), []
    duties = [
        Duty("see", 0, lambda: seen.append(current_app.name)),
        Duty("end", 0, stopping_after(3, stop)),
    ]
    worker.work(bare, duties, stop)
    assert seen == ["bare"] * 3


def test_what_is_due_now_and_then_runs_at_the_start_and_waits(bare: Flask) -> None:
    stop, seen = threading.Event(), []
    duties = [
        Duty("hourly", 3600, lambda: seen.append("now")),
        Duty("end", 0, stopping_after(5, stop)),
    ]
    worker.work(bare, duties, stop)
    assert seen == ["now"]


def test_what_fails_is_logged_and_hinders_nobody(
    bare: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    stop, tried = threading.Event(), []

    def fail() -> int:
        tried.append("once")
        raise RuntimeError("the mail server sleeps")

    worker.work(bare, [Duty("mail", 0, fail), Duty("end", 0, stopping_after(4, stop))], stop)
    assert tried == ["once"], "a second try comes only after a pause"
    assert "looking after mail failed" in caplog.text
    assert "the mail server sleeps" in caplog.text


def test_pauses_after_failures_grow_up_to_a_limit_and_end_with_success(bare: Flask) -> None:
    broken = True

    def run() -> int:
        if broken:
            raise RuntimeError
        return 1

    duty = Duty("mail", 0, run)
    pauses = []
    for _ in range(8):
        duty.do(bare, 1000.0)
        pauses.append(duty.due - 1000.0)
    assert pauses == [2, 4, 8, 16, 32, 60, 60, 60]
    broken = False
    assert duty.do(bare, 1000.0) == 1
    assert duty.due == 1000.0


def test_an_idle_worker_rests(bare: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    rests: list[float] = []

    class Stop(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            rests.append(timeout or 0)
            self.set()
            return True

    worker.work(bare, [Duty("nothing", 0, lambda: 0)], Stop())
    assert rests == [worker.IDLE]


def test_a_working_worker_leaves_a_sign_of_life(bare: Flask) -> None:
    stop = threading.Event()
    worker.work(bare, [Duty("end", 0, stopping_after(1, stop))], stop)
    assert heartbeat(bare.config["SREDA"]).exists()


def test_a_child_stops_when_its_parent_closes_the_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[int] = []
    monkeypatch.setattr(worker, "GRACE", 0.0)
    monkeypatch.setattr("os._exit", left.append)
    stop = threading.Event()
    ours, parents = os.pipe()
    os.close(parents)
    worker._end_with_parent(stop, ours)
    os.close(ours)
    assert stop.is_set()
    assert left == [1], "a job that hangs is not waited for without end"
