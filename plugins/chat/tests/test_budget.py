"""What pages may ask of the database: few questions, and not more of them for long talks."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient

from core.api import SYSTEM, Activity, Content, Viewer, db, operation, utcnow
from core.testing.count import QueryCount
from plugins.chat import writing
from plugins.chat.models import Message, Room
from plugins.chat.tests.conftest import Chat
from plugins.chat.voices import Said

Counter = Callable[[], QueryCount]
MOST = 10
# What other plugins add to the page they ask on their own account.
OTHERS = re.compile(r"FROM (announcements|forum|gallery|messages|polls|webinar)_")


def count(client: FlaskClient, count_queries: Counter, url: str) -> int:
    """Statements of a page that was opened before, so that there is nothing left to mark."""
    assert client.get(url).status_code == 200
    with count_queries() as counted:
        assert client.get(url).status_code == 200
    return len([statement for statement in counted.statements if not OTHERS.search(statement)])


@operation
def fill(actor: object, chat: Chat, room: int, number: int) -> None:
    """Make a room as large as people made it over years."""
    stored = db.session.get_one(Room, room)
    first, last = 1_000_000 + stored.last_number, stored.last_number
    fixed = {"community_id": chat.community.id, "activity_id": chat.activity.id}
    contents: list[dict[str, Any]] = [
        fixed
        | {"id": first + n, "kind": "chat.message", "author_id": chat.member.id}
        | {"created_at": utcnow() - timedelta(minutes=number - n)}
        for n in range(number)
    ]
    messages = [
        {
            "id": first + n, "room_id": room, "number": last + n + 1, "mentions": {},
            "text": "слово", "has_files": False, "has_signs": True, "is_decision": False,
        }
        for n in range(number)
    ]  # fmt: skip
    db.session.execute(Content.__table__.insert(), contents)  # type: ignore[attr-defined]
    db.session.execute(Message.__table__.insert(), messages)  # type: ignore[attr-defined]
    stored.last_number = last + number


def grow(chat: Chat, room: int, number: int) -> None:
    with chat.app.app_context():
        fill(SYSTEM, chat, room, number)


def test_a_room(
    chat: Chat, as_member: FlaskClient, as_moderator: FlaskClient, count_queries: Counter
) -> None:
    grow(chat, chat.room, 1)
    few = [count(browser, count_queries, chat.url) for browser in (as_member, as_moderator)]
    assert max(few) <= MOST
    grow(chat, chat.room, 10_000)
    many = [count(browser, count_queries, chat.url) for browser in (as_member, as_moderator)]
    assert many == few
    for page in ("?before=5000", "?from=7000"):
        assert count(as_member, count_queries, chat.url + page) <= MOST


def test_the_room_of_a_session(chat: Chat, as_member: FlaskClient, count_queries: Counter) -> None:
    session = chat.session()
    room, page = chat.room_of(session), f"{chat.url}sessions/{session}"
    grow(chat, room, 1)
    few = count(as_member, count_queries, page)
    assert few <= MOST
    grow(chat, room, 10_000)
    assert count(as_member, count_queries, page) == few


def test_the_home_of_a_community_asks_the_chat_twice(
    chat: Chat, as_member: FlaskClient, count_queries: Counter
) -> None:
    chat.session()
    chat.say()
    url = f"/c/{chat.community.slug}/"
    as_member.get(url)
    with count_queries() as counted:
        as_member.get(url)
    assert len([s for s in counted.statements if "chat_" in s]) <= 2


def test_a_message_is_stored_in_seven_statements(chat: Chat, count_queries: Counter) -> None:
    room = chat.room
    chat.say()
    with chat.app.app_context(), count_queries() as counted:
        chat.say(room=room)
    own = [s for s in counted.statements if not s.startswith(("BEGIN", "COMMIT", "SELECT"))]
    assert len(own) == 7


def test_thirty_messages_at_once_cost_as_many_statements_as_one(
    chat: Chat, count_queries: Counter
) -> None:
    room, people = chat.room, [chat.cast.member(chat.community) for _ in range(30)]
    for person in people:
        chat.say(by=person)
    with chat.app.app_context():
        place = db.session.get_one(Activity, chat.activity.id)
        said = [(Viewer(id=person.id), Said(text="да")) for person in people]
        with count_queries() as one:
            writing.say_all(SYSTEM, place, room, said[:1])
        with count_queries() as thirty:
            writing.say_all(SYSTEM, place, room, said)
    assert thirty.number == one.number
