"""The database: one session, one way to write, one clock.

Reading needs nothing: on SQLite a page reads in a snapshot that ends with the request, on
PostgreSQL each of its statements sees what is stored by then. Writing happens in an
*operation* and nowhere else, which is why ``commit`` is called here alone.
"""

from __future__ import annotations

import functools
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ParamSpec, TypeVar, TypeVarTuple, cast

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import (
    ColumnElement,
    Connection,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Executable,
    MetaData,
    Result,
    Select,
    Text,
    event,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session, registry
from sqlalchemy.pool import ConnectionPoolEntry, Pool
from sqlalchemy.types import TypeDecorator

from core.platform import sqlite
from core.platform.contribution import is_contributing, refuse_in_contribution
from core.platform.repeated import execute, execute_for_entities

P = ParamSpec("P")
R = TypeVar("R")
Ts = TypeVarTuple("Ts")

# How an operation holds a row until it ends (in queries: ``.with_for_update(key_share=True)``).
# On PostgreSQL a stronger lock would also hold up everybody who merely points to the row, as each
# event does, and two such operations would wait for each other.
HOLD: dict[str, Any] = {"key_share": True}


def utcnow() -> datetime:
    """The present moment in UTC, with its zone. Tests turn this clock, so nobody asks another."""
    return clock.now()


@dataclass
class Clock:
    """Where :func:`utcnow` gets the time from."""

    read: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))

    def now(self) -> datetime:
        return self.read()


clock = Clock()


class Moment(TypeDecorator[datetime]):
    """A moment, stored in UTC and always given back with its zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What every model inherits; constraint names are predictable, for migrations."""

    # On the registry, because Flask-SQLAlchemy makes a class of its own from this one.
    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={datetime: Moment, str: Text},
    )


class PageSession(FlaskSession):
    """The session of a page, which a contribution may read with and not end."""

    def flush(self, objects: Any = None) -> None:
        refuse_in_contribution("write", self)
        super().flush(objects)

    def commit(self) -> None:
        refuse_in_contribution("commit", self)
        super().commit()

    def rollback(self) -> None:
        refuse_in_contribution("roll the page back", self)
        super().rollback()

    def close(self) -> None:
        refuse_in_contribution("close the page's session", self)
        super().close()

    def expunge_all(self) -> None:
        refuse_in_contribution("forget the page's rows", self)
        super().expunge_all()

    def expire_all(self) -> None:
        refuse_in_contribution("forget the page's rows", self)
        super().expire_all()


db = SQLAlchemy(model_class=Base, session_options={"autoflush": False, "class_": PageSession})


@dataclass
class Unit:
    """One operation under way: what is to be written with it, and what happens after it."""

    before_commit: list[Callable[[], None]] = field(default_factory=list)
    deliveries: list[Callable[[], None]] = field(default_factory=list)
    memo: dict[str, Any] = field(default_factory=dict)


def current_unit() -> Unit | None:
    """The operation that is under way in this context, or None between operations."""
    unit: Unit | None = db.session().info.get("unit")
    return unit


def required_unit() -> Unit:
    """The operation that is under way; raises RuntimeError outside one."""
    unit = current_unit()
    if unit is None:
        raise RuntimeError("this happens inside an operation only")
    return unit


def after_commit(deliver: Callable[[], None]) -> None:
    """Call ``deliver`` once the running operation is safely stored; never if it is rolled back."""
    required_unit().deliveries.append(deliver)


def operation(work: Callable[P, R]) -> Callable[P, R]:
    """Make a function one state change: one transaction, all or nothing.

    The first argument is the actor (a person, or the system). An operation called by another joins
    it. What the page had read before is read anew, since the world may have changed meanwhile.
    """

    @functools.wraps(work)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        refuse_in_contribution("change anything")
        session = db.session()
        if "unit" in session.info:
            return work(*args, **kwargs)
        if session.new or session.dirty or session.deleted:
            raise RuntimeError("unsaved changes outside an operation")
        return _run_unit(session, lambda: work(*args, **kwargs))

    return run


def _run_unit(session: Session, work: Callable[[], R]) -> R:
    session.rollback()
    session.connection(execution_options={"sreda_write": True})
    unit = session.info["unit"] = Unit()
    try:
        result = work()
        session.flush()
        for last in unit.before_commit:
            last()
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        del session.info["unit"]
    for deliver in unit.deliveries:
        deliver()
    return result


def rows(
    statement: Executable, facts: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
) -> CursorResult[*tuple[Any, ...]]:
    """What a query of columns (not of entities) finds, or a statement that writes gives back, in
    the session's transaction; with a list of facts it writes once for each.

    For hot pages: it goes past the machinery that entities need, which costs a small query more
    than the database does, and what is found out of a query that comes again is kept.
    """
    session = db.session()
    connection = session.info.get("connection") or session.connection()
    if not isinstance(facts, Sequence):
        return cast(CursorResult[*tuple[Any, ...]], execute(connection, statement, facts))
    return connection.execute(statement, facts)


def entities(statement: Select[*Ts], facts: Mapping[str, Any] | None = None) -> Result[*Ts]:
    """What a query of entities finds, as ``db.session.execute`` does. For queries that are put
    together once: what is found out of them is kept, as :func:`rows` does with those of columns."""
    session = db.session()
    connection = session.info.get("connection") or session.connection()
    return execute_for_entities(session, connection, statement, facts)


