"""What pages may ask of the database: few questions, and not more of them for many answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import insert

from core.api import SYSTEM, School, User, db, operation
from core.testing.count import QueryCount
from plugins.polls.models import Answer, Ballot, Poll, Voter
from plugins.polls.structure import structure_of
from plugins.polls.tests.conftest import Stage

Counter = Callable[[], QueryCount]
MOST = 14


def count(client: FlaskClient, count_queries: Counter, url: str) -> int:
    assert client.get(url).status_code == 200
    with count_queries() as counted:
        assert client.get(url).status_code == 200
    return counted.number


@operation
def fill(actor: object, poll: int, number: int) -> None:
    """So many people have answered, of a hundred schools."""
    item = structure_of(poll).items[0]
    schools = [{"name": f"Ш{n}", "short_name": f"Ш{n}", "place": "", "category": f"К{n % 3}"}
               for n in range(100)]  # fmt: skip
    db.session.execute(insert(School), schools)
    ids = [row.id for row in db.session.query(School.id).order_by(School.id.desc()).limit(100)]
    people: list[dict[str, Any]] = [
        {"id": 1_000_000 + n, "surname": f"Ф{n}", "given_name": "А", "school_id": ids[n % 100]}
        for n in range(number)
    ]
    db.session.execute(insert(User), people)
    rows = [
        {"activity_id": poll, "user_id": person["id"], "school_id": person["school_id"],
         "category": f"К{n % 3}", "answered": True}
        for n, person in enumerate(people)
    ]  # fmt: skip
    db.session.execute(insert(Voter), rows)
    ballots = [{"id": 1_000_000 + n, "activity_id": poll, "user_id": person["id"]}
               for n, person in enumerate(people)]  # fmt: skip
    db.session.execute(insert(Ballot), ballots)
    answers = [
        {"ballot_id": 1_000_000 + n, "question_id": item.id, "option_id": item.choices[n % 2].id}
        for n in range(number)
    ]
    db.session.execute(insert(Answer), answers)
    row = db.session.get_one(Poll, poll)
    row.answer_count, row.electorate = number, number


def test_pages_cost_the_same_for_ten_thousand_answers(
    stage: Stage, as_member: FlaskClient, as_coordinator: FlaskClient, count_queries: Counter
) -> None:
    poll = stage.poll(results="always")
    stage.answer(poll, stage.members[1])
    pages = [stage.url(poll, page) for page in ("", "results", "results/rounds")]
    pages += [stage.url(poll, page) for page in ("results/schools", "results/categories")]
    pages.append("/c/maths/polls/")
    few = [count(as_member, count_queries, page) for page in pages]
    run = count(as_coordinator, count_queries, stage.url(poll, "run"))
    with stage.app.app_context():
        fill(SYSTEM, poll, 10_000)
    many = [count(as_member, count_queries, page) for page in pages]
    assert many[:3] == few[:3]
    assert many[5] == few[5]
    # Where there are no groups there is nobody to name.
    assert all(after <= before + 1 for before, after in zip(few, many, strict=True))
    assert max(many) <= MOST
    assert count(as_coordinator, count_queries, stage.url(poll, "run")) == run <= MOST


def test_a_list_of_many_polls_costs_as_much_as_one_of_few(
    stage: Stage, as_member: FlaskClient, count_queries: Counter
) -> None:
    stage.poll()
    few = count(as_member, count_queries, "/c/maths/polls/")
    home = count(as_member, count_queries, "/c/maths/")
    for _ in range(30):
        stage.poll()
    assert count(as_member, count_queries, "/c/maths/polls/") == few
    assert count(as_member, count_queries, "/c/maths/") == home


def test_a_home_asks_polls_once(
    stage: Stage, as_member: FlaskClient, count_queries: Counter
) -> None:
    stage.poll()
    as_member.get("/c/maths/")
    with count_queries() as counted:
        as_member.get("/c/maths/")
    assert len([s for s in counted.statements if " polls_" in s]) <= 1
