"""``sreda run``: one gunicorn worker with gevent for pages and sockets, one process for jobs.

There is one worker on purpose: gunicorn cannot keep a browser on the same worker, and long polling
needs that. Several cores mean several such services behind a proxy; see ``deploy/``.
"""

from __future__ import annotations

import logging
import re
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import gevent
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.workers.base import Worker
from gunicorn.workers.ggevent import GeventWorker

from core.config import Config
from core.errors import SetupError
from core.platform import garbage

if TYPE_CHECKING:
    from flask import Flask

log = logging.getLogger("sreda.serve")
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

# Addresses that open a calendar to whoever has them: what stands in them is not written down.
SECRET = re.compile(r"(?<=/calendar/feed/)[^\s/?]+")

# Seconds that requests in flight get to finish after SIGTERM.
GRACE = 5
# Seconds without a sign of life after which the worker is ended. Filling the demo counts too.
PATIENCE = 90
# Seconds that a connection steps back after each answer, if its next request is there already.
TURN = 0.0002
# gunicorn ends the whole server, instead of trying for ever, when its worker leaves with this.
CANNOT_LOAD = 4
# Seconds for which a page may wait for one answer of PostgreSQL.
LONGEST_STATEMENT = 10.0
# Seconds between two starts of the process for jobs: the first, and the most after failures.
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
# A process for jobs that lived this long was healthy; the next pause is the first one again.
HEALTHY = 60.0


class FairWorker(GeventWorker):  # type: ignore[misc]  # gunicorn has no types
    """Lets every connection have its turn.

    A browser that asks again at once finds its request read without a wait, so that its greenlet
    goes on and on while others starve: measured with 16 connections, p99 was ten times p50, and
    1.5 times with this pause. A pause of zero would come back before the others are looked at.
    """

    def handle_request(self, *request: Any) -> Any:
        answer = super().handle_request(*request)
        gevent.sleep(TURN)
        return answer


class DiscreetLogger(Logger):  # type: ignore[misc]  # gunicorn has no types
    """Writes a line a request, without the secrets that some addresses are."""

    def atoms(self, *facts: Any) -> dict[str, Any]:
        told: dict[str, Any] = super().atoms(*facts)
        return {
            name: SECRET.sub("…", value) if isinstance(value, str) else value
            for name, value in told.items()
        }


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn, set up by our settings alone: no file, no variable of its own is read."""

    def __init__(self, config: Config, *, jobs: bool, demo: bool = False) -> None:
        self.config = config
        self.jobs = jobs
        self.demo = demo
        super().__init__()

    def load_config(self) -> None:
        """Called by gunicorn. TCP_NODELAY needs no setting: its listening sockets have it."""
        host = f"[{self.config.host}]" if ":" in self.config.host else self.config.host
        settings = {
            "bind": f"{host}:{self.config.port}",
            "worker_class": FairWorker,
            "workers": 1,
            "worker_connections": 5000,
            "graceful_timeout": GRACE,
            "timeout": PATIENCE,
            "keepalive": 15,
            "loglevel": "warning",
            "logger_class": DiscreetLogger,
            "accesslog": "-" if self.config.access_log else None,
            # Otherwise every instance of a user opens the same file in the home folder.
            "control_socket_disable": True,
            # Who a visitor is behind a proxy is decided in one place, by SREDA_TRUSTED_PROXIES.
            "forwarded_allow_ips": "",
            "post_worker_init": self.worker_ready,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application, made in the worker; gunicorn calls it as WSGI."""
        from core.app import create_app
        from core.platform.db import bound_statements
        from core.realtime.opening import serve_realtime

        try:
            app = create_app(self.config)
            if self.demo:
                _open_demo(app)
            bound_statements(app, LONGEST_STATEMENT)
            serve_realtime(app)
            return app
        except SetupError as error:
            print(error, file=sys.stderr)
            sys.exit(CANNOT_LOAD)

    def worker_ready(self, worker: Worker) -> None:
        """Called by gunicorn in the worker, just before it takes the first request."""
        gevent.spawn(garbage.serve_undisturbed, gevent.sleep)
        gevent.spawn(_release_sockets, worker)
        if self.jobs:
            gevent.spawn(_keep_jobs_running, worker)
        host, port = worker.sockets[0].getsockname()[:2]
        print(f"Sreda is ready: {_shown(host, port)}", flush=True)


def run(config: Config, *, jobs: bool = True, demo: bool = False) -> None:
    """Serve until SIGTERM or Ctrl+C. ``jobs=False`` leaves jobs to a ``sreda worker`` elsewhere."""
    logging.basicConfig(format=LOG_FORMAT)
    logging.getLogger("sreda").setLevel(logging.INFO)
    _require_free(config)
    Server(config, jobs=jobs, demo=demo).run()


def _open_demo(app: Flask) -> None:
    """Here and not in a command before, because making the application is most of a start."""
    from core.demo.opening import open_demo

    for sign_in in open_demo(app, only_if_empty=True):
        print(sign_in, flush=True)


def _require_free(config: Config) -> None:
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.host, config.port))
        except OSError as error:
            reason = error.strerror or str(error)
            raise SetupError(
                f"Cannot listen on {config.host}, port {config.port}: {reason}. "
                "Choose another with HOST and PORT, for example: PORT=8010 make run"
            ) from error


def _shown(host: str, port: int) -> str:
    name = "localhost" if host in ("0.0.0.0", "::") else host
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _release_sockets(worker: Worker) -> None:
    """At the end of the worker, disconnect sockets: each would hold it for the whole grace."""
    while worker.alive:
        gevent.sleep(0.1)
    worker.wsgi.extensions["socketio"].server.eio.disconnect()


def _keep_jobs_running(worker: Worker) -> None:
    """Hold one process for jobs, and start it anew when it dies, less and less eagerly."""
    pause = FIRST_PAUSE
    while worker.alive:
        started = time.monotonic()
        _attend(worker, start_jobs())
        if time.monotonic() - started > HEALTHY:
            pause = FIRST_PAUSE
        # Ctrl+C ends that process and us alike; only after the pause we know which it was.
        gevent.sleep(pause)
        if worker.alive:
            log.error("the process for jobs ended; it is started again after %s s", pause)
        pause = min(pause * 2, LONGEST_PAUSE)


def start_jobs() -> subprocess.Popen[bytes]:
    """The process for jobs: `sreda worker`, which ends when our end of its pipe closes, however
    we end. ``-P`` keeps the current folder from standing in for installed packages."""
    command = [sys.executable, "-P", "-m", "core.cli", "worker", "--child"]
    return subprocess.Popen(command, stdin=subprocess.PIPE)


def _attend(worker: Worker, process: subprocess.Popen[bytes]) -> None:
    while worker.alive and process.poll() is None:
        gevent.sleep(0.2)
    if process.returncode is None:
        process.terminate()
