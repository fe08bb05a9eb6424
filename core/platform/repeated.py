"""Statements that come again and again: what is alike each time is found out once.

SQLAlchemy looks at a statement anew at every execution: which of the kept compiled ones it is, what
its parameters are called, how each is written for the driver. On SQLite that takes three times as
long as the answer. Whoever puts a statement together once, at module level, sends the very same
object again, and this is how it is known here: the first times it goes SQLAlchemy's way, then what
was found out is kept with it. A statement that is put together for one page never comes back, and
nothing is kept of it.

This is the one module that touches insides of SQLAlchemy; its version is pinned, and
``tests/core/test_repeated.py`` compares both ways.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Dialect, Result
from sqlalchemy.engine import IteratorResult
from sqlalchemy.orm import Session
from sqlalchemy.orm.context import QueryContext
from sqlalchemy.orm.loading import instances

Facts = Mapping[str, Any]


class Filling(NamedTuple):
    """A parameter that is different each time: where it goes, which fact it is, and how the type
    writes it for the driver."""

    at: Any
    fact: str
    process: Callable[[Any], Any] | None


class Repeated(NamedTuple):
    """What is known of a statement for one database: its text, and its parameters.

    ``constants`` is what the driver gets, a list or a dictionary, with gaps for the fillings;
    ``entities`` says what a query of entities is about. Without a ``text`` it is written in a way
    that is rare, and goes SQLAlchemy's.
    """

    dialect: Dialect
    metadata: Any
    entities: Any
    facts: frozenset[str]
    text: str | None
    constants: Any
    fillings: Sequence[Filling]

    def parameters(self, facts: Facts) -> Any:
        values = self.constants.copy()
        for at, fact, process in self.fillings:
            values[at] = facts[fact] if process is None else process(facts[fact])
        return values


# A statement that came so often is one that goes on coming.
SIGHTINGS = 3
# So many are kept in a process; the site has a few hundred.
KEPT = 2_000
# Makes SQLAlchemy compile a statement anew: what it keeps may be of another that is alike.
ANEW = {"compiled_cache": None}
NOTHING: Facts = {}
_sightings: WeakKeyDictionary[Any, int] = WeakKeyDictionary()
_known: dict[Any, Repeated] = {}


def execute(connection: Connection, statement: Any, facts: Facts | None) -> Result[Any]:
    """As ``connection.execute`` does with a statement, in its transaction and with its events."""
    facts = facts or NOTHING
    known = _known.get(statement)
    if known is not None and _is_sent_so(known, connection, facts):
        return _send(connection, known, facts)
    if not _is_to_be_known(statement, known, connection):
        return connection.execute(statement, facts)
    result: Result[Any] = connection.execute(statement, facts, execution_options=ANEW)
    _know(statement, result, facts)
    return result


def execute_for_entities(
    session: Session, connection: Connection, statement: Any, facts: Facts | None
) -> Result[Any]:
    """As ``session.execute`` does with a query of entities, without telling who listens to the
    session's."""
    facts = facts or NOTHING
    known = _known.get(statement)
    if known is not None and _is_sent_so(known, connection, facts):
        options = QueryContext.default_load_options
        context = QueryContext(known.entities, statement, statement, facts, session, options)
        return instances(cast(Any, _send(connection, known, facts)), context)
    if not _is_to_be_known(statement, known, connection):
        return session.execute(statement, facts)
    result: Result[Any] = session.execute(statement, facts, execution_options=ANEW)
    _know(statement, cast(Any, result).raw, facts)
    return result


def _is_sent_so(known: Repeated, connection: Connection, facts: Facts) -> bool:
    return (
        known.text is not None
        and known.dialect is connection.dialect
        and facts.keys() == known.facts
        and connection.in_transaction()
    )


def _is_to_be_known(statement: Any, known: Repeated | None, connection: Connection) -> bool:
    """Whether a statement has come so often that what is found out of it now is kept."""
    if known is not None and known.dialect is connection.dialect:
        return False
    _sightings[statement] = _sightings.get(statement, 0) + 1
    return _sightings[statement] >= SIGHTINGS


def _know(statement: Any, result: Any, facts: Facts) -> None:
    if len(_known) >= KEPT:
        _known.clear()
    compiled = result.context.compiled
    # Lists that are spelt out anew each time; those of ``among`` are one parameter.
    spelt_out = compiled.post_compile_params | compiled.literal_execute_params
    rare = (
        compiled.escaped_bind_names
        # Values that are found out anew for each row that is written.
        or compiled.prefetch
        or statement.get_execution_options()
        or any(bind.callable or bind.type._is_tuple_type for bind in compiled.binds.values())
        or facts.keys() & {each.key for each in spelt_out}
    )
    _known[statement] = Repeated(
        compiled.dialect, result._metadata, compiled.compile_state, frozenset(facts),
        *((None, (), ()) if rare else _written(compiled, facts)),
    )  # fmt: skip


def _written(compiled: Any, facts: Facts) -> tuple[str, Any, Sequence[Filling]]:
    """The text of a statement, and its parameters as the driver takes them."""
    state = compiled.construct_expanded_state(dict(facts))
    places = {each: name for name, names in state.parameter_expansion.items() for each in names}
    named = not compiled.positional
    names = list(state.parameters) if named else state.positiontup
    constants: Any = {} if named else [None] * len(names)
    fillings = []
    for number, name in enumerate(names):
        at, of = name if named else number, places.get(name, name)
        process = state.processors.get(name) or compiled._bind_processors.get(of)
        if (fact := compiled.binds[of].key) in facts:
            fillings.append(Filling(at, fact, process))
        else:
            value = state.parameters[name]
            constants[at] = process(value) if process else value
    return state.statement, constants, fillings


def _send(connection: Connection, known: Repeated, facts: Facts) -> Result[Any]:
    text: Any = known.text
    parameters = known.parameters(facts)
    inside: Any = connection
    cursor = connection.connection.cursor()
    # What listens may note something here, as it does in SQLAlchemy's own.
    context = SimpleNamespace(_is_server_side=False)
    try:
        for listen in inside.dispatch.before_cursor_execute:
            text, parameters = listen(connection, cursor, text, parameters, context, False)
        cursor.execute(text, parameters)
        inside.dispatch.after_cursor_execute(connection, cursor, text, parameters, context, False)
        # What only writes gives nothing back.
        found = cursor.fetchall() if cursor.description else ()
        cursor.close()
    except BaseException as error:
        inside._handle_dbapi_exception(error, text, parameters, cursor, None)
    return IteratorResult(known.metadata, iter(found), context=context)
