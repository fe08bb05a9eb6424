"""One way to write: operations, all or nothing, on both databases and under pressure."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import IntegrityError

from core.access.actors import SYSTEM, Actor
from core.errors import DomainError
from core.people.models import School
from core.platform.db import after_commit, db, operation, upsert

PLACES = 150


@operation
def add_school(actor: Actor, name: str, then: Callable[[], None] | None = None) -> int:
    school = School(name=name, short_name=name)
    db.session.add(school)
    db.session.flush()
    if then is not None:
        then()
    return school.id


def names() -> list[str]:
    return sorted(db.session.scalars(select(School.short_name)))


def in_threads(app: Flask, work: Callable[[int], Any], count: int) -> list[Any]:
    """Run ``work(number)`` in so many threads at once, each in a context of its own."""
    together = threading.Barrier(count)

    def run(number: int) -> Any:
        with app.app_context():
            together.wait()
            try:
                return work(number)
            except DomainError as error:
                return error

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_operation_is_stored_once_it_returns(app: Flask) -> None:
    with app.app_context():
        add_school(SYSTEM, "Школа № 1")
    with app.app_context():
        assert names() == ["Школа № 1"]


def test_operation_that_raises_leaves_nothing(app: Flask) -> None:
    def fail() -> None:
        raise DomainError("no")

    with app.app_context():
        with pytest.raises(DomainError):
            add_school(SYSTEM, "Школа № 1", fail)
        assert names() == []
        add_school(SYSTEM, "Школа № 2")
        assert names() == ["Школа № 2"]


def test_inner_operation_joins_the_outer_one(app: Flask) -> None:
    @operation
    def both(actor: Actor) -> None:
        add_school(actor, "Школа № 1")
        raise DomainError("the outer one fails after the inner one is done")

    with app.app_context():
        with pytest.raises(DomainError):
            both(SYSTEM)
        assert names() == []


def test_writing_outside_an_operation_is_refused(app: Flask) -> None:
    with app.app_context():
        number = add_school(SYSTEM, "Школа № 1")
    with app.app_context():
        school = db.session.get_one(School, number)
        school.name = "changed in passing"
        with pytest.raises(RuntimeError, match="outside an operation"):
            db.session.flush()
        with pytest.raises(RuntimeError, match="outside an operation"):
            add_school(SYSTEM, "Школа № 2")
        db.session.rollback()
        for statement in (delete(School), update(School).values(name="")):
            with pytest.raises(RuntimeError, match="outside an operation"):
                db.session.execute(statement)
    with app.app_context():
        assert names() == ["Школа № 1"]


def test_delivery_comes_after_the_commit_and_never_without_one(app: Flask) -> None:
    seen: list[list[str]] = []

    def look() -> None:
        with app.app_context():
            seen.append(names())

    def fail() -> None:
        after_commit(look)
        raise DomainError("no")

    with app.app_context():
        add_school(SYSTEM, "Школа № 1", lambda: after_commit(look))
        with pytest.raises(DomainError):
            add_school(SYSTEM, "Школа № 2", fail)
    assert seen == [["Школа № 1"]]


def test_nothing_is_delivered_outside_an_operation(app: Flask) -> None:
    with app.app_context(), pytest.raises(RuntimeError, match="inside an operation"):
        after_commit(lambda: None)


def test_what_a_page_has_read_is_read_anew_in_an_operation(app: Flask) -> None:
    with app.app_context():
        number = add_school(SYSTEM, "Школа № 1")

    @operation
    def rename(actor: Actor, school: School) -> str:
        return school.name

    def change(number_: int) -> None:
        _rename(SYSTEM, number, "переименована")

    with app.app_context():
        school = db.session.get_one(School, number)
        assert school.name == "Школа № 1"
        in_threads(app, change, 1)
        assert rename(SYSTEM, school) == "переименована"


@operation
def _rename(actor: Actor, number: int, name: str) -> None:
    db.session.get_one(School, number).name = name


@operation
def _take_place(actor: Actor, number: int) -> None:
    """Join a school that has so many places: the shape of every limit of ours."""
    query = select(School).where(School.short_name == "Школа № 1").with_for_update()
    school = db.session.scalars(query.execution_options(populate_existing=True)).one()
    taken = int(school.place)
    if taken >= PLACES:
        raise DomainError("full")
    school.place = str(taken + 1)


def test_last_of_150_places_goes_to_one_of_thirty(app: Flask) -> None:
    with app.app_context():
        _set_places(SYSTEM, add_school(SYSTEM, "Школа № 1"), PLACES - 1)
    results = in_threads(app, lambda number: _take_place(SYSTEM, number), 30)
    assert results.count(None) == 1
    assert [str(r) for r in results if r is not None] == ["full"] * 29
    with app.app_context():
        assert db.session.scalar(select(School.place)) == str(PLACES)


@operation
def _set_places(actor: Actor, number: int, taken: int) -> None:
    db.session.get_one(School, number).place = str(taken)


def test_writer_waits_for_another_without_stopping_readers(app: Flask) -> None:
    """One operation takes its time; a second waits for it, pages are read meanwhile."""
    inside, leave = threading.Event(), threading.Event()

    def slow(number: int) -> None:
        def hold() -> None:
            inside.set()
            assert leave.wait(10)

        add_school(SYSTEM, "медленная", hold)

    def wait(number: int) -> int:
        assert inside.wait(10)
        return add_school(SYSTEM, "быстрая")

    def read(number: int) -> float:
        assert inside.wait(10)
        began = time.monotonic()
        assert db.session.scalar(select(func.count()).select_from(School)) in (0, 1)
        time.sleep(0.3)
        leave.set()
        return time.monotonic() - began

    results = in_threads(app, lambda number: (slow, wait, read)[number](number), 3)
    assert results[2] < 2
    with app.app_context():
        assert names() == ["быстрая", "медленная"]


def test_unique_constraint_is_told_to_the_caller(app: Flask) -> None:
    with app.app_context():
        add_school(SYSTEM, "Школа № 1")
        with pytest.raises(IntegrityError):
            add_school(SYSTEM, "Школа № 1")
        assert names() == ["Школа № 1"]


def test_forty_readers_at_once_have_a_connection_each(app: Flask) -> None:
    """SQLAlchemy's own pool has fifteen; the sixteenth page would wait for half a minute."""
    together = threading.Barrier(40)

    def read(number: int) -> int:
        db.session.execute(text("SELECT 1"))
        return together.wait(10)

    assert sorted(in_threads(app, read, 40)) == list(range(40))


