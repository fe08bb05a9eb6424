"""A site with the example of a room, under servers that can be killed and started again."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from socket import create_server
from urllib.request import urlopen

from core.testing.stranger import lay_out
from tests.core.installation import SREDA, Installation
from tests.core.realtime_kit import TALK

ROOT = Path(__file__).parents[2]


def site_with_room(folder: Path, settings: Mapping[str, str]) -> Installation:
    """A site in a folder, up to date, that has the example too."""
    packages = folder / "packages"
    lay_out(packages, TALK, "talk", "sreda_talk.plugin")
    own = {
        "SREDA_DATA_DIR": str(folder), "SREDA_SECRET_KEY": secrets.token_urlsafe(48),
        "PYTHONPATH": f"{packages}:{ROOT}",
    }  # fmt: skip
    site = Installation({**settings, **own})
    done = site.run("upgrade")
    assert done.returncode == 0, done.stderr
    return site


class Service:
    """A server that can be killed, and started again on its port."""

    def __init__(self, site: Installation) -> None:
        with closing(create_server(("127.0.0.1", 0))) as probe:
            self.port: int = probe.getsockname()[1]
        self.site = site
        self.log = (site.folder / f"{self.port}.log").open("wb")
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.process = subprocess.Popen(
            [*SREDA, "run", "--no-jobs"],
            env=self.site.environ | {"PORT": str(self.port)},
            cwd=self.site.folder,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )

    def kill(self) -> None:
        """All of it at once, as when the power fails."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(20)

    def close(self) -> None:
        """At the end of a test."""
        self.kill()
        self.log.close()

    def is_up(self) -> bool:
        try:
            urlopen(f"{self.url}/healthz", timeout=2).close()
        except OSError:
            return False
        return True
