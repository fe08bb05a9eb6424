"""A room while people are in it: what one says all hear, in one order, and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from core.api import Activity, Content, User, db, hide
from core.testing.cast import Made
from plugins.chat import messages, rooms
from plugins.chat.models import Member, Message, Room
from plugins.chat.tests.conftest import Chat
from plugins.chat.text import Typed

STREAM = "chat.room"


@pytest.fixture
def link(chat: Chat, socket: Callable[..., Any]) -> Callable[..., Any]:
    """Somebody in the standing room, or in another."""

    def come(who: Made, room: int = 0, after: int = 0) -> Any:
        arrived = socket(who, "/chat")
        arrived.join(STREAM, chat.activity.id, key=room or chat.room, after=after)
        return arrived

    return come


def texts(browser: Any) -> list[str]:
    return [entry["message"]["html"] for entry in browser.entries() if "message" in entry]


def test_what_one_says_the_others_hear_at_once_and_in_order(
    chat: Chat, link: Callable[..., Any]
) -> None:
    one, other = link(chat.member), link(chat.other)
    said = {"activity": chat.activity.id, "room": chat.room}
    answer = one.send("say", **said, mark="a", text="раз")
    assert (answer["number"], answer["held"]) == (1, False)
    other.send("say", **said, mark="b", text="<b>два</b>")
    assert texts(one) == ['<p dir="auto">раз</p>', '<p dir="auto">&lt;b&gt;два&lt;/b&gt;</p>']
    assert [entry["number"] for entry in other.entries()] == [1, 2]


def test_what_is_sent_again_is_heard_once(chat: Chat, link: Callable[..., Any]) -> None:
    one, other = link(chat.member), link(chat.other)
    said = {"activity": chat.activity.id, "room": chat.room, "mark": "a", "text": "раз"}
    assert one.send("say", **said) == one.send("say", **said)
    assert len(texts(other)) == 1


def test_whoever_was_away_hears_what_was_said_and_changed_meanwhile(
    chat: Chat, socket: Callable[..., Any]
) -> None:
    first = chat.say("опечатка")
    chat.say("второе", by=chat.other)
    change(chat, first.id)
    heard = come_in(chat, socket, after=1)
    assert [entry["number"] for entry in heard] == [2, 3]
    assert "исправлено" in heard[1]["message"]["html"]
    assert heard[1]["kind"] == "changed"


def test_of_an_answer_to_what_is_gone_nothing_is_told_in_one_language_for_all(
    chat: Chat, socket: Callable[..., Any]
) -> None:
    asked = chat.say("вопрос")
    chat.say("ответ", by=chat.other, reply_to=asked.id)
    [told] = come_in(chat, socket, after=1)
    assert told["message"]["reply"]["words"] == "вопрос"
    with chat.app.app_context():
        hide(
            db.session.get_one(User, chat.moderator.id),
            db.session.get_one(Content, asked.id),
            "Личное",
        )
    reply = come_in(chat, socket, after=1)[0]["message"]["reply"]
    assert (reply["words"], reply["gone"]) == ("", True)


def come_in(chat: Chat, socket: Callable[..., Any], after: int) -> list[dict[str, Any]]:
    """What somebody is told who comes with the number that their page has."""
    answer = socket(chat.other, "/chat").join(STREAM, chat.activity.id, key=chat.room, after=after)
    told: list[dict[str, Any]] = answer["entries"]
    return told


def change(chat: Chat, number: int) -> None:
    with chat.app.app_context():
        place = db.session.get_one(Activity, chat.activity.id)
        author = db.session.get_one(User, chat.member.id)
        message = db.session.get_one(Message, number)
        messages.change(author, place, message, Typed("исправлено", {}), seen_version=1)


def test_what_was_hidden_is_told_to_nobody_who_comes_later(
    chat: Chat, socket: Callable[..., Any]
) -> None:
    said = chat.say("личные сведения")
    with chat.app.app_context():
        moderator = db.session.get_one(User, chat.moderator.id)
        hide(moderator, db.session.get_one(Content, said.id), "Личные сведения")
    heard = come_in(chat, socket, after=0)
    assert all("личные" not in entry["message"]["html"] for entry in heard)
    assert heard[-1]["message"]["gone"] is True


def test_only_those_who_may_look_in_hear_anything(
    chat: Chat, socket: Callable[..., Any], link: Callable[..., Any]
) -> None:
    elsewhere = chat.cast.activity(chat.community, "chat")
    member = socket(chat.member, "/chat")
    answer = member.send("join", stream=STREAM, activity=elsewhere.id, key=chat.room, after=0)
    assert answer["status"] in (403, 404)
    outsider = socket(chat.cast.user(), "/chat")
    sent = {"activity": chat.activity.id, "room": chat.room, "mark": "x", "text": "?"}
    assert outsider.send("say", **sent)["status"] == 403


def test_slow_mode_says_how_long_to_wait(chat: Chat, link: Callable[..., Any]) -> None:
    with chat.app.app_context():
        place = db.session.get_one(Activity, chat.activity.id)
        moderator = db.session.get_one(User, chat.moderator.id)
        rooms.arrange(moderator, place, chat.room, slow_seconds=30)
    one = link(chat.member)
    said = {"activity": chat.activity.id, "room": chat.room}
    assert one.send("say", **said, mark="a", text="раз")["wait"] == 30
    refused = one.send("say", **said, mark="b", text="два")
    assert refused["status"] == 429
    assert "медленный режим" in refused["error"]


def test_who_is_removed_is_out_of_the_room_at_once(chat: Chat, link: Callable[..., Any]) -> None:
    session = chat.session()
    room = chat.room_of(session)
    one = link(chat.member, room)
    chat.say("до", by=chat.other, room=room)
    with chat.app.app_context():
        place = db.session.get_one(Activity, chat.activity.id)
        moderator = db.session.get_one(User, chat.moderator.id)
        rooms.restrain(moderator, place, room, chat.member.id, "Помехи", None)
    chat.say("после", by=chat.other, room=room)
    assert texts(one) == ['<p dir="auto">до</p>']


def test_what_was_seen_is_read(
    chat: Chat, link: Callable[..., Any], as_member: FlaskClient
) -> None:
    one = link(chat.member)
    chat.say("раз", by=chat.other)
    place = {"activity": chat.activity.id, "room": chat.room}
    assert one.send("read", **place, number=1) == {}
    assert one.send("read", **place, number=10**8) == {}
    key = {"room_id": chat.room, "user_id": chat.member.id}
    assert chat.read(Member, key, "read_number") == 1
    assert chat.read(Room, chat.room, "last_number") == 1