def test_fifty_readers_are_served_soon(app: Flask) -> None:
    def read(number: int) -> int:
        db.session.execute(text("SELECT 1"))
        time.sleep(0.1)
        return number

    began = time.monotonic()
    assert in_threads(app, read, 50) == list(range(50))
    assert time.monotonic() - began < 5


def test_upsert_of_one_new_row_by_many_at_once(app: Flask) -> None:
    @operation
    def put(actor: Actor, number: int) -> bool:
        return upsert(School, {"short_name": "Школа № 1"}, {"name": f"имя {number}"})

    assert in_threads(app, lambda number: put(SYSTEM, number), 10) == [True] * 10
    with app.app_context():
        assert names() == ["Школа № 1"]


def test_upsert_keeps_a_row_that_does_not_meet_its_condition(app: Flask) -> None:
    @operation
    def put(actor: Actor, name: str) -> bool:
        return upsert(
            School, {"short_name": "Школа № 1"}, {"name": name}, where=School.name == "старое"
        )

    with app.app_context():
        assert put(SYSTEM, "старое")
        assert put(SYSTEM, "новое")
        assert not put(SYSTEM, "ещё новее")
        assert db.session.scalar(select(School.name)) == "новое"


def test_a_new_database_is_opened_by_many_at_once(tmp_path: Path) -> None:
    """Turning it to WAL needs it alone; whoever comes meanwhile waits as for a writer."""
    path = tmp_path / "new.db"
    first = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    first.execute("CREATE TABLE made (id INTEGER)")
    first.execute("BEGIN EXCLUSIVE")
    threading.Timer(0.3, first.execute, ["COMMIT"]).start()
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
    engine.dispose()
    first.close()


def test_a_page_that_writes_with_bare_sql_is_refused(app: Flask) -> None:
    """Neither the session, its connection nor the driver's own writes outside an operation."""
    for statement in (
        "UPDATE schools SET name = 'x'",
        "WITH old AS (SELECT 1) DELETE FROM schools",
        "INSERT INTO schools (name, short_name) VALUES ('x', 'x')",
    ):
        with app.app_context(), pytest.raises(sa.exc.DBAPIError):
            db.session.connection().exec_driver_sql(statement)
        with app.app_context():
            bare: Any = db.session.connection().connection.dbapi_connection
            with pytest.raises(Exception, match=r"read-only|only read"):
                bare.cursor().execute(statement)
    with app.app_context():
        assert add_school(SYSTEM, "Школа № 1")
        assert names() == ["Школа № 1"]
