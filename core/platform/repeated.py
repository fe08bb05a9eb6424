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
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Dialect, Result
from sqlalchemy.engine import IteratorResult

Facts = Mapping[str, Any]


class Filling(NamedTuple):
    """A parameter that is different each time: where it goes, which fact it is, and how the type
    writes it for the driver."""

    at: Any
    fact: str
    process: Callable[[Any], Any] | None


class Repeated(NamedTuple):
    """What is known of a statement for one database: its text, and its parameters.

    ``constants`` is what the driver gets, a list or a dictionary, with gaps for the fillings.
    Without a ``text`` it is written in a way that is rare, and goes SQLAlchemy's.
    """

    dialect: Dialect
    metadata: Any
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
NOTHING: Facts = {}
_sightings: WeakKeyDictionary[Any, int] = WeakKeyDictionary()
_known: dict[Any, Repeated] = {}


def execute(connection: Connection, statement: Any, facts: Facts | None) -> Result[Any]:
    """As ``connection.execute`` does with a query, in its transaction and with its events."""
    facts = facts or NOTHING
    known = _known.get(statement)
    if known is not None and _is_sent_so(known, connection, facts):
        return _send(connection, known, facts)
    result = connection.execute(statement, facts)
    if known is None or known.dialect is not connection.dialect:
        _note(statement, connection.dialect, result, facts)
    return result


def _is_sent_so(known: Repeated, connection: Connection, facts: Facts) -> bool:
    return (
        known.text is not None
        and known.dialect is connection.dialect
        and facts.keys() == known.facts
        and connection.in_transaction()
    )


def _note(statement: Any, dialect: Dialect, result: Any, facts: Facts) -> None:
    seen = _sightings[statement] = _sightings.get(statement, 0) + 1
    if seen >= SIGHTINGS:
        if len(_known) >= KEPT:
            _known.clear()
        _known[statement] = _known_of(statement, dialect, result, facts)


def _known_of(statement: Any, dialect: Dialect, result: Any, facts: Facts) -> Repeated:
    compiled = statement.compile(dialect=dialect)
    # Lists that are spelt out anew each time; those of ``among`` are one parameter.
    spelt_out = compiled.post_compile_params | compiled.literal_execute_params
    rare = (
        compiled.escaped_bind_names
        or statement.get_execution_options()
        or any(bind.callable or bind.type._is_tuple_type for bind in compiled.binds.values())
        or facts.keys() & {each.key for each in spelt_out}
    )
    names = frozenset(facts)
    if rare:
        return Repeated(dialect, result._metadata, names, None, (), ())
    return Repeated(dialect, result._metadata, names, *_written(compiled, facts))


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
    context = SimpleNamespace()
    try:
        for listen in inside.dispatch.before_cursor_execute:
            text, parameters = listen(connection, cursor, text, parameters, context, False)
        cursor.execute(text, parameters)
        inside.dispatch.after_cursor_execute(connection, cursor, text, parameters, context, False)
        found = cursor.fetchall()
        cursor.close()
    except BaseException as error:
        inside._handle_dbapi_exception(error, text, parameters, cursor, None)
    return IteratorResult(known.metadata, iter(found))
