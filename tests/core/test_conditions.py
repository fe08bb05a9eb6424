"""Lists and rows that go to the database in one parameter are stored and found as any other."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Boolean, Date, Integer, Text, bindparam, column, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from core.contents.models import Draft
from core.people.models import User
from core.platform.conditions import among, given, insert_given
from core.platform.db import Moment, db, operation, rows, utcnow

MAKE = Callable[..., User]
KINDS = given(
    "some", column("number", Integer), column("word", Text), column("day", Date),
    column("at", Moment), column("sure", Boolean),
)  # fmt: skip
OF_DRAFT = (
    Draft.user_id, Draft.place, Draft.url, Draft.page, Draft.title, Draft.body, Draft.fields,
    Draft.updated_at,
)  # fmt: skip
STORED = insert_given(insert(Draft), *OF_DRAFT).returning(Draft.place, Draft.updated_at)


def _changed(into: Any) -> Any:
    changed: Any = insert_given(into(Draft), *OF_DRAFT)
    return changed.on_conflict_do_update(
        index_elements=["user_id", "place"], set_={"title": "anew"}
    )


CHANGED = {"sqlite": _changed(sqlite.insert), "postgresql": _changed(postgresql.insert)}
AWKWARD = "«Кавычки» it's \\ \" $[0] %s :name {} 1 < 2 \u2028 \U0001f600\t\n"


def _draft(user: int, place: str, **more: Any) -> dict[str, Any]:
    return {
        "user_id": user, "place": place, "url": "", "page": "", "title": AWKWARD, "body": "",
        "fields": {"text": AWKWARD}, "updated_at": utcnow(),
    } | more  # fmt: skip


@operation
def _store(actor: None, statement: Any, drafts: list[dict[str, Any]]) -> list[Any]:
    found = rows(statement, {"rows": drafts})
    return list(found) if statement is STORED else []


@pytest.mark.parametrize("also", [(), (Draft.title != "",)])
def test_sqlite_finds_what_a_list_names_by_the_index(also: tuple[Any, ...]) -> None:
    statement = select(Draft.title).where(among(Draft.user_id, "people"), *also)
    words = str(statement.compile(dialect=sqlite.dialect()))
    with closing(sqlite3.connect(":memory:")) as bare:
        bare.execute("CREATE TABLE drafts (user_id INTEGER PRIMARY KEY, title TEXT)")
        plan = bare.execute(f"EXPLAIN QUERY PLAN {words}", ["[1]", ""][: words.count("?")])
        assert plan.fetchone()[3] == "SEARCH drafts USING INTEGER PRIMARY KEY (rowid=?)"


def test_what_is_given_comes_back_as_it_was(app: Flask) -> None:
    now = utcnow()
    lines = [
        {"number": 7, "word": AWKWARD, "day": now.date(), "at": now, "sure": True},
        {"number": None, "word": "", "day": None, "at": None, "sure": False},
        {"number": -(2**31), "word": "12", "day": now.date(), "at": now, "sure": None},
    ]
    with app.test_request_context():
        for some in (lines, lines[:1], [], lines):
            for _ in range(2):
                assert [dict(row._mapping) for row in rows(select(KINDS), {"some": some})] == some


def test_rows_are_stored_as_the_session_stores_them(app: Flask, make_user: MAKE) -> None:
    """Six times, since from the third on the statement is one that is known."""
    person = make_user().id
    with app.test_request_context():
        for number in range(6):
            drafts = [_draft(person, f"new:{number}:{n}") for n in range(number)]
            stored = _store(None, STORED, drafts)
            assert [tuple(row) for row in stored] == [(d["place"], d["updated_at"]) for d in drafts]
            for draft in drafts:
                kept = db.session.get_one(Draft, (person, draft["place"]))
                assert {name: getattr(kept, name) for name in draft} == draft
        oldest_first = select(Draft.place).where(Draft.user_id == person)
        found = db.session.scalars(oldest_first.order_by(Draft.updated_at)).all()
        assert sorted(found) == sorted(f"new:{n}:{m}" for n in range(6) for m in range(n))


def test_a_moment_is_found_among_those_of_the_session(app: Flask, make_user: MAKE) -> None:
    """Both kinds are written alike, or comparing them would go wrong on SQLite."""
    person, now = make_user().id, utcnow()
    earlier, later = now - timedelta(microseconds=1), now + timedelta(microseconds=1)
    at = select(Draft.place).where(
        Draft.user_id == person, Draft.updated_at > bindparam("after", type_=Moment)
    )
    with app.test_request_context():
        _store(None, STORED, [_draft(person, "given", updated_at=now)])
        assert rows(at, {"after": earlier}).scalars().all() == ["given"]
        assert rows(at, {"after": now}).scalars().all() == []
        assert rows(at, {"after": later}).scalars().all() == []
        there = select(Draft.place).where(among(Draft.updated_at, "moments"))
        assert rows(there, {"moments": [now, later]}).scalars().all() == ["given"]


def test_a_moment_without_a_zone_is_refused(app: Flask, make_user: MAKE) -> None:
    draft = _draft(make_user().id, "naive", updated_at=utcnow().replace(tzinfo=None))
    with app.test_request_context(), pytest.raises(ValueError, match="without a time zone"):
        _store(None, STORED, [draft])


def test_rows_that_are_there_are_changed(app: Flask, make_user: MAKE) -> None:
    person = make_user().id
    with app.test_request_context():
        _store(None, STORED, [_draft(person, "old")])
        drafts = [_draft(person, "old"), _draft(person, "new")]
        _store(None, CHANGED[db.engine.dialect.name], drafts)
        titles = select(Draft.place, Draft.title).where(Draft.user_id == person)
        assert {row.place: row.title for row in rows(titles)} == {"old": "anew", "new": AWKWARD}
