"""Real servers for the measurement: one service, or two behind nginx, on this machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  upstream site {{ hash $cookie_sreda consistent; {servers} keepalive 32; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://site; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header Host $host;
    }}
  }}
}}
"""


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(command: list[str], port: int, environ: dict[str, str]) -> Iterator[None]:
    """A process that answers on a port, ended afterwards."""
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, env=os.environ | environ, stdout=quiet, stderr=quiet)
    try:
        _wait_for(port, process)
        yield
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}: {process.args!r}")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"nothing answers on port {port}")


@contextmanager
def service(environ: dict[str, str]) -> Iterator[int]:
    """One ``sreda run``."""
    port = free_port()
    sreda = str(Path(sys.executable).parent / "sreda")
    with running([sreda, "run"], port, environ | {"PORT": str(port)}):
        yield port


@contextmanager
def floor(folder: Path) -> Iterator[int]:
    """One server with the bare view."""
    port = free_port()
    with running([sys.executable, "-m", "tests.load.floor", str(port), str(folder)], port, {}):
        yield port


@contextmanager
def behind_nginx(folder: Path, ports: list[int]) -> Iterator[int]:
    """nginx before several services, each browser always at the same one."""
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    servers = " ".join(f"server 127.0.0.1:{p};" for p in ports)
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, servers=servers, port=port))
    with running([nginx, "-p", str(folder), "-c", str(folder / "nginx.conf")], port, {}):
        yield port


@contextmanager
def set_up(workers: int, folder: Path, environ: dict[str, str] | None) -> Iterator[int]:
    """The site (or without ``environ`` the floor) in one worker, or in several behind nginx."""
    with ExitStack() as stack:
        ports = [
            stack.enter_context(floor(folder) if environ is None else service(environ))
            for _ in range(workers)
        ]
        yield ports[0] if workers == 1 else stack.enter_context(behind_nginx(folder / "n", ports))
