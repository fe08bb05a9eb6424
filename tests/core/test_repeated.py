"""Statements that come again answer as the first time, whatever is asked of them."""

from __future__ import annotations

import gc
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Select, bindparam, func, literal, select, union_all
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.orm import contains_eager

from core.access.models import Role
from core.people.models import School, User
from core.platform import repeated
from core.platform.conditions import among, one_of
from core.platform.db import Moment, db, entities, operation, rows, utcnow
from core.testing.count import QueryCount

MAKE = Callable[..., User]

BY_LIST = select(User.id, User.created_at, User.large_text, User.state).where(
    among(User.id, "people"), User.created_at <= bindparam("now", type_=Moment)
).order_by(User.id)  # fmt: skip
JOINED = union_all(
    select(User.surname, literal(1).label("part")).where(among(User.id, "one", many=False)),
    select(func.aggregate_strings(User.surname, "; "), literal(2)).where(
        one_of(User.state, ["active"]), among(User.id, "people"), User.state.in_(["active", "x"])
    ),
)  # fmt: skip

WITH_SCHOOL = (
    select(User, literal(7), School)
    .join(School, School.id == User.school_id)
    .options(contains_eager(User.school))
    .where(among(User.id, "people"))
)
BY_NUMBER = select(User).where(User.id == bindparam("number"))


def _ordinary(statement: Any, facts: dict[str, Any]) -> list[Any]:
    return [tuple(row) for row in db.session.connection().execute(statement, facts)]


def test_answers_are_those_of_sqlalchemy(app: Flask, make_user: MAKE) -> None:
    people = [make_user(surname=f"Иванова{n}").id for n in range(3)]
    with app.test_request_context():
        now = utcnow() + timedelta(minutes=1)
        for some in (people, people[:1], [], people[1:], people, []):
            facts: dict[str, Any] = {"people": some, "now": now}
            found = [tuple(row) for row in rows(BY_LIST, facts)]
            assert found == _ordinary(BY_LIST, facts)
            assert [row[0] for row in found] == some
            assert rows(BY_LIST, {"people": set(some), "now": now}).scalars().all() == some
            facts = {"people": some, "one": people[0]}
            assert [tuple(row) for row in rows(JOINED, facts)] == _ordinary(JOINED, facts)


def test_rows_have_names_and_results_their_ways(app: Flask, make_user: MAKE) -> None:
    person = make_user()
    with app.test_request_context():
        for _ in range(5):
            facts = {"people": [person.id], "now": utcnow() + timedelta(minutes=1)}
            row = rows(BY_LIST, facts).one()
            assert row.id == person.id
            assert row.created_at.tzinfo is not None
            assert row.large_text is False
            assert row._mapping["state"] == "active"
            assert rows(BY_LIST, facts).scalars().all() == [person.id]
            assert rows(BY_LIST, facts | {"people": []}).one_or_none() is None
            assert rows(BY_LIST, facts | {"people": []}).first() is None


def test_what_is_new_is_seen_each_time(app: Flask, make_user: MAKE) -> None:
    """Nothing of an answer is kept."""
    names = select(User.surname).order_by(User.id)
    for number in range(4):
        make_user(surname=f"Новая{number}")
        with app.test_request_context():
            assert len(rows(names).scalars().all()) >= number + 1


def test_a_missing_fact_is_an_error_as_ever(app: Flask) -> None:
    with app.test_request_context():
        for _ in range(5):
            rows(BY_LIST, {"people": [1], "now": utcnow()}).all()
        with pytest.raises(StatementError):
            rows(BY_LIST, {"people": [1]})


def test_errors_of_the_database_are_sqlalchemys(app: Flask) -> None:
    halved = select(func.no_such_function(bindparam("number", type_=User.id.type)))
    with app.test_request_context(), pytest.raises(DBAPIError):
        rows(halved, {"number": 1})
    known = select(func.abs(bindparam("number", type_=User.id.type)))
    with app.test_request_context():
        assert [rows(known, {"number": n}).scalar_one() for n in (-1, -2, -3, -4)] == [1, 2, 3, 4]
        with pytest.raises(DBAPIError):
            rows(known, {"number": object()})


def test_each_counts_as_a_statement(app: Flask) -> None:
    with app.test_request_context():
        for _ in range(5):
            with QueryCount(app) as asked:
                rows(BY_LIST, {"people": [1], "now": utcnow()}).all()
            assert asked.number == 1


def test_lists_are_read_whatever_their_length(app: Flask, make_user: MAKE) -> None:
    person = make_user().id
    spelt_out = select(User.id).where(User.id.in_(bindparam("people", expanding=True)))
    with app.test_request_context():
        now = utcnow() + timedelta(minutes=1)
        for length in range(1, 9):
            people = [person] * length
            assert rows(BY_LIST, {"people": people, "now": now}).scalars().all() == [person]
            assert rows(spelt_out, {"people": people}).scalars().all() == [person]


def test_entities_are_the_sessions_own(
    app: Flask, make_user: MAKE, make_school: Callable[..., Any]
) -> None:
    """One row is one object, however it is read, with what hangs on it loaded or ready to be."""
    school = make_school().id
    person = make_user(surname="Иванова", school_id=school).id
    for _ in range(6):
        with app.test_request_context():
            user, number, of = entities(WITH_SCHOOL, {"people": [person]}).one()
            assert user is db.session.get(User, person)
            assert (user.surname, number, of.id) == ("Иванова", 7, school)
            assert user.created_at.tzinfo is not None
            with QueryCount(app) as asked:
                assert user.school is of
            assert asked.number == 0
            again = entities(WITH_SCHOOL, {"people": [person, -1]}).scalars().all()
            assert again == [user]
            assert entities(WITH_SCHOOL, {"people": []}).one_or_none() is None


def test_entities_that_are_alike_keep_their_constants(app: Flask, make_user: MAKE) -> None:
    """SQLAlchemy compiles both once, since they differ in constants only."""
    first, second = make_user(surname="Первая").id, make_user(surname="Вторая").id
    queries = {number: select(User).where(User.id == number) for number in (first, second)}
    for _ in range(5):
        with app.test_request_context():
            for number, query in queries.items():
                assert entities(query).scalars().one().id == number


def test_an_entity_that_was_read_is_changed_by_operations(app: Flask, make_user: MAKE) -> None:
    person = make_user(surname="Старая").id

    @operation
    def rename(actor: None, name: str) -> None:
        entities(BY_NUMBER, {"number": person}).scalars().one().surname = name

    for number in range(5):
        with app.test_request_context():
            before = entities(BY_NUMBER, {"number": person}).scalars().one()
            rename(None, f"Новая{number}")
            assert entities(BY_NUMBER, {"number": person}).scalars().one() is before
            assert before.surname == f"Новая{number}"


def test_what_is_put_together_for_one_page_is_not_kept(app: Flask) -> None:
    def once() -> Select[int]:
        return select(Role.id).where(Role.key == "guest")

    with app.test_request_context():
        gc.collect()
        before = len(repeated._sightings), len(repeated._known)
        for _ in range(9):
            rows(once()).all()
        gc.collect()
        # The one is the compiled one that SQLAlchemy itself keeps for all that are alike.
        assert len(repeated._sightings) <= before[0] + 1
        assert len(repeated._known) == before[1]


def test_no_more_than_so_many_are_kept(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeated, "KEPT", 3)
    monkeypatch.setattr(repeated, "_known", {})
    with app.test_request_context():
        for number in range(9):
            statement = select(literal(number))
            for _ in range(4):
                assert rows(statement).scalar_one() == number
            assert len(repeated._known) <= 3