def upsert(
    model: type[Base],
    key: Mapping[str, Any],
    values: Mapping[str, Any],
    *,
    where: ColumnElement[bool] | None = None,
) -> bool:
    """Store the row with this key, new or not, in one statement; right under concurrent use.

    ``where`` is a condition on the row that is there already. False when it kept the row as it was.
    """
    required_unit()
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite_dialect.insert
    statement = (
        insert(model)
        .values(**key, **values)
        .on_conflict_do_update(index_elements=list(key), set_=dict(values), where=where)
        .returning(*(getattr(model, name) for name in key))
    )
    return db.session.execute(statement).first() is not None


def init_db(app: Flask, url: str) -> None:
    """Bind the application to its database: SQLite (embedded) or PostgreSQL (by its URL)."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    # The default of 5 + 10 connections makes the sixteenth simultaneous reader wait for 30 seconds.
    # The last one that came back goes first: its plans, and its pages of the cache, are warm.
    options: dict[str, Any] = {"pool_size": 20, "max_overflow": 60, "pool_use_lifo": True}
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    if not url.startswith("postgresql"):
        options["connect_args"] = {"factory": sqlite.Connection}
        db.init_app(app)
        return
    options["max_overflow"] = 20
    db.init_app(app)
    with app.app_context():
        event.listen(db.engine, "do_connect", _connect)
        # Many rows go in one statement. The driver would send one each, and wait in between.
        db.engine.dialect.use_insertmanyvalues_wo_returning = True


def bound_statements(app: Flask, seconds: float) -> None:
    """Let PostgreSQL give up whatever statement takes longer: for a process that serves pages.

    It is said once a connection, so it costs a page nothing. SQLite is bounded by contributions
    alone: nothing else there asks for what it does not know.
    """
    with app.app_context():
        engine = db.engine

    def bound(bare: Any, record: Any) -> None:
        bare.execute(f"SET statement_timeout = {round(seconds * 1000)}")
        bare.commit()

    if engine.dialect.name == "postgresql":
        event.listen(engine, "connect", bound)
        engine.dispose()


def _connect(dialect: Dialect, record: Any, words: Any, options: dict[str, Any]) -> Any:
    from core.platform.postgresql import connect

    return connect(*words, **options)


@event.listens_for(Engine, "connect")
def _prepare_connection(dbapi_connection: Any, record: Any) -> None:
    if not isinstance(dbapi_connection, sqlite3.Connection):
        return
    dbapi_connection.isolation_level = None
    # busy_timeout=0: SQLite would sleep in C and hold every greenlet; we wait ourselves.
    for pragma in ("busy_timeout=0", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        sqlite.execute_patiently(dbapi_connection, f"PRAGMA {pragma}")
    # SQLite's own knows Latin letters alone, and would not find «Иванова» by «иван».
    dbapi_connection.create_function("lower", 1, _lower, deterministic=True)


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    bare: Any = connection.connection.dbapi_connection
    options = connection.get_execution_options()
    if "isolation_level" not in options:
        _let_write(bare, not is_contributing())
    if connection.dialect.name != "sqlite":
        return
    if options.get("sreda_write"):
        patience = options.get("sreda_patience", sqlite.PATIENCE)
        sqlite.execute_patiently(bare, "BEGIN IMMEDIATE", patience)
    else:
        bare.execute("BEGIN")


@event.listens_for(Session, "after_begin")
def _begin_page(session: Session, transaction: Any, connection: Connection) -> None:
    """What is not an operation only reads, and the database itself sees to it."""
    session.info["connection"] = connection
    if not connection.get_execution_options().get("sreda_write"):
        _let_write(connection.connection.dbapi_connection, False)


@event.listens_for(Session, "after_transaction_end")
def _end_page(session: Session, transaction: Any) -> None:
    session.info.pop("connection", None)


@event.listens_for(Pool, "checkout")
def _lend(bare: Any, record: ConnectionPoolEntry, proxy: Any) -> None:
    """A connection that is still there; a bare one that a contribution takes only reads too."""
    if not isinstance(bare, sqlite3.Connection):
        from core.platform.postgresql import make_sure

        make_sure(bare, record.info)
    if is_contributing():
        _let_write(bare, False)


@event.listens_for(Pool, "checkin")
def _take_back(bare: Any, record: ConnectionPoolEntry) -> None:
    record.info["returned"] = time.monotonic()


def _let_write(bare: Any, allowed: bool) -> None:
    """Make the transaction that begins read-only, or not. Connections of others are not ours to
    bind."""
    if hasattr(bare, "let_write"):
        bare.let_write(allowed)


@event.listens_for(Session, "before_flush")
def _refuse_stray_flush(session: Session, context: Any, instances: Any) -> None:
    if "unit" not in session.info and (session.new or session.dirty or session.deleted):
        raise RuntimeError("writing outside an operation")


@event.listens_for(Session, "do_orm_execute")
def _refuse_stray_statement(state: ORMExecuteState) -> None:
    writes = state.is_insert or state.is_update or state.is_delete
    if writes and "unit" not in state.session.info:
        raise RuntimeError("writing outside an operation")
