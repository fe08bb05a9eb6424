"""A session from its announcement to its minutes, as those who lead and those who come see it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from core.api import Activity, DomainError, User, db, operation
from core.testing.cast import Turned
from plugins.chat import minutes, sessions
from plugins.chat.models import Member, Message, Minutes, Question, Room, Session
from plugins.chat.sessions import steps_of
from plugins.chat.tests.conftest import Chat, text_of

FORM = {
    "title": "Проценты без формул", "about": "Без пропорции.", "opens_at": "2027-01-20T15:00",
    "closes_at": "2027-01-20T16:00", "agenda": "Знакомство (10)\nСпособы, 25 мин\nИтог",
    "hosts": "",
}  # fmt: skip


def test_steps_are_lines_and_a_number_at_the_end_is_minutes() -> None:
    steps = steps_of("Знакомство (10)\n\nТри способа — 25 мин.\nШкола № 7 говорит\n15\nИтог")
    told = [(step["title"], step["minutes"]) for step in steps]
    assert told == [
        ("Знакомство", 10), ("Три способа", 25), ("Школа № 7 говорит", 0), ("15", 0), ("Итог", 0)
    ]  # fmt: skip


def test_the_moderator_announces_a_session_and_it_stands_in_the_calendar(
    chat: Chat, as_moderator: FlaskClient, as_member: FlaskClient
) -> None:
    assert as_member.get(f"{chat.url}sessions/new").status_code == 403
    sent = as_moderator.post(f"{chat.url}sessions/new", data=FORM)
    assert sent.status_code == 303
    page = as_member.get(sent.headers["Location"])
    assert "Знакомство" in text_of(page)
    assert "Без пропорции" in text_of(page)
    month = as_member.get(f"/c/{chat.community.slug}/calendar?on=2027-01-20")
    assert "Проценты без формул" in text_of(month)
    session = int(sent.headers["Location"].rsplit("/", 1)[1].split("?")[0])
    file = as_member.get(f"{chat.url}sessions/{session}/date.ics").text
    assert "DTSTART" in file
    assert "Проценты без формул" in file


def test_a_session_to_come_says_when_it_begins_and_a_cancelled_one_does_not_wait(
    chat: Chat, as_moderator: FlaskClient, as_member: FlaskClient
) -> None:
    session = chat.session(begins=30)
    page = as_member.get(f"{chat.url}sessions/{session}").text
    assert "Здесь ничего не сказано" not in page
    assert "Вопросы можно задать уже сейчас" in page
    assert "data-opens" in page
    as_moderator.post(f"{chat.url}sessions/{session}/cancel")
    cancelled = as_member.get(f"{chat.url}sessions/{session}").text
    assert "data-opens" not in cancelled
    assert "В мой календарь" not in cancelled
    assert "Здесь ничего не сказано" in cancelled


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"closes_at": "2027-01-20T14:00"}, "Окончание раньше начала"),
        ({"closes_at": "2027-01-25T14:00"}, "не больше суток"),
        ({"opens_at": "2001-01-20T15:00", "closes_at": "2001-01-20T16:00"}, "время уже прошло"),
        ({"hosts": "Несуществующая"}, "нет никого"),
        ({"title": " \x00 "}, ""),
    ],
)
def test_what_cannot_take_place_is_refused_and_nothing_typed_is_lost(
    chat: Chat, as_moderator: FlaskClient, wrong: dict[str, str], sentence: str
) -> None:
    refused = as_moderator.post(f"{chat.url}sessions/new", data=FORM | wrong)
    assert refused.status_code == 400
    assert sentence in text_of(refused)
    assert "Способы, 25 мин" in refused.text


def test_nobody_writes_before_it_begins_nor_when_it_is_over(
    chat: Chat, as_member: FlaskClient, clock: Turned
) -> None:
    session = chat.session(begins=30)
    url = f"{chat.url}rooms/{chat.room_of(session)}/messages"
    assert as_member.post(url, data={"text": "рано"}).status_code == 403
    clock.turn(timedelta(minutes=31))
    assert as_member.post(url, data={"text": "вовремя"}).status_code == 303
    clock.turn(timedelta(hours=1))
    assert as_member.post(url, data={"text": "поздно"}).status_code == 403
    assert chat.numbers(chat.room_of(session)) == [1]


def test_a_session_that_is_on_stands_on_the_home_of_the_community(
    chat: Chat, as_member: FlaskClient
) -> None:
    session = chat.session(begins=-12)
    lead(chat, session, "go_to", 0)
    home = text_of(as_member.get(f"/c/{chat.community.slug}/"))
    assert "идёт 12 минут" in home
    assert "Проценты без формул" in home
    assert "шаг 1 из 2" in home
    assert "идёт сейчас" in text_of(as_member.get(chat.url))


def lead(chat: Chat, session: int, what: str, *more: Any) -> None:
    """Do something as the moderator."""
    with chat.app.app_context():
        row = db.session.get_one(Session, session)
        act = getattr(sessions, what)
        act(moderator(chat), db.session.get_one(Activity, chat.activity.id), row, *more)


def moderator(chat: Chat) -> User:
    return db.session.get_one(User, chat.moderator.id)


def test_only_those_who_lead_lead(
    chat: Chat, as_member: FlaskClient, as_moderator: FlaskClient, login: Callable[..., FlaskClient]
) -> None:
    session = chat.session(hosts=(chat.other.id,))
    url = f"{chat.url}sessions/{session}/lead"
    assert as_member.post(url, data={"step": "1"}).status_code == 403
    host = login(chat.other)
    assert host.post(url, data={"step": "1"}).status_code == 303
    assert chat.read(Session, session, "step") == 0
    for nonsense in ("0", "-1", "99", "x", "9" * 30):
        assert host.post(url, data={"step": nonsense}).status_code in (400, 303)
    assert chat.read(Session, session, "step") == 0
    before = chat.read(Room, chat.room_of(session), "closes_at")
    host.post(url, data={"do": "extend"})
    assert chat.read(Room, chat.room_of(session), "closes_at") - before == timedelta(minutes=10)
    assert as_moderator.post(url, data={"do": "close"}).status_code == 303


def test_questions_are_asked_wanted_and_answered(
    chat: Chat, as_member: FlaskClient, as_other: FlaskClient, as_moderator: FlaskClient
) -> None:
    session = chat.session(begins=60)
    url = f"{chat.url}rooms/{chat.room_of(session)}/questions"
    for words in ("Первый?", "Второй?"):
        assert as_member.post(url, data={"text": words}).status_code == 303
    second = question(chat, "Второй?")
    assert as_other.post(f"{chat.url}questions/{second}/vote").status_code == 303
    panel = text_of(as_member.get(f"{chat.url}sessions/{session}/panel"))
    assert panel.index("Второй?") < panel.index("Первый?")
    as_other.post(f"{chat.url}questions/{second}/vote")
    assert chat.read(Question, second, "votes") == 0
    settled = f"{chat.url}questions/{second}/settle"
    assert as_member.post(settled, data={"state": "answered"}).status_code == 403
    assert as_moderator.post(settled, data={"state": "now"}).status_code == 303
    assert as_other.post(f"{chat.url}questions/{second}/vote").status_code == 400
    assert as_moderator.post(settled, data={"state": "whatever"}).status_code == 400
    for number in range(5):
        as_other.post(url, data={"text": f"Вопрос {number}?"})
    assert as_other.post(url, data={"text": "Шестой?"}).status_code == 400


def question(chat: Chat, words: str) -> int:
    with chat.app.app_context():
        return db.session.scalars(select(Question.id).where(Question.text == words)).one()


def test_a_question_that_was_sent_as_a_message_is_refused_with_its_words(
    chat: Chat, as_member: FlaskClient
) -> None:
    room = chat.room_of(chat.session())
    sent = {"text": "Когда начало?", "submission": "same"}
    said, asked = (f"{chat.url}rooms/{room}/{what}" for what in ("messages", "questions"))
    assert as_member.post(said, data=sent).status_code == 303
    refused = as_member.post(asked, data=sent)
    assert refused.status_code == 400
    assert "уже отправлено в другом месте" in text_of(refused)
    assert "Когда начало?</textarea>" in refused.text
    for _ in range(2):
        assert as_member.post(asked, data=sent | {"submission": "own"}).status_code == 303


def test_in_turn_only_whoever_has_the_floor_writes(
    chat: Chat, as_member: FlaskClient, as_other: FlaskClient, as_moderator: FlaskClient
) -> None:
    session = chat.session()
    room = f"{chat.url}rooms/{chat.room_of(session)}/"
    as_moderator.post(f"{room}arrange", data={"by_turns": "1"})
    assert as_member.post(f"{room}messages", data={"text": "я"}).status_code == 403
    as_member.post(f"{room}hand", data={"on": "1"})
    assert (
        as_other.post(f"{room}floor", data={"person": chat.member.id, "on": "1"}).status_code == 403
    )
    given = {"person": chat.member.id, "on": "1"}
    assert as_moderator.post(f"{room}floor", data=given).status_code == 303
    assert as_member.post(f"{room}messages", data={"text": "я"}).status_code == 303
    assert as_other.post(f"{room}messages", data={"text": "и я"}).status_code == 403
    as_moderator.post(f"{room}floor", data=given | {"on": "0"})
    assert as_member.post(f"{room}messages", data={"text": "ещё"}).status_code == 403


def test_minutes_are_made_edited_published_and_printed(
    chat: Chat, as_member: FlaskClient, as_moderator: FlaskClient, outbox: Callable[..., Any]
) -> None:
    session = chat.session()
    room = chat.room_of(session)
    lead(chat, session, "go_to", 0)
    chat.say("Предлагаю ленту с прищепками", room=room)
    agreed = chat.say("Пробуем до пятницы", by=chat.other, room=room)
    decided = f"{chat.url}messages/{agreed.id}/decide"
    assert as_member.post(decided, data={"on": "1"}).status_code == 403
    assert as_moderator.post(decided, data={"on": "1"}).status_code == 303
    page = f"{chat.url}sessions/{session}/minutes"
    assert as_member.get(page).status_code == 303
    as_moderator.post(f"{chat.url}sessions/{session}/lead", data={"do": "close"})
    assert as_member.get(page).status_code == 303, "a draft is for those who lead"
    form = {"body": "Договорились о ленте.", "with_text": "y", "version": "1", "publish": "1"}
    assert as_moderator.post(f"{page}/edit", data=form).status_code == 303
    words = text_of(as_member.get(page))
    for expected in ("Договорились о ленте", "Предлагаю ленту", "2 человека", "Шаг: Начало"):
        assert expected in words
    chat.deliver()
    news = text_of(as_member.get("/me/notices"))
    assert "Готов протокол встречи «Проценты без формул»" in news


def test_the_draft_of_minutes_holds_agenda_decisions_and_answers(chat: Chat) -> None:
    session = chat.session()
    decided = chat.say("Решаем <так>", room=chat.room_of(session))
    with chat.app.app_context():
        decide(moderator(chat), decided.id)
    lead(chat, session, "close")
    with chat.app.app_context():
        found = minutes.of_session(session)
        assert found is not None
        assert "Решаем &lt;так" in found.body
        assert "<li" in found.body
        assert found.content.author_id == chat.moderator.id
        assert not found.content.is_visible


@operation
def decide(actor: object, number: int) -> None:
    db.session.get_one(Message, number).is_decision = True


def test_a_session_ends_by_the_clock_and_once(chat: Chat, clock: Turned) -> None:
    session = chat.session(lasts=30)
    with chat.app.app_context():
        sessions.close_due()
    assert chat.read(Session, session, "closed_at") is None
    clock.turn(timedelta(minutes=31))
    for _ in range(2):
        with chat.app.app_context():
            sessions.close_due()
    with chat.app.app_context():
        assert len(list(db.session.scalars(select(Minutes.id)))) == 1
    with pytest.raises(DomainError):
        lead(chat, session, "go_to", 0)


def test_a_session_that_is_called_off_says_so_and_tells_its_followers(
    chat: Chat, as_member: FlaskClient, as_moderator: FlaskClient
) -> None:
    session = chat.session(begins=60)
    assert as_member.post(f"{chat.url}sessions/{session}/cancel").status_code == 403
    assert as_moderator.post(f"{chat.url}sessions/{session}/cancel").status_code == 303
    assert "отменена" in text_of(as_member.get(f"{chat.url}sessions/{session}"))
    again = as_moderator.post(f"{chat.url}sessions/{session}/change", data=FORM)
    assert again.status_code == 403


def test_a_person_who_was_removed_reads_and_writes_nothing_more(
    chat: Chat, as_member: FlaskClient, as_moderator: FlaskClient
) -> None:
    session = chat.session()
    room = chat.room_of(session)
    rude = chat.say("грубость", room=room)
    url = f"{chat.url}messages/{rude.id}/restrain"
    assert as_member.get(url).status_code == 403
    assert as_moderator.post(url, data={"minutes": "remove"}).status_code == 400
    reason = {"minutes": "remove", "reason": "Оскорбление собеседника"}
    assert as_moderator.post(url, data=reason).status_code == 303
    shut = as_member.get(f"{chat.url}sessions/{session}")
    assert shut.status_code == 403
    assert "Оскорбление собеседника" in text_of(shut)
    sent = as_member.post(f"{chat.url}rooms/{room}/messages", data={"text": "но"})
    assert sent.status_code == 403
    chat.deliver()
    assert "Оскорбление собеседника" in text_of(as_member.get("/me/notices"))
    listed = as_moderator.get(f"{chat.url}rooms/{room}/restrained")
    assert "Оскорбление собеседника" in text_of(listed)
    as_moderator.post(f"{chat.url}rooms/{room}/release", data={"person": chat.member.id})
    assert as_member.get(f"{chat.url}sessions/{session}").status_code == 200


def test_a_silenced_person_reads_and_those_who_lead_cannot_be_silenced(
    chat: Chat, as_member: FlaskClient, as_moderator: FlaskClient, clock: Turned
) -> None:
    noisy = chat.say("шум")
    silence = {"minutes": "10", "reason": "Помехи разговору"}
    as_moderator.post(f"{chat.url}messages/{noisy.id}/restrain", data=silence)
    url = f"{chat.url}rooms/{chat.room}/messages"
    assert as_member.post(url, data={"text": "но"}).status_code == 403
    assert as_member.get(chat.url).status_code == 200
    clock.turn(timedelta(minutes=11))
    assert as_member.post(url, data={"text": "спасибо"}).status_code == 303
    own = chat.say("порядок", by=chat.moderator)
    other = chat.cast.staff(chat.community)
    browser = chat.cast.browser(other)
    refused = browser.post(f"{chat.url}messages/{own.id}/restrain", data=silence)
    assert refused.status_code == 403


def test_hands_go_down_when_a_session_ends(chat: Chat, as_member: FlaskClient) -> None:
    session = chat.session()
    room = chat.room_of(session)
    as_member.post(f"{chat.url}rooms/{room}/hand", data={"on": "1"})
    key = {"room_id": room, "user_id": chat.member.id}
    assert chat.read(Member, key, "hand_at") is not None
    lead(chat, session, "close")
    assert chat.read(Member, key, "hand_at") is None
