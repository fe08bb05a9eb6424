"""Statements that come again and again: what is alike each time is found out once.

SQLAlchemy looks at a statement anew at every execution: which of the kept compiled ones it is, what
its parameters are called, how each is written for the driver, how lists are spelt out. On SQLite
that takes three times as long as the answer. Whoever puts a statement together once, at module
level, sends the very same object again, and this is how it is known here: the first times it goes
SQLAlchemy's way, then what was found out is kept with it. A statement that is
put together for one page never comes back, and nothing is kept of it.

This is the one module that touches insides of SQLAlchemy; its version is pinned, and
``tests/core/test_repeated.py`` compares both ways.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, NamedTuple, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Dialect, Result
from sqlalchemy.engine import IteratorResult
from sqlalchemy.orm import Session
from sqlalchemy.orm.context import QueryContext
from sqlalchemy.orm.loading import instances

# A list of parameters is spelt out by its length; so many combinations are kept of a statement.
SHAPES = 32

Facts = Mapping[str, Any]


class Filling(NamedTuple):
    """A parameter that is different each time: where it goes, and which fact it is, or which
    ``place`` in a list, as the type writes it for the driver."""

    at: Any
    fact: str
    place: int | None
    process: Callable[[Any], Any] | None


class Shape(NamedTuple):
    """The text of a statement for lists of certain lengths, with its parameters.

    ``constants`` is what the driver gets, a list or a dictionary, with gaps for the fillings.
    """

    text: str
    constants: Any
    fillings: list[Filling]

    def parameters(self, facts: Facts) -> Any:
        values = self.constants.copy()
        for at, fact, place, process in self.fillings:
            value = facts[fact] if place is None else facts[fact][place]
            values[at] = value if process is None else process(value)
        return values


@dataclass(slots=True)
class Repeated:
    """What is known of a statement for one database; see the module."""

    dialect: Dialect
    compiled: Any
    metadata: Any
    facts: frozenset[str]
    lists: tuple[str, ...]
    most: int  # shapes; 0 where it is written in a way that is rare, and goes SQLAlchemy's
    shapes: dict[tuple[int, ...], Shape] = field(default_factory=dict)

    def written(self, facts: Facts) -> tuple[str, Any] | None:
        """Text and parameters for these facts; None where there are too many kinds of them."""
        if facts.keys() != self.facts:
            return None
        if self.lists:
            facts = {**facts, **{name: list(facts[name]) for name in self.lists}}
        lengths = tuple([len(facts[name]) for name in self.lists])
        shape = self.shapes.get(lengths)
        if shape is None and len(self.shapes) < self.most:
            shape = self.shapes[lengths] = self._spelt_out(facts)
        return (shape.text, shape.parameters(facts)) if shape is not None else None

    def _spelt_out(self, facts: Facts) -> Shape:
        state = self.compiled.construct_expanded_state(dict(facts))
        places = {
            each: (name, place)
            for name, names in state.parameter_expansion.items()
            for place, each in enumerate(names)
        }
        named = not self.compiled.positional
        names = list(state.parameters) if named else state.positiontup
        shape = Shape(state.statement, {} if named else [None] * len(names), [])
        for number, name in enumerate(names):
            at = name if named else number
            of, place = places.get(name, (name, None))
            process = state.processors.get(name) or self.compiled._bind_processors.get(of)
            fact = self.compiled.binds[of].key
            if fact in self.facts:
                shape.fillings.append(Filling(at, fact, place, process))
            else:
                value = state.parameters[name]
                shape.constants[at] = process(value) if process else value
        return shape


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
    """As ``connection.execute`` does with a query, in its transaction and with its events."""
    facts = facts or NOTHING
    known = _known.get(statement)
    if known is not None and (found := _quickly(connection, known, facts)) is not None:
        return found
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
    if known is not None and (found := _quickly(connection, known, facts)) is not None:
        state, options = known.compiled.compile_state, QueryContext.default_load_options
        context = QueryContext(state, statement, statement, facts, session, options)
        return instances(cast(Any, found), context)
    if not _is_to_be_known(statement, known, connection):
        return session.execute(statement, facts)
    result: Result[Any] = session.execute(statement, facts, execution_options=ANEW)
    _know(statement, cast(Any, result).raw, facts)
    return result


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
    lists = tuple(facts.keys() & {each.key for each in compiled.post_compile_params})
    rare = (
        compiled.escaped_bind_names
        or statement.get_execution_options()
        or any(bind.callable or bind.type._is_tuple_type for bind in compiled.binds.values())
        or facts.keys() & {each.key for each in compiled.literal_execute_params}
    )
    most = 0 if rare else SHAPES
    _known[statement] = Repeated(
        compiled.dialect, compiled, result._metadata, frozenset(facts), lists, most
    )


def _quickly(connection: Connection, known: Repeated, facts: Facts) -> Result[Any] | None:
    """What a statement that is known finds; None where it goes SQLAlchemy's way after all."""
    if known.dialect is not connection.dialect or not connection.in_transaction():
        return None
    written = known.written(facts)
    return None if written is None else _send(connection, known, *written)


def _send(connection: Connection, known: Repeated, text: str, parameters: Any) -> Result[Any]:
    inside: Any = connection
    cursor = connection.connection.cursor()
    # What listens may note something here, as it does in SQLAlchemy's own.
    context = SimpleNamespace(_is_server_side=False)
    try:
        for listen in inside.dispatch.before_cursor_execute:
            text, parameters = listen(connection, cursor, text, parameters, context, False)
        cursor.execute(text, parameters)
        inside.dispatch.after_cursor_execute(connection, cursor, text, parameters, context, False)
        found = cursor.fetchall()
        cursor.close()
    except BaseException as error:
        inside._handle_dbapi_exception(error, text, parameters, cursor, None)
    return IteratorResult(known.metadata, iter(found), context=context)
