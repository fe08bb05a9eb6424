"""The application as commands need it."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from core.config import Config


def read_config() -> Config:
    """The settings of this installation."""
    return Config.from_environ(os.environ)


@contextmanager
def open_application() -> Iterator[Flask]:
    """The application, in its context, for a command that reads or changes something."""
    from core.app import create_app

    app = create_app(read_config())
    with app.app_context():
        yield app


@contextmanager
def drawing_board() -> Iterator[Flask]:
    """An application on an empty database of its own, for commands that look at code alone."""
    from core.app import create_app

    with tempfile.TemporaryDirectory(prefix="sreda-") as folder:
        app = create_app(
            Config(
                secret_key=secrets.token_urlsafe(48),
                database_url=f"sqlite:///{folder}/scratch.db",
                data_dir=Path(folder),
            )
        )
        with app.app_context():
            yield app
