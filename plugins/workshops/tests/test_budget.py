"""What pages may ask of the database: few questions, and not more of them for many people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import insert, select

from core.api import SYSTEM, Content, User, db, operation, utcnow
from core.testing.count import QueryCount
from plugins.workshops.models import Answer, Passed, Place, Question, Review, Work, Workshop
from plugins.workshops.tests.conftest import K, Studio

Counter = Callable[[], QueryCount]
# With those of the frame: session, place, menu, notices.
MOST = 22
FIRST = 1_000_000


def count(client: FlaskClient, count_queries: Counter, url: str) -> int:
    assert client.get(url).status_code == 200, url
    with count_queries() as counted:
        assert client.get(url).status_code == 200
    return counted.number


@operation
def fill(actor: object, first: int, number: int) -> None:
    """So many took part: they handed in, reviewed, answered, and agreed that works are shown."""
    workshop = db.session.scalars(select(Workshop)).one()
    activity, now = workshop.activity_id, utcnow()
    ids = range(first, first + number)
    question = db.session.scalars(select(Question.id)).first()
    here = {"activity_id": activity}
    there = here | {"workshop_id": workshop.id}

    def add(model: Any, rows: list[dict[str, Any]]) -> None:
        db.session.execute(insert(model), rows)

    add(User, [{"id": n, "surname": f"Ф{n}", "given_name": "А"} for n in ids])
    add(Place, [there | {"id": n, "user_id": n, "state": "held", "asked_at": now} for n in ids])
    place = {"community_id": workshop.activity.community_id, "activity_id": activity}
    add(Content, [place | {"id": n, "kind": "workshops.work", "author_id": n} for n in ids])
    work = there | {"state": "handed_in", "handed_in_at": now, "consent": True, "shown_at": now}
    add(Work, [work | {"id": n, "author_id": n, "title": "Проба", "body": "<p>x</p>"} for n in ids])
    done = here | {"state": "done", "words": "x", "assigned_at": now, "done_at": now}
    last = first + number - 1
    add(Review, [done | {"id": n, "work_id": n, "reviewer_id": n + 1 if n < last else first}
                 for n in ids])  # fmt: skip
    passed = {"kind": "practice", "hours": 2, "basis": "work", "passed_at": now}
    add(Passed, [passed | {"place_id": n} for n in ids])
    add(Answer, [{"question_id": question, "place_id": n, "words": "x"} for n in ids])
    workshop.held += number


def test_pages_cost_the_same_for_ten_thousand_people(
    studio: Studio, client: FlaskClient, count_queries: Counter
) -> None:
    people = studio.seated(3)
    studio.go(K.PRACTICE)
    for person in people:
        studio.hand_in(person)
    studio.go(K.REVIEW)
    with studio.app.app_context():
        fill(SYSTEM, FIRST, 3)
    member, master = studio.login(people[0]), studio.login(studio.master)
    work, review = studio.work_of(people[0]).id, studio.reviews_by(people[0])[0].id
    pages = [
        *((client, page) for page in ("", "results", f"works/{FIRST}")),
        *((member, page) for page in ("", "results", f"works/{work}", f"reviews/{review}")),
        *((master, page) for page in (
            "", "people", "works", "allocation", "reflection/answers", "criteria", "stages",
            f"works/{work}", "results",
        )),
    ]  # fmt: skip
    few = [count(browser, count_queries, f"{studio.url}{page}") for browser, page in pages]
    with studio.app.app_context():
        fill(SYSTEM, 2 * FIRST, 10_000)
    many = [count(browser, count_queries, f"{studio.url}{page}") for browser, page in pages]
    assert many == few
    assert max(few) <= MOST, dict(zip([page for _browser, page in pages], few, strict=True))


def test_lists_of_activities_cost_the_same_for_many_workshops(
    studio: Studio, count_queries: Counter
) -> None:
    [person] = studio.seated(1)
    studio.cast.activity(studio.community, "workshops", "masterclass")
    browser = studio.login(person)
    few = count(browser, count_queries, "/c/maths/")
    for number in range(8):
        studio.cast.activity(studio.community, "workshops", "masterclass", title=f"Ещё {number}")
    assert count(browser, count_queries, "/c/maths/") == few
