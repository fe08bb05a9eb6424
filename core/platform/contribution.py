"""What a plugin may do while it contributes to somebody else's page: read, a little and soon.

Pages cannot write at all (``core.platform.db``).
Here stands what is true of contributions besides, inside an operation too. It guards against
mistakes; code that means harm runs in the same process and can do anything.
"""

from __future__ import annotations

import re
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, event

T = TypeVar("T")

# Statements and seconds that one contribution may take; then the statement at hand is refused.
STATEMENTS = 20
SECONDS = 3.0
# How many steps of SQLite's machine go by between two looks at the clock: well under a millisecond.
STEPS = 20_000

READS = re.compile(
    r"\s*(SELECT|WITH|VALUES|EXPLAIN|BEGIN|SAVEPOINT|RELEASE|ROLLBACK TO)\b", re.IGNORECASE
)
WRITES = re.compile(
    r"\b((INSERT|REPLACE|MERGE)\s+INTO|DELETE\s+FROM|UPDATE\s+\S+\s+SET)\b", re.IGNORECASE
)

# What would outlive the page or stop the process, by the names that Python audits it under.
OUTLASTING = frozenset(
    (
        "os.putenv os.unsetenv os.chdir os.fork os.forkpty os.exec os.posix_spawn os.system "
        "os.kill os.killpg signal.pthread_kill subprocess.Popen os.remove os.rmdir shutil.rmtree"
    ).split()
)


@lru_cache(maxsize=4096)
def only_reads(statement: str) -> bool:
    """Whether a statement changes nothing; the same few hundred come again and again."""
    return READS.match(statement) is not None and WRITES.search(statement) is None


class Trespass(RuntimeError):
    """A contribution did what is not a contribution's to do."""


@dataclass(slots=True)
class Contribution:
    """One call under way: until when (monotonic seconds), and what it has asked so far."""

    session: Any
    until: float
    statements: int = 0
    timed: list[sqlite3.Connection] = field(default_factory=list)

    def before_statement(self, connection: Connection, statement: str) -> None:
        """Count a statement; raises :class:`Trespass` for one that writes or is one too many."""
        if not only_reads(statement):
            raise Trespass("a contribution may not write")
        if statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
            return
        self.statements += 1
        if self.statements > STATEMENTS:
            raise Trespass(f"a contribution may not ask more than {STATEMENTS} questions")
        if self.is_late():
            raise Trespass(f"a contribution may not take longer than {SECONDS:.0f} seconds")
        self._time(connection)

    def is_late(self) -> bool:
        return time.monotonic() > self.until

    def _time(self, connection: Connection) -> None:
        """Let SQLite give a statement up when the time is over; PostgreSQL has its own clock."""
        bare: Any = connection.connection.dbapi_connection
        if isinstance(bare, sqlite3.Connection) and bare not in self.timed:
            bare.set_progress_handler(self.is_late, STEPS)
            self.timed.append(bare)

    def release(self) -> None:
        for bare in self.timed:
            bare.set_progress_handler(None, 0)


_current: ContextVar[Contribution | None] = ContextVar("contribution", default=None)


def is_contributing() -> bool:
    """Whether a plugin is contributing to a page just now."""
    return _current.get() is not None


def refuse_in_contribution(what: str, session: Any = None) -> None:
    """Raise :class:`Trespass` if a contribution is under way (in this session, if one is given)."""
    own = _current.get()
    if own is not None and (session is None or own.session is session):
        raise Trespass(f"a contribution may not {what}")


def contribute(session: Any, work: Callable[[], T]) -> T:
    """Whatever ``work`` does is a contribution to the page whose session this is."""
    own = Contribution(session, time.monotonic() + SECONDS)
    token = _current.set(own)
    try:
        return work()
    finally:
        _current.reset(token)
        own.release()


@contextmanager
def no_contribution() -> Iterator[None]:
    """Core itself at work while a contribution is under way: setting right what it left."""
    token = _current.set(None)
    try:
        yield
    finally:
        _current.reset(token)


class Shared(dict[str, Any]):
    """Words that all templates share. A contribution may not change them; ``setdefault`` stays,
    by which Jinja is given what a template needs when it is first compiled."""

    def __setitem__(self, key: str, value: Any) -> None:
        refuse_in_contribution("change what all templates share")
        super().__setitem__(key, value)

    def __delitem__(self, key: str) -> None:
        refuse_in_contribution("change what all templates share")
        super().__delitem__(key)

    def update(self, *args: Any, **kwargs: Any) -> None:
        refuse_in_contribution("change what all templates share")
        super().update(*args, **kwargs)

    def pop(self, *args: Any) -> Any:
        refuse_in_contribution("change what all templates share")
        return super().pop(*args)


@event.listens_for(Engine, "before_cursor_execute")
def _look_at_statement(connection: Connection, cursor: Any, statement: str, *rest: Any) -> None:
    own = _current.get()
    if own is not None:
        own.before_statement(connection, statement)


def _refuse_outlasting(name: str, arguments: tuple[Any, ...]) -> None:
    if name in OUTLASTING:
        refuse_in_contribution(f"do this: {name}")


# For good, as Python has it; the question is asked only for the names above.
sys.addaudithook(_refuse_outlasting)
