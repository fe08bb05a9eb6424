"""The pytest plugin of the test kit: one application a run, clean tables a test.

Imports are made inside the fixtures: this module is loaded in every pytest run of an environment
that has Sreda installed, whether it tests Sreda or not.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Flask
    from flask.testing import FlaskClient

    from core.config import Config
    from core.testing.cast import Cast, Turned
    from core.testing.count import QueryCount
    from core.testing.postgres import Server
    from core.testing.sockets import Socket


@pytest.fixture(scope="session")
def postgres() -> Server:
    """A PostgreSQL server of this run's own, from a wheel; started when first asked for."""
    from core.testing.postgres import start

    return start()


@pytest.fixture(scope="session")
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database: SQLite, or PostgreSQL with ``SREDA_TEST_DATABASE=postgresql``."""
    if os.environ.get("SREDA_TEST_DATABASE", "sqlite") == "sqlite":
        with tempfile.TemporaryDirectory(prefix="sreda-test-") as folder:
            yield f"sqlite:///{folder}/test.db"
        return
    server: Server = request.getfixturevalue("postgres")
    with server.database() as url:
        yield url


@pytest.fixture(scope="session")
def site_config(database_url: str) -> Iterator[Config]:
    """The settings under test; letters and uploads go into a folder that is removed afterwards."""
    from core.config import Config

    with tempfile.TemporaryDirectory(prefix="sreda-data-") as folder:
        yield Config(
            environment="test",
            secret_key="test-" + "0123456789abcdefghijklmnopqrstuv",
            database_url=database_url,
            data_dir=Path(folder),
            base_url="http://localhost",
        )


@pytest.fixture(scope="session")
def site(site_config: Config) -> Iterator[Flask]:
    """The application with all migrations applied; shared by the run, so see ``app``."""
    from core.app import create_app
    from core.platform.db import db
    from core.platform.migrate import upgrade_all

    app = create_app(site_config)
    upgrade_all(app)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(site: Flask) -> Flask:
    """The application with empty tables, no limits counted and no letters sent."""
    from core.platform import limits
    from core.testing import sockets
    from core.testing.clean import empty

    empty(site)
    limits.reset(site)
    sockets.reset(site)
    return site


@pytest.fixture
def db(app: Flask) -> Iterator[Any]:
    """The database inside an application context. Not to be mixed with requests of ``client``:
    within one context they would share a session and what is kept for a request."""
    from core.platform.db import db as database

    with app.app_context():
        yield database


@pytest.fixture
def forgery_check(app: Flask) -> Iterator[None]:
    """Forms need their token, as on a real site; without this fixture tests may post at once."""
    app.config["WTF_CSRF_ENABLED"] = True
    yield
    app.config["WTF_CSRF_ENABLED"] = False


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without scripts, not signed in."""
    return app.test_client()


@pytest.fixture
def cast(app: Flask) -> Cast:
    """Makes people, schools, communities and activities, and signs people in."""
    from core.testing.cast import Cast

    return Cast(app)


@pytest.fixture
def make_user(cast: Cast) -> Callable[..., Any]:
    """``make_user(surname="Семёнова", administrator=True)`` gives a person with id and e-mail."""
    return cast.user


@pytest.fixture
def make_school(cast: Cast) -> Callable[..., Any]:
    """``make_school("Школа № 2")``."""
    return cast.school


@pytest.fixture
def make_community(cast: Cast) -> Callable[..., Any]:
    """``make_community("maths", coordinator=person, visibility="public")``."""
    return cast.community


@pytest.fixture
def make_activity(cast: Cast) -> Callable[..., Any]:
    """``make_activity(community, "forum", "forum", title="Обмен опытом")``."""
    return cast.activity


@pytest.fixture
def login(cast: Cast) -> Callable[..., FlaskClient]:
    """``login(person)`` gives a browser in which the person is signed in."""
    return cast.browser


@pytest.fixture
def socket(app: Flask, cast: Cast) -> Callable[..., Socket]:
    """``socket(person, "/chat")`` gives a connected socket, or one that was refused; instead of a
    person a browser of ``login``."""
    from core.testing.cast import Made
    from core.testing.sockets import Socket

    def connect(who: Any, namespace: str) -> Socket:
        return Socket(app, cast.browser(who) if isinstance(who, Made) else who, namespace)

    return connect


@pytest.fixture
def count_queries(app: Flask) -> Callable[[], QueryCount]:
    """``with count_queries() as count: ...`` then ``count.number`` and ``count.statements``."""
    from core.testing.count import QueryCount

    return lambda: QueryCount(app)


@pytest.fixture
def clock() -> Iterator[Turned]:
    """A clock that stands still until ``clock.turn(timedelta(days=1))`` or ``clock.set(...)``."""
    from core.platform.db import clock as real
    from core.testing.cast import Turned

    former: Callable[[], datetime] = real.read
    turned = Turned(former())
    real.read = turned.now
    yield turned
    real.read = former


@pytest.fixture
def outbox(app: Flask) -> Callable[[], list[Any]]:
    """``outbox()`` gives the letters sent so far in this test, the oldest first."""
    from core.testing.clean import letters

    return lambda: letters(app)


@pytest.fixture
def install_plugin(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., None]:
    """``install_plugin("polls", '''source''')`` puts a stranger's package on the path."""
    from core.testing.stranger import install

    def put(name: str, source: str, files: dict[str, str] | None = None) -> None:
        install(monkeypatch, tmp_path / "site-packages", name, source, files)

    return put


@pytest.fixture
def make_app(app: Flask, site_config: Config) -> Iterator[Callable[..., Flask]]:
    """``make_app(safe_mode=True)`` boots another application on the same database, as a real site
    does: what a plugin does wrong is logged, not raised. Tables stand as in ``app``."""
    import dataclasses

    from core.app import create_app
    from core.platform.db import Base, db

    made: list[Flask] = []
    tables = set(Base.metadata.tables)

    def boot(**changes: Any) -> Flask:
        fresh = create_app(dataclasses.replace(site_config, **changes))
        fresh.config["SREDA_RAISE_HOOK_ERRORS"] = False
        made.append(fresh)
        return fresh

    yield boot
    for fresh in made:
        with fresh.app_context():
            db.engine.dispose()
    for name in set(Base.metadata.tables) - tables:
        Base.metadata.remove(Base.metadata.tables[name])


@pytest.fixture
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """An engine on a database of its own with nothing in it, of the kind under test."""
    import sqlalchemy as sa

    if os.environ.get("SREDA_TEST_DATABASE", "sqlite") == "sqlite":
        engine = sa.create_engine(f"sqlite:///{tmp_path}/empty.db")
        yield engine
        engine.dispose()
        return
    server: Server = request.getfixturevalue("postgres")
    with server.database() as url:
        engine = sa.create_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture
def deliver_events(app: Flask) -> Callable[[], int]:
    """``deliver_events()`` lets everybody who follows the log catch up, as the worker does."""
    from core.testing import worker

    return lambda: worker.deliver_events(app)


@pytest.fixture
def run_jobs(app: Flask) -> Callable[[], int]:
    """``run_jobs()`` does the jobs that are due, as the worker does; how many it did."""
    from core.testing import worker

    return lambda: worker.run_jobs(app)


@pytest.fixture
def fill_index(app: Flask) -> Callable[[], None]:
    """``fill_index()`` lets search take in everything that changed, as the worker does."""
    from core.testing import worker

    return lambda: worker.fill_index(app)
