"""Saying something, as people notice it, and what may not go wrong when many do at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from core.api import SYSTEM, Activity, Content, DomainError, User, db
from core.testing.cast import Turned
from plugins.chat import rooms, speaking, writing
from plugins.chat.models import Member, Message, Room
from plugins.chat.speaking import Wish
from plugins.chat.tests.conftest import Chat, text_of
from plugins.chat.voices import Said, TooSoon


def test_a_member_writes_and_everybody_reads(
    chat: Chat, as_member: FlaskClient, client: FlaskClient
) -> None:
    sent = as_member.post(f"{chat.url}rooms/{chat.room}/messages", data={"text": "Всем привет"})
    assert sent.status_code == 303
    assert "Всем привет" in text_of(client.get(chat.url))


def test_what_is_typed_is_no_markup(chat: Chat, client: FlaskClient) -> None:
    chat.say("<b>важно</b> & см. https://sreda.example/план?a=1&b=2 <@7>\n\nдва")
    page = client.get(chat.url).text
    assert "&lt;b&gt;важно" in page or "&lt;b>важно" in page
    assert 'href="https://sreda.example/план?a=1&amp;b=2"' in page
    assert "<b>важно" not in page


def test_a_guest_and_an_outsider_cannot_write(
    chat: Chat, client: FlaskClient, login: Callable[..., FlaskClient]
) -> None:
    url = f"{chat.url}rooms/{chat.room}/messages"
    assert client.post(url, data={"text": "да"}).status_code == 401
    assert login(chat.cast.user()).post(url, data={"text": "да"}).status_code == 403
    assert chat.numbers() == []


def test_nothing_is_not_sent_and_too_much_is_kept_on_the_page(
    chat: Chat, as_member: FlaskClient
) -> None:
    url = f"{chat.url}rooms/{chat.room}/messages"
    assert as_member.post(url, data={"text": "  \n "}).status_code == 400
    long = "ы" * 4_001
    refused = as_member.post(url, data={"text": long})
    assert refused.status_code == 400
    assert long in refused.text
    assert as_member.post(url, data={"text": "а\x00б", "reply_to": "9" * 40}).status_code == 303
    assert chat.numbers() == [1]


def test_a_message_that_is_sent_again_is_stored_once(chat: Chat) -> None:
    first = chat.say("раз", mark="abc")
    again = chat.say("раз", mark="abc")
    assert (again.id, again.number, again.repeated) == (first.id, 1, True)
    chat.say("раз", by=chat.other, mark="abc")
    assert chat.numbers() == [1, 2]


def test_numbers_have_no_gaps_whoever_writes_at_once(chat: Chat) -> None:
    room = chat.room
    people = [chat.member, chat.other, chat.moderator]

    def talk(turn: int) -> None:
        chat.say(f"реплика {turn}", by=people[turn % 3], room=room, mark=f"m{turn // 2}")

    with ThreadPoolExecutor(6) as crowd:
        list(crowd.map(talk, range(60)))
    numbers = sorted(n for n in chat.numbers() if n)
    assert numbers == list(range(1, len(numbers) + 1))
    assert chat.read(Room, room, "last_number") == len(numbers)


def test_a_refused_message_takes_no_number(chat: Chat) -> None:
    chat.say()
    with pytest.raises(DomainError):
        chat.say("")
    chat.say()
    assert chat.numbers() == [1, 2]
    with chat.app.app_context():
        stored = select(func.count()).where(Content.kind == "chat.message")
        assert db.session.scalar(stored) == 2


def test_slow_mode_lets_one_wait(
    chat: Chat, as_member: FlaskClient, as_moderator: FlaskClient, clock: Turned
) -> None:
    arranged = as_moderator.post(f"{chat.url}rooms/{chat.room}/arrange", data={"slow_seconds": 30})
    assert arranged.status_code == 303
    url = f"{chat.url}rooms/{chat.room}/messages"
    assert as_member.post(url, data={"text": "раз"}).status_code == 303
    clock.turn(timedelta(seconds=10))
    refused = as_member.post(url, data={"text": "два"})
    assert refused.status_code == 429
    assert "через 20 секунд" in text_of(refused)
    assert "два</textarea>" in refused.text
    clock.turn(timedelta(seconds=21))
    assert as_member.post(url, data={"text": "два"}).status_code == 303
    for _ in range(2):
        assert as_moderator.post(url, data={"text": "порядок"}).status_code == 303


def test_slow_mode_holds_when_one_sends_from_two_windows(chat: Chat) -> None:
    room = chat.room
    with chat.app.app_context():
        place = db.session.get_one(Activity, chat.activity.id)
        rooms.arrange(SYSTEM, place, room, slow_seconds=30)

    def talk(turn: int) -> bool:
        try:
            chat.say(f"окно {turn}", room=room)
        except DomainError:
            return False
        return True

    with ThreadPoolExecutor(6) as windows:
        assert sum(windows.map(talk, range(6))) == 1
    assert chat.numbers() == [1]


def test_an_answer_shows_what_it_answers(
    chat: Chat, as_other: FlaskClient, client: FlaskClient
) -> None:
    asked = chat.say("Кто идёт на олимпиаду?")
    sent = {"text": "Мы идём", "reply_to": asked.id}
    as_other.post(f"{chat.url}rooms/{chat.room}/messages", data=sent)
    words = text_of(client.get(chat.url))
    assert words.count("Кто идёт на олимпиаду?") == 2
    other = chat.cast.activity(chat.community, "chat")
    strange = f"/c/{chat.community.slug}/chat/{other.id}/"
    assert as_other.get(f"{strange}messages/{asked.id}").status_code == 404


def test_a_first_message_waits_where_the_community_wants_that(
    careful_chat: Chat, login: Callable[..., FlaskClient], client: FlaskClient
) -> None:
    chat = careful_chat
    author, moderator = login(chat.member), login(chat.moderator)
    url = f"{chat.url}rooms/{chat.room}/messages"
    author.post(url, data={"text": "первое слово"})
    assert chat.numbers() == [None]
    assert "первое слово" in text_of(author.get(chat.url))
    assert "первое слово" not in text_of(client.get(chat.url))
    with chat.app.app_context():
        number = db.session.scalars(select(Message.id)).one()
    chat.say("второе", by=chat.moderator)
    assert moderator.post(f"/contents/{number}/approve").status_code == 303
    assert "первое слово" in text_of(client.get(chat.url))
    assert chat.numbers() == [2, 1]
    assert chat.read(Room, chat.room, "held", "last_number") == (0, 2)


def test_whoever_writes_has_read_what_stood_before_only_if_it_was_shown(chat: Chat) -> None:
    key = {"room_id": chat.room, "user_id": chat.member.id}
    chat.say("раз")
    assert chat.read(Member, key, "read_number") == 1
    chat.say("два", by=chat.other)
    chat.say("три")
    assert chat.read(Member, key, "read_number") == 1


def test_what_is_said_in_the_same_moment_is_stored_together_and_limits_hold(chat: Chat) -> None:
    """Whoever may not speak goes alone, and learns why; the others are stored."""
    with chat.app.app_context():
        place = db.session.get_one(Activity, chat.activity.id)
        moderator = db.session.get_one(User, chat.moderator.id)
        rooms.arrange(moderator, place, chat.room, slow_seconds=30)
    chat.say("раз", by=chat.member)
    with chat.app.app_context():
        place = db.session.get_one(Activity, chat.activity.id)
        member, other, moderator = (
            db.session.get_one(User, who.id) for who in (chat.member, chat.other, chat.moderator)
        )
        together = [(who, Said(text=who.email or "")) for who in (other, member, moderator)]
        stored = writing.say_all(SYSTEM, place, chat.room, together)
        assert [line.number if line else None for line in stored] == [2, None, 3]
        with pytest.raises(TooSoon):
            writing.say_all(SYSTEM, place, chat.room, [together[1]])
    assert chat.numbers() == [1, 2, 3]
    assert chat.read(Room, chat.room, "last_number") == 3


def test_one_room_that_is_closed_does_not_hold_up_another(chat: Chat) -> None:
    later = chat.room_of(chat.session(begins=60))
    with chat.app.app_context():
        place = db.session.get_one(Activity, chat.activity.id)
        member, other = (db.session.get_one(User, who.id) for who in (chat.member, chat.other))
        wishes = [Wish(later, member, Said(text="рано")), Wish(chat.room, other, Said(text="раз"))]
        early, said = speaking.store(place, wishes)
        assert (early, said) == (None, {"number": 1, "held": False, "wait": 0})
        with pytest.raises(DomainError, match="не идёт"):
            speaking.store(place, wishes[:1])


def test_whoever_may_not_speak_does_not_speak_by_changing_a_message(
    chat: Chat, as_member: FlaskClient, as_moderator: FlaskClient, clock: Turned
) -> None:
    said = chat.say("шум")
    url, form = f"{chat.url}messages/{said.id}/change", {"text": "крик", "version": "1"}
    silence = {"minutes": "10", "reason": "Помехи разговору"}
    as_moderator.post(f"{chat.url}messages/{said.id}/restrain", data=silence)
    refused = as_member.post(url, data=form)
    assert refused.status_code == 403
    assert "Помехи разговору" in text_of(refused)
    assert "крик" in refused.text
    assert f"{said.id}/change" not in as_member.get(f"{chat.url}messages/{said.id}/menu").text
    assert chat.read(Message, said.id, "text") == "шум"
    as_moderator.post(f"{chat.url}rooms/{chat.room}/release", data={"person": chat.member.id})
    assert as_member.post(url, data=form).status_code == 303
    assert chat.read(Message, said.id, "text") == "крик"


def test_when_a_session_is_over_nothing_that_was_said_is_changed(
    chat: Chat, as_member: FlaskClient, as_moderator: FlaskClient
) -> None:
    session = chat.session()
    said = chat.say("Решили", room=chat.room_of(session))
    as_moderator.post(f"{chat.url}sessions/{session}/lead", data={"do": "close"})
    url, form = f"{chat.url}messages/{said.id}/change", {"text": "Не решили", "version": "1"}
    refused = as_member.post(url, data=form)
    assert refused.status_code == 403
    assert "не идёт" in text_of(refused)
    assert as_member.get(url).status_code == 303
    assert chat.read(Message, said.id, "text") == "Решили"


def test_a_slip_is_mended_in_slow_mode_too(
    chat: Chat, as_member: FlaskClient, as_moderator: FlaskClient
) -> None:
    as_moderator.post(f"{chat.url}rooms/{chat.room}/arrange", data={"slow_seconds": 60})
    said = chat.say("опечтка")
    url, form = f"{chat.url}messages/{said.id}/change", {"text": "опечатка", "version": "1"}
    assert as_member.post(url, data=form).status_code == 303
