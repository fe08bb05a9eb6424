"""What remains of a session: who may show it, who may hide it, and whom it names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from core.api import Activity, Content, User, db
from core.testing.cast import Turned
from core.testing.worker import fill_index
from plugins.chat import messages, minutes, sessions
from plugins.chat.models import Message, Minutes
from plugins.chat.tests.conftest import Chat, text_of

Login = Callable[..., FlaskClient]
REASON = "Личные сведения"


@dataclass
class Published:
    """The minutes of a session that one of the members led, as everybody can read them."""

    chat: Chat
    session: int
    number: int
    host: FlaskClient
    guest: FlaskClient

    @property
    def url(self) -> str:
        return f"{self.chat.url}sessions/{self.session}/minutes"

    def turn(self, on: int) -> int:
        """The host publishes the minutes, or takes them back."""
        return self.host.post(f"{self.url}/publish", data={"on": on}).status_code

    def read_by_guests(self) -> bool:
        return self.guest.get(self.url).status_code == 200


@pytest.fixture
def published(
    chat: Chat, as_moderator: FlaskClient, as_other: FlaskClient, client: FlaskClient
) -> Published:
    session = chat.session(hosts=(chat.other.id,))
    chat.say("Договорились", room=chat.room_of(session))
    as_other.post(f"{chat.url}sessions/{session}/lead", data={"do": "close"})
    made = Published(chat, session, minutes_of(chat, session), as_other, client)
    assert made.turn(1) == 303
    assert made.read_by_guests()
    return made


def minutes_of(chat: Chat, session: int) -> int:
    with chat.app.app_context():
        found = minutes.of_session(session)
        assert found is not None
        return found.id


def test_what_moderators_hid_no_host_shows_again(
    published: Published, as_moderator: FlaskClient
) -> None:
    moderate(published, as_moderator, "hide")
    assert published.turn(1) == 403
    assert published.turn(0) == 303
    assert published.turn(1) == 403
    form = {"body": "Исправлено.", "with_text": "y", "version": "1", "publish": "1"}
    refused = published.host.post(f"{published.url}/edit", data=form)
    assert refused.status_code == 403
    assert "Протокол скрыт модератором" in text_of(refused)
    assert "Исправлено." in refused.text
    assert not published.read_by_guests()
    page = published.host.get(published.url)
    assert REASON in text_of(page)
    assert "Опубликовать" not in text_of(page)
    hidden = published.chat.read(Content, published.number, "hidden_reason", "hidden_by_id")
    assert hidden == (REASON, published.chat.moderator.id)


def moderate(published: Published, moderator: FlaskClient, what: str) -> None:
    url, reason = f"/contents/{published.number}/{what}", {"rule": "other", "words": REASON}
    assert moderator.post(url, data=reason).status_code == 303


def test_what_is_restored_is_what_it_was(published: Published, as_moderator: FlaskClient) -> None:
    moderate(published, as_moderator, "hide")
    assert not published.read_by_guests()
    moderate(published, as_moderator, "restore")
    assert published.read_by_guests()
    moderate(published, as_moderator, "hide")
    assert published.turn(0) == 303
    moderate(published, as_moderator, "restore")
    assert not published.read_by_guests(), "the host took them back meanwhile"
    assert published.guest.get(f"/contents/{published.number}/history").status_code != 200
    assert published.turn(1) == 303
    assert published.read_by_guests()


def test_whoever_is_forgotten_is_named_in_no_minutes(
    chat: Chat, as_moderator: FlaskClient, login: Login, client: FlaskClient
) -> None:
    leaver = chat.cast.member(chat.community, surname="Одуванчикова")
    room = chat.room_of(session := chat.session(hosts=(chat.other.id, leaver.id)))
    chat.say("Я за", by=leaver, room=room)
    name = chat.read(User, leaver.id, "name")
    agreed = chat.say(f"Решает\n<@{leaver.id}>", room=room, mentions={str(leaver.id): name})
    as_moderator.post(f"{chat.url}messages/{agreed.id}/decide", data={"on": "1"})
    as_moderator.post(f"{chat.url}sessions/{session}/lead", data={"do": "close"})
    page = f"{chat.url}sessions/{session}/minutes"
    draft = as_moderator.get(f"{page}/edit").text
    assert f"@{name}" in draft
    as_moderator.post(f"{page}/publish", data={"on": "1"})
    assert name in text_of(client.get(page))
    erased = login(leaver).post("/me/data", data={"current_password": leaver.password, "sure": "y"})
    assert erased.status_code == 303
    fill_index(chat.app)
    shown = text_of(client.get(page))
    assert "Одуванчикова" not in shown
    assert "Решает бывший участник" in shown
    assert "Бывший участник" in shown, "who took part"
    number = minutes_of(chat, session)
    assert "Одуванчикова" not in as_moderator.get(f"/contents/{number}/history").text
    with chat.app.app_context():
        words = text("SELECT text FROM search_documents WHERE content_id IS NOT NULL")
        said = " ".join(db.session.scalars(words))
    assert "Решает" in said
    assert "Одуванчикова" not in said


def test_minutes_that_the_clock_makes_know_whom_they_mention(chat: Chat, clock: Turned) -> None:
    session = chat.session(lasts=30)
    said = chat.say(
        f"<@{chat.other.id}> <готовит>", room=chat.room_of(session), by=chat.moderator,
        mentions={str(chat.other.id): "Другая"},
    )  # fmt: skip
    with chat.app.app_context():
        place = db.session.get_one(Activity, chat.activity.id)
        moderator = db.session.get_one(User, chat.moderator.id)
        messages.decide(moderator, place, db.session.get_one(Message, said.id), is_decision=True)
    clock.turn(timedelta(minutes=31))
    with chat.app.app_context():
        sessions.close_due()
    body = chat.read(Minutes, minutes_of(chat, session), "body")
    assert f'data-person="{chat.other.id}"' in body
    assert f'href="/people/{chat.other.id}"' in body
    assert "&lt;готовит" in body
