"""``sreda worker``: the plain process that does what nobody waits for.

Its own thread reads the event log for every reader (notices, search, plugins) and hands jobs that
are due to the queue; threads of Huey's consumer do them. Pages do not depend on it: what it has not
done yet, it does later.
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
from huey.consumer import Consumer

from core.app import create_app
from core.config import Config
from core.events.readers import deliver, plugin_readers
from core.jobs.queue import queue
from core.jobs.running import worker_of
from core.jobs.sweeping import hand_over, plant_periodic
from core.platform.heartbeat import heartbeat
from core.rooms import READERS
from core.search.indexing import take_in

log = logging.getLogger("sreda.worker")
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

# Seconds to rest when there is nothing to do, and the most after one failure after another.
IDLE = 1.0
LONGEST_PAUSE = 60.0
# Seconds that jobs under way get to finish when the process is told to stop, or its parent is gone.
GRACE = 10.0


@dataclass
class Duty:
    """Something to look after again and again. ``run`` may say how much it did; 0 or None lets us
    rest."""

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
            log.exception("looking after %s failed", self.name)
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
    app = create_app(config)
    with app.app_context():
        consumer = queue().consumer(GRACE)
    consumer.start()
    threading.Thread(target=worker_of(app).keep_renewing, daemon=True).start()
    work(app, duties_beside(consumer), stop)
    consumer.stop(graceful=True)


def duties_beside(consumer: Consumer) -> list[Duty]:
    """What this process looks after beside the jobs themselves."""

    def replace_dead_threads() -> None:
        consumer.check_worker_health()

    return [
        Duty("the event log", 0.0, lambda: deliver([*READERS, *plugin_readers()])),
        Duty("what is to be found", 0.0, take_in),
        Duty("jobs that are due", 0.0, hand_over),
        Duty("periodic work", 60.0, plant_periodic),
        Duty("the threads", 10.0, replace_dead_threads),
    ]


def work(app: Flask, duties: Iterable[Duty], stop: threading.Event) -> None:
    """Look after everything when it is due, until told to stop; rest when nothing was done."""
    alive = heartbeat(app.config["SREDA"])
    alive.parent.mkdir(parents=True, exist_ok=True)
    duties = list(duties)
    while not stop.is_set():
        alive.touch()
        if not sum(_do_due(app, duties, stop)):
            stop.wait(IDLE)


def _do_due(app: Flask, duties: Iterable[Duty], stop: threading.Event) -> Iterable[int]:
    for duty in duties:
        now = time.monotonic()
        if duty.due <= now and not stop.is_set():
            yield duty.do(app, now)


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
