"""What pages may ask of the database: few questions, and not more of them for large webinars."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient

from core.api import SYSTEM, Actor, User, db, operation, utcnow
from core.testing.count import QueryCount
from plugins.webinar import attendance, queries
from plugins.webinar.models import Attendance, Meeting, MeetingState, Place, Rating, Webinar
from plugins.webinar.tests.conftest import Room

Counter = Callable[[], QueryCount]
# What a page asks of its own, and with everything that stands on every page.
MOST, WITH_FRAME = 8, 14
MANY = 10_000
OWN = re.compile(r"\bwebinar_")
OTHERS = re.compile(r"FROM (announcements|chat|forum|gallery|messages|polls)_")


def count(client: FlaskClient, count_queries: Counter, url: str) -> int:
    """Statements of a page that was opened before, so that there is nothing left to mark."""
    assert client.get(url).status_code == 200
    with count_queries() as counted:
        assert client.get(url).status_code == 200
    own = [statement for statement in counted.statements if OWN.search(statement)]
    assert len(own) <= MOST, own
    return len([statement for statement in counted.statements if not OTHERS.search(statement)])


@operation
def grow(actor: object, room: Room, number: int) -> None:
    """So many have places, came and said what they thought."""
    webinar: Webinar = room.webinar()
    first = 1_000_000
    people: Sequence[dict[str, Any]] = [
        {"id": first + n, "surname": f"Ф{n}", "given_name": "А", "email": f"{n}@x.ru"}
        for n in range(number)
    ]
    now = utcnow()
    db.session.execute(User.__table__.insert(), people)  # type: ignore[attr-defined]
    for model, facts in (
        (Place, {"webinar_id": webinar.id, "activity_id": webinar.activity_id, "state": "held",
                 "asked_at": now}),
        (Attendance, {"meeting_id": room.meeting, "first_at": now, "minutes": 45, "seconds": 0,
                      "source": "list"}),
        (Rating, {"meeting_id": room.meeting, "stars": 5, "words": "", "rated_at": now}),
    ):  # fmt: skip
        rows = [facts | {"user_id": person["id"]} for person in people]
        db.session.execute(model.__table__.insert(), rows)  # type: ignore[attr-defined]
    webinar.held = number


@operation
def plan(actor: Actor, room: Room, number: int) -> None:
    """So many meetings were held before, and recorded."""
    webinar = room.webinar()
    begins = utcnow() - timedelta(days=90)
    facts = {
        "activity_id": webinar.activity_id, "webinar_id": webinar.id, "topic": "", "sequence": 0,
        "state": MeetingState.OVER, "reason": "", "changed_at": begins,
    }  # fmt: skip
    moments = [begins + timedelta(days=n) for n in range(number)]
    rows = [facts | {"begins_at": m, "ends_at": m + timedelta(hours=1)} for m in moments]
    db.session.execute(Meeting.__table__.insert(), rows)  # type: ignore[attr-defined]
    for meeting in queries.meetings_of(webinar)[:number]:
        attendance.publish_recording(actor, meeting, "Запись", "https://video.example/1", [], "")


def test_pages_cost_the_same_for_one_and_for_ten_thousand(
    room: Room, count_queries: Counter
) -> None:
    room.set(provider="bigbluebutton")
    guest = room.sign_up(room.member())
    host = room.login(room.cast.staff(room.community, "coordinator"))
    room.clock.turn(timedelta(hours=4))
    pages = [
        (guest, room.url), (host, room.url), (host, f"{room.url}people"),
        (guest, f"{room.url}check"), (host, "/c/maths/webinar/figures"),
        (guest, f"{room.meeting_url}feedback"),
    ]  # fmt: skip
    few = [count(browser, count_queries, page) for browser, page in pages]
    with room.app.app_context():
        grow(SYSTEM, room, MANY)
    with room.app.app_context():
        plan(SYSTEM, room, 50)
    many = [count(browser, count_queries, page) for browser, page in pages]
    assert many == few
    assert max(few) <= WITH_FRAME, few


def test_a_closed_room_costs_one_question_more(room: Room, count_queries: Counter) -> None:
    host = room.login(room.host)
    plain = count(host, count_queries, room.url)
    room.set(provider="bigbluebutton")
    assert count(host, count_queries, room.url) <= plain + 1
