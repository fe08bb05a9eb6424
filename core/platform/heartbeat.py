"""The sign of life of the process for jobs: a file that it touches while it works."""

from __future__ import annotations

import time
from pathlib import Path

from core.config import Config


def heartbeat(config: Config) -> Path:
    """The file whose time says when a worker was last alive."""
    return config.data_dir / "worker.alive"


def silence(config: Config) -> float | None:
    """For how many seconds there was no sign of life; None if there never was one."""
    place = heartbeat(config)
    return time.time() - place.stat().st_mtime if place.exists() else None
