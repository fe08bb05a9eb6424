"""Whoever was removed from a room reads nothing more of it, wherever they look."""

from __future__ import annotations

import io
import re

import pytest
from flask.testing import FlaskClient

from core.api import Activity, User, db
from core.testing.worker import fill_index
from plugins.chat import rooms
from plugins.chat.tests.conftest import Chat, text_of

SECRET = "Пароль от сейфа одуванчик"


def remove(chat: Chat, room: int) -> None:
    """The moderator shows the member out."""
    with chat.app.app_context():
        place = db.session.get_one(Activity, chat.activity.id)
        moderator = db.session.get_one(User, chat.moderator.id)
        rooms.restrain(moderator, place, room, chat.member.id, "Помехи", None)


@pytest.fixture(params=["standing", "session"])
def room(request: pytest.FixtureRequest, chat: Chat) -> int:
    """The standing room, and the room of a session."""
    return chat.room if request.param == "standing" else chat.room_of(chat.session())


def pages_of(number: int) -> tuple[str, ...]:
    return (f"/contents/{number}", f"/contents/{number}/history", f"/contents/{number}/comments")


def test_what_is_said_after_that_is_neither_found_nor_read_by_its_address(
    chat: Chat, room: int, as_member: FlaskClient, as_other: FlaskClient
) -> None:
    before = chat.say("Начинаем одуванчик", by=chat.other, room=room)
    remove(chat, room)
    after = chat.say(SECRET, by=chat.other, room=room)
    fill_index(chat.app)
    assert "Пароль от сейфа" in text_of(as_other.get("/search?q=одуванчик"))
    found = text_of(as_member.get("/search?q=одуванчик"))
    assert "Пароль от сейфа" not in found
    assert "Начинаем" not in found
    for number in (before.id, after.id):
        for page in pages_of(number):
            assert as_member.get(page).status_code == 404, page
        assert (
            as_member.post(f"/contents/{number}/react", data={"sign": "thanks"}).status_code == 404
        )
    assert as_other.get(pages_of(after.id)[1]).status_code == 200


def test_files_signs_and_the_line_of_news_are_kept_from_them_too(
    chat: Chat, as_member: FlaskClient, as_other: FlaskClient
) -> None:
    remove(chat, chat.room)
    sent = {"text": SECRET, "files": (io.BytesIO(b"plan of the lesson"), "plan.txt")}
    assert as_other.post(f"{chat.url}rooms/{chat.room}/messages", data=sent).status_code == 303
    file = re.search(r"/files/\d+/[^\"]*plan.txt", as_other.get(chat.url).text)
    assert file is not None
    assert as_other.get(file[0]).status_code == 200
    assert as_member.get(file[0]).status_code == 404
    home = f"/c/{chat.community.slug}/"
    assert "Пароль от сейфа" in text_of(as_other.get(home))
    told = text_of(as_member.get(home))
    assert "Пароль от сейфа" not in told
    assert "1 непрочитанное" not in told
    assert "Причина: Помехи" in told


def test_they_are_told_of_nothing_that_is_said_there(
    chat: Chat, room: int, as_member: FlaskClient
) -> None:
    asked = chat.say("Кто идёт?", room=room)
    named = chat.say(f"<@{chat.member.id}> одуванчик", by=chat.other, room=room)
    chat.deliver()
    assert "упоминает вас" in text_of(as_member.get("/me/notices"))
    remove(chat, room)
    chat.say(f"<@{chat.member.id}> одуванчик", by=chat.other, room=room)
    chat.say("одуванчик", by=chat.other, room=room, reply_to=asked.id)
    chat.deliver()
    told = as_member.get("/me/notices")
    assert "упоминает вас" not in text_of(told)
    assert "отвечает вам" not in text_of(told)
    assert f"messages/{named.id}" not in told.text


def test_the_session_itself_its_questions_and_minutes_are_kept_from_them(
    chat: Chat, as_member: FlaskClient, as_other: FlaskClient, as_moderator: FlaskClient
) -> None:
    session = chat.session(title="Одуванчик и проценты")
    room = chat.room_of(session)
    chat.say(room=room)
    asked = f"{chat.url}rooms/{room}/questions"
    assert as_other.post(asked, data={"text": "Где растёт одуванчик?"}).status_code == 303
    remove(chat, room)
    as_moderator.post(f"{chat.url}sessions/{session}/lead", data={"do": "close"})
    minutes = f"{chat.url}sessions/{session}/minutes"
    as_moderator.post(f"{minutes}/publish", data={"on": "1"})
    chat.deliver()
    fill_index(chat.app)
    found = as_other.get("/search?q=одуванчик").text
    assert f'{minutes}"' in found
    assert f"sessions/{session}" not in as_member.get("/search?q=одуванчик").text
    assert "[]" in as_member.get("/search/suggest?q=одуванчик").text
    assert as_member.get(f"/contents/{session}/comments").status_code == 404
    assert "Готов протокол" not in text_of(as_member.get("/me/notices"))


def test_whoever_is_let_in_again_or_leads_reads_all_of_it(
    chat: Chat, as_member: FlaskClient, as_moderator: FlaskClient
) -> None:
    said = chat.say(SECRET, by=chat.other)
    history = f"/contents/{said.id}/history"
    remove(chat, chat.room)
    assert as_member.get(history).status_code == 404
    released = {"person": chat.member.id}
    as_moderator.post(f"{chat.url}rooms/{chat.room}/release", data=released)
    assert as_member.get(history).status_code == 200
    remove(chat, chat.room)
    chat.cast.appoint(chat.member, chat.community, "moderator")
    assert as_member.get(history).status_code == 200
