"""Notes what changes, whoever changes it, so that it is read anew for the index.

The session is watched, not the operations: no room and no plugin has to remember search. What is
noted is stored in the same transaction as the change itself. Statements that change many rows at
once pass the session by; whoever writes one that changes words calls :func:`search_again`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import event, insert, inspect
from sqlalchemy.orm import Session, UOWTransaction

from core.activities.models import Activity
from core.communities.models import Community
from core.contents.models import Attachment, Content
from core.people.models import School, User
from core.platform.conditions import insert_given
from core.platform.db import Unit, required_unit, rows, utcnow
from core.search.models import SearchWaiting

Subject = tuple[str, int]

# A page of theirs is opened, a session is touched: only these changes concern their words.
SEARCHED: Mapping[type[Any], tuple[str, frozenset[str]]] = {
    User: ("person", frozenset("surname given_name patronymic school_id other_school position "
                               "subjects helps_with about state".split())),
    School: ("school", frozenset({"name", "short_name", "place"})),
    Community: ("community", frozenset("title summary goals tasks subjects audience".split())),
    Activity: ("activity", frozenset({"title", "community_id", "plugin"})),
}  # fmt: skip


def search_again(content_ids: Iterable[int]) -> None:
    """Let search read these contents anew, inside the operation that changed what they say.

    Needed after statements that change many rows at once; what the session changes is noticed.
    """
    _note(required_unit(), (("content", number) for number in content_ids))


@event.listens_for(Session, "after_flush")
def _watch(session: Session, context: UOWTransaction) -> None:
    unit: Unit | None = session.info.get("unit")
    if unit is None:
        return
    _note(unit, (s for row in session.new for s in _subjects(row, changed=True)))
    _note(
        unit,
        (s for row in session.dirty if session.is_modified(row) for s in _subjects(row)),
    )


def _subjects(row: Any, *, changed: bool = False) -> Iterator[Subject]:
    """What a row has to do with the index: nothing, in most cases."""
    kind = SEARCHED.get(type(row))
    if kind is not None:
        what, columns = kind
        if changed or any(inspect(row).attrs[name].history.has_changes() for name in columns):
            yield what, row.id
    elif isinstance(row, Content) or _shares_its_key(type(row)):
        yield "content", row.id
    elif isinstance(row, Attachment):
        yield "content", row.content_id


_sharing: dict[type[Any], bool] = {}


def _shares_its_key(model: type[Any]) -> bool:
    """Whether a model is what belongs to a content: its only key points to one."""
    known = _sharing.get(model)
    if known is None:
        keys = model.__table__.primary_key.columns
        targets = {key.column.table.name for column in keys for key in column.foreign_keys}
        known = _sharing[model] = (
            len(keys) == 1 and targets == {"contents"} and "id" in model.__table__.c
        )
    return known


def _note(unit: Unit, subjects: Iterable[Subject]) -> None:
    noted: dict[Subject, None] | None = unit.memo.get("search")
    for subject in subjects:
        if noted is None:
            noted = unit.memo["search"] = {}
            unit.before_commit.append(lambda: _store(unit))
        noted[subject] = None


def _store(unit: Unit) -> None:
    now = utcnow()
    noted = [
        {"what": what, "subject_id": number, "edited": True, "tries": 0, "since": now}
        for what, number in unit.memo.pop("search")
    ]
    rows(WAITING, {"rows": noted})


WAITING = insert_given(
    insert(SearchWaiting), SearchWaiting.what, SearchWaiting.subject_id, SearchWaiting.edited,
    SearchWaiting.tries, SearchWaiting.since,
)  # fmt: skip
