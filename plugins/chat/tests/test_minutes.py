"""What remains of a session: who may show it, who may hide it, and whom it names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient

from core.api import Content
from plugins.chat import minutes
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
