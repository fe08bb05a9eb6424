"""``sreda worker``: the plain process that does what nobody waits for.

It reads the event log for every reader (notices, search, plugins) and runs periodic jobs. Pages do
not depend on it: what it has not done yet, it does later.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from flask import Flask

from core.config import Config
from core.platform.heartbeat import heartbeat

log = logging.getLogger("sreda.worker")
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

# Seconds to rest when there is nothing to do, and the most after one failure after another.
IDLE = 1.0
LONGEST_PAUSE = 60.0
# Seconds a job under way gets to finish after the parent process is gone.
GRACE = 10.0


@dataclass
class Job:
    """Something to do again and again. ``run`` may say how much it did; 0 or None lets us rest."""

    name: str
    every: float
    run: Callable[[], int | None]
    due: float = 0.0
    failures: int = field(default=0, init=False)

    def do(self, app: Flask, now: float) -> int:
        """Run once; a failure is logged and delays the next try, longer each time."""
        try:
            with app.app_context():
                done = self.run() or 0
        except Exception:
            self.failures += 1
            log.exception("the job %s failed", self.name)
            self.due = now + max(self.every, min(2.0**self.failures, LONGEST_PAUSE))
            return 0
        self.failures = 0
        self.due = now + self.every
        return done


def run(config: Config, *, child: bool = False) -> None:
    """Work until SIGTERM or Ctrl+C; as the child of a server also until that is gone."""
    logging.basicConfig(format=LOG_FORMAT)
    logging.getLogger("sreda").setLevel(logging.INFO)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if child:
        threading.Thread(target=_end_with_parent, args=[stop], daemon=True).start()
    from core.app import create_app

    app = create_app(config)
    work(app, jobs_of(app), stop)


def jobs_of(app: Flask) -> list[Job]:
    """Reading the log, and the periodic work of core and of every plugin."""
    from core.contract.registry import registry_of
    from core.events.readers import deliver, plugin_readers
    from core.rooms import READERS

    def follow_the_log() -> int:
        return deliver([*READERS, *plugin_readers()])

    periodic = registry_of(app).periodic()
    jobs = [Job(f"{name}.{p.name}", p.every.total_seconds(), p.run) for name, p in periodic]
    return [Job("events", 0.0, follow_the_log), *jobs]


def work(app: Flask, jobs: Iterable[Job], stop: threading.Event) -> None:
    """Do every job when it is due, until told to stop; rest when nothing was done."""
    alive = heartbeat(app.config["SREDA"])
    alive.parent.mkdir(parents=True, exist_ok=True)
    jobs = list(jobs)
    while not stop.is_set():
        alive.touch()
        if not sum(_do_due(app, jobs, stop)):
            stop.wait(IDLE)


def _do_due(app: Flask, jobs: Iterable[Job], stop: threading.Event) -> Iterable[int]:
    for job in jobs:
        now = time.monotonic()
        if job.due <= now and not stop.is_set():
            yield job.do(app, now)


def _end_with_parent(stop: threading.Event, pipe: int = 0) -> None:
    """Wait for the pipe from the parent to close, which happens even when it is killed.

    Reads the descriptor itself: ``sys.stdin`` has a lock, which a thread that waits for ever would
    hold when the interpreter ends, and Python answers that with a fatal error.
    """
    while os.read(pipe, 1):
        pass
    stop.set()
    time.sleep(GRACE)
    os._exit(1)
