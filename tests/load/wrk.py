"""A crowd of people who ask for a page at once, by wrk."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

SCRIPT = Path(__file__).with_name("wrk.lua")
CONNECTIONS = 16
# An answer that comes late is one of the figures, not an error.
PATIENCE = "30s"


@dataclass(frozen=True)
class Took:
    """Requests a second; how long an answer took, in milliseconds."""

    rps: float
    p50: float
    p99: float


@dataclass(frozen=True)
class Crowd:
    """Sixteen connections, each with people of its own who ask in turn: nobody may ask for
    suggestions as often as a connection does. ``seconds`` is how long they ask for one page."""

    cookies: tuple[str, ...]
    folder: Path
    seconds: int

    def asks(self, port: int, path: str) -> Took:
        """How fast a page is; raises if any request failed."""
        known = self.folder / "cookies"
        known.write_text("\n".join(self.cookies))
        command = [
            "wrk", f"-t{CONNECTIONS}", f"-c{CONNECTIONS}", "--timeout", PATIENCE,
            "-s", str(SCRIPT), f"http://127.0.0.1:{port}{path}",
        ]  # fmt: skip
        environ = os.environ | {"LOAD_COOKIES": str(known), "LOAD_THREADS": str(CONNECTIONS)}
        for duration in (1, self.seconds):  # the first one warms up
            told = subprocess.run(
                [*command, f"-d{duration}s"],
                env=environ, capture_output=True, text=True, check=True,
            ).stdout  # fmt: skip
        line = next(line for line in told.splitlines() if line.startswith("RESULT"))
        rps, p50, p99, errors = line.split()[1:]
        if int(errors):
            raise RuntimeError(f"{errors} requests to {path} failed: {told}")
        return Took(float(rps), float(p50), float(p99))
