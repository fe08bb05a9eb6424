"""Notes whoever may have lost a right by a change, whoever changes it.

The session is watched, not the operations: whether somebody was banned, a role ended, a plugin was
switched off or a session closed, the rooms look again at once who may be in them. Rights that end
by the clock alone are looked at every few seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

from core.platform.signals import signal
from core.realtime.live import named

# The kind of signal: ("person", 3), ("community", 2), ("activity", 5), or ("all", 0).
SIGNAL = "rights"

Subject = tuple[str, int]
ALL: Subject = ("all", 0)


def _person(row: Any) -> Subject:
    return "person", row.user_id or 0


def _community(row: Any) -> Subject:
    return ("community", row.community_id) if row.community_id else ALL


def rights_changed(place: Any) -> None:
    """Inside an operation: look anew at who may be in the rooms of a place, or where a person is.

    For plugins that decide by rows of their own; what core knows of is noticed by itself. ``place``
    is an activity, a content, a community or a ``User``.
    """
    signal(SIGNAL, *named(place))


# By table: whom a change means, and the columns that matter (none: every change, but no new row).
CHANGES: Mapping[str, tuple[Callable[[Any], Subject], frozenset[str]]] = {
    "users": (lambda row: ("person", row.id), frozenset({"state", "invisible"})),
    "sessions": (_person, frozenset()),
    "memberships": (_person, frozenset({"state"})),
    "appointments": (_person, frozenset({"role_id", "ends_at", "starts_at"})),
    "roles": (_community, frozenset({"archetype"})),
    "role_grants": (lambda row: ALL, frozenset({"granted"})),
    "communities": (lambda row: ("community", row.id), frozenset({"state", "visibility"})),
    "activities": (lambda row: ("activity", row.id), frozenset({"state", "community_id"})),
    "community_plugins": (_community, frozenset()),
    "site_plugins": (lambda row: ALL, frozenset({"enabled"})),
    "contents": (lambda row: ("content", row.id), frozenset({"hidden_at", "held_at"})),
}
# Rows of these grant or forbid something by being there.
BY_BEING_THERE = frozenset({"role_grants", "site_plugins"})
# Whoever changes many of these at once changes nobody's right to stay.
SEEN_ELSEWHERE = frozenset({"contents"})


@event.listens_for(Session, "after_flush")
def _watch(session: Session, context: UOWTransaction) -> None:
    if "unit" not in session.info:
        return
    for subject in _changed(session):
        signal(SIGNAL, *subject)


def _changed(session: Session) -> Iterator[Subject]:
    for row in session.dirty:
        subject, columns = CHANGES.get(_table(row), (None, frozenset()))
        if subject and any(inspect(row).attrs[name].history.has_changes() for name in columns):
            yield subject(row)
    for row in (*session.deleted, *(r for r in session.new if _table(r) in BY_BEING_THERE)):
        if _table(row) in CHANGES:
            yield CHANGES[_table(row)][0](row)


def _table(row: Any) -> str:
    return str(getattr(row, "__tablename__", ""))


@event.listens_for(Session, "do_orm_execute")
def _watch_statement(state: ORMExecuteState) -> None:
    """A statement that changes many rows at once does not say whose: everybody is looked at."""
    if not (state.is_update or state.is_delete) or "unit" not in state.session.info:
        return
    mapper = state.bind_mapper
    table = str(getattr(mapper.class_, "__tablename__", "")) if mapper is not None else ""
    if table in CHANGES and table not in SEEN_ELSEWHERE:
        signal(SIGNAL, *ALL)
