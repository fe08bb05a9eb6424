"""What several tests of core share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext

import pytest
from flask import Flask

from core.contract.registry import registry_of
from core.platform.db import db
from core.testing.cast import Turned
from tests.core.calendar_kit import DATES, NOW, Scene
from tests.core.contents_kit import Notes
from tests.core.installation import Installation
from tests.core.mail_kit import Serve, servers
from tests.core.realtime_kit import boot_with_talk


@pytest.fixture(scope="module")
def installation(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """A site with a database of its own that is up to date and has nobody in it."""
    settings = {"SREDA_DATA_DIR": str(tmp_path_factory.mktemp("installation"))}
    with _database(request) as url:
        site = Installation(settings | ({"DATABASE_URL": url} if url else {}))
        done = site.run("upgrade")
        assert done.returncode == 0, done.stderr
        yield site


@pytest.fixture
def serve() -> Iterator[Serve]:
    """``serve(...)`` starts a mail server and gives what it receives, and its port."""
    with servers() as start:
        yield start


@pytest.fixture
def notes(app: Flask) -> Iterator[Notes]:
    """A kind of content that has no plugin: the services are the same for every kind."""
    registry = registry_of(app)
    former = registry.core
    made = Notes(app)
    made.install()
    yield made
    registry.core = former


@pytest.fixture
def dated(
    install_plugin: Callable[..., None], make_app: Callable[..., Flask], clock: Turned
) -> Scene:
    """A site with the diary, which has the dates that a test gives it; it is :data:`NOW` there."""
    clock.set(NOW)
    install_plugin("diary", DATES)
    return Scene(make_app())


def _database(request: pytest.FixtureRequest) -> AbstractContextManager[str]:
    if os.environ.get("SREDA_TEST_DATABASE") != "postgresql":
        return nullcontext("")
    database: AbstractContextManager[str] = request.getfixturevalue("postgres").database()
    return database


@pytest.fixture(scope="session")
def site_with_talk(site: Flask, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The site with the example of a room, made once a run."""
    app = boot_with_talk(site, tmp_path_factory.mktemp("talk"))
    yield app
    with app.app_context():
        db.engine.dispose()
