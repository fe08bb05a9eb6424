"""Making an account, and confirming its address."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from core.access.actors import SYSTEM
from core.people import account_operations, consent, events
from core.people.account_operations import Registration
from core.people.models import User
from core.people.operations import make_administrator
from core.people.passwords import verify_password, weakness_of
from core.platform import mail
from core.platform.db import db
from core.testing.cast import Cast, Turned
from tests.core.people_kit import (
    happened,
    is_signed_in,
    link_in,
    post_arrives,
    send,
    without_signature,
    words_of,
)

pytestmark = pytest.mark.usefixtures("forgery_check")

SAID = {
    "surname": "Семёнова",
    "given_name": "Ольга",
    "patronymic": "Петровна",
    "email": "Semyonova@Example.org",
    "school": "",
    "position": "учитель",
    "password": "ёлки зелёные стоят",
    "consent": "y",
}


def register(client: FlaskClient, **changes: Any) -> TestResponse:
    return send(client, "/register", **{**SAID, **changes})


def people(app: Flask) -> list[User]:
    with app.app_context():
        return list(db.session.scalars(select(User).order_by(User.id)))


def test_who_registers_says_by_which_clock_they_live(app: Flask, client: FlaskClient) -> None:
    assert register(client, zone_name="Mars/Olympus").status_code == 400
    assert register(client, zone_name="Asia/Yakutsk").status_code == 303
    assert register(client, email="other@example.org").status_code == 303
    assert [user.zone_name for user in people(app)] == ["Asia/Yakutsk", "Europe/Moscow"]


def test_a_teacher_registers_and_confirms_the_address(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    school = cast.school("Школа № 7")
    assert register(client, school=str(school.id)).status_code == 303
    (user,) = people(app)
    assert (user.name, user.email) == ("Семёнова Ольга Петровна", "semyonova@example.org")
    assert user.school_id == school.id
    assert verify_password(user.password_hash, SAID["password"])
    (letter,) = post_arrives(app)
    assert letter["To"] == "semyonova@example.org"
    link = link_in(letter)
    assert "confirm" in link
    assert client.get(link).status_code == 200
    assert people(app)[0].email_confirmed_at is None, "a checker of letters opens links too"
    assert send(client, link).status_code == 303
    assert people(app)[0].email_confirmed_at is not None


def test_a_link_of_confirmation_works_once_for_a_week_and_only_unchanged(
    app: Flask, client: FlaskClient, clock: Turned
) -> None:
    register(client)
    link = link_in(post_arrives(app)[0])
    # Of the last letter of a signature only some bits count: another one is changed.
    place = -5
    other = "A" if link[place] != "A" else "B"
    assert client.get(link[:place] + other + link[place + 1 :]).status_code == 410
    clock.turn(timedelta(days=8))
    assert client.get(link).status_code == 410
    clock.turn(timedelta(days=-2))
    assert send(client, link).status_code == 303
    assert client.get(link).status_code == 410


def test_a_link_of_one_purpose_does_not_serve_another(app: Flask, client: FlaskClient) -> None:
    register(client)
    token = link_in(post_arrives(app)[0]).rpartition("/")[2]
    assert client.get(f"/password/new/{token}").status_code == 410
    assert client.get(f"/email/confirm/{token}").status_code == 410


def test_registering_with_a_known_address_looks_the_same_and_changes_nothing(
    app: Flask, cast: Cast
) -> None:
    known = cast.user("Яковлева", email="semyonova@example.org")
    first = register(app.test_client())
    second = register(app.test_client(), email="other@example.org")
    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]
    pages = [app.test_client().get(answer.headers["Location"]).text for answer in (first, second)]
    assert without_signature(pages[0]) == without_signature(pages[1])
    assert [user.surname for user in people(app)] == ["Яковлева", "Семёнова"]
    with app.app_context():
        assert verify_password(db.session.get_one(User, known.id).password_hash, known.password)
    to_owner = next(one for one in post_arrives(app) if one["To"] == known.email)
    assert "/password/forgotten" in words_of(to_owner)


def test_registering_hashes_for_a_known_address_too(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the answer would come quicker for addresses that have an account."""
    cast.user(email="semyonova@example.org")
    hashed: list[str] = []
    real = account_operations.register

    def watched(said: Registration, password_hash: str) -> None:
        hashed.append(password_hash)
        real(said, password_hash)

    monkeypatch.setattr(account_operations, "register", watched)
    register(app.test_client())
    assert hashed[0].startswith("$argon2id$")


def test_two_registrations_at_one_moment_make_one_account(app: Flask) -> None:
    def once(number: int) -> None:
        with app.app_context():
            said = Registration(email="one@example.org", surname=f"И{number}", given_name="А")
            account_operations.register(said, "hash")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(once, range(8)))
    with app.app_context():
        assert db.session.scalar(select(func.count(User.id))) == 1
    assert len(happened(app, events.REGISTERED)) == 1
    assert len(happened(app, events.REGISTRATION_REPEATED)) == 7


def test_consent_is_a_choice_of_its_own_and_its_wording_is_kept(
    app: Flask, client: FlaskClient
) -> None:
    fields = {name: text for name, text in SAID.items() if name != "consent"}
    refused = send(client, "/register", **fields)
    assert refused.status_code == 400
    assert "Семёнова" in refused.text
    assert SAID["password"] not in refused.text, "a password is not written into a page"
    assert people(app) == []
    register(client)
    (event,) = happened(app, events.REGISTERED)
    assert event.facts == {"consent": consent.VERSION}


def test_the_log_holds_neither_addresses_nor_links(app: Flask, client: FlaskClient) -> None:
    register(client)
    (event,) = happened(app, events.REGISTERED)
    assert "example.org" not in str(event.facts)
    token = link_in(post_arrives(app)[0]).rpartition("/")[2]
    assert token not in str(event.facts)


@pytest.mark.parametrize(
    ("password", "weak"),
    [
        ("короткий", True),
        ("1234567890", True),
        ("Qwerty12345", True),
        ("аааааааааааа", True),
        ("semyonova@example.org", True),
        ("Семёнова12", True),
        ("х" * 201, True),
        ("три весёлых ежа", False),
        ("correct horse battery", False),
    ],
)
def test_passwords_that_are_easily_guessed_are_refused(password: str, weak: bool) -> None:
    personal = ("semyonova@example.org", "semyonova", "Семёнова", "Ольга")
    assert (weakness_of(password, *personal) is not None) == weak


def test_a_school_that_is_not_in_the_list_is_named(app: Flask, client: FlaskClient) -> None:
    assert register(client, school="other").status_code == 400
    assert register(client, school="other", other_school="Школа юнг").status_code == 303
    (user,) = people(app)
    assert (user.school_id, user.other_school) == (None, "Школа юнг")


@pytest.mark.parametrize("email", ["", "anna", "anna@", "a b@example.org", "anna@localhost"])
def test_an_address_that_is_none_is_refused(app: Flask, client: FlaskClient, email: str) -> None:
    assert register(client, email=email).status_code == 400
    assert people(app) == []


def test_registering_again_and_again_ends(app: Flask, client: FlaskClient) -> None:
    answers = [register(client).status_code for _ in range(6)]
    assert answers == [303] * 5 + [429]


def test_an_address_that_had_an_account_is_not_told_at_the_door(app: Flask, cast: Cast) -> None:
    """Whoever registers with an address and then tries that password learns nothing."""
    cast.user(email=SAID["email"])
    answers = []
    for email in (SAID["email"], "new@example.org"):
        client = app.test_client()
        register(client, email=email)
        answer = send(client, "/sign-in", email=email, password=SAID["password"])
        assert not is_signed_in(client)
        answers.append((answer.status_code, without_signature(answer.text).replace(email, "")))
    assert answers[0] == answers[1]


def test_the_door_opens_once_the_address_is_confirmed(app: Flask, client: FlaskClient) -> None:
    register(client)
    send(client, link_in(post_arrives(app)[0]))
    send(client, "/sign-in", email=SAID["email"], password=SAID["password"])
    assert is_signed_in(client)


def test_whoever_is_made_administrator_needs_no_letter(app: Flask, client: FlaskClient) -> None:
    register(client)
    with app.app_context():
        make_administrator(SYSTEM, SAID["email"])
    send(client, "/sign-in", email=SAID["email"], password=SAID["password"])
    assert is_signed_in(client)


def test_letters_speak_the_language_of_the_reader(app: Flask, client: FlaskClient) -> None:
    client.set_cookie("locale", "en")
    register(client)
    letter = post_arrives(app)[0]
    assert letter["Subject"].startswith("Confirm your address")
    assert "Hello, Ольга!" in words_of(letter)


def test_who_is_signed_in_does_not_register(cast: Cast) -> None:
    assert cast.browser(cast.user()).get("/register").status_code == 302


def test_the_wording_of_the_consent_can_be_read(client: FlaskClient) -> None:
    assert client.get("/consent").status_code == 200


def test_a_mail_server_that_is_away_loses_no_letter(
    app: Flask, client: FlaskClient, clock: Turned, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(letter: object) -> None:
        raise OSError("no such host")

    register(client)
    with monkeypatch.context() as broken:
        broken.setattr("core.people.letters.send", away)
        assert post_arrives(app) == []
    assert post_arrives(app) == [], "it waits a little before it tries again"
    clock.turn(timedelta(seconds=5))
    assert len(post_arrives(app)) == 1
    assert len(post_arrives(app)) == 1, "it is sent once"


def test_an_address_no_server_takes_holds_up_nobody(
    app: Flask, monkeypatch: pytest.MonkeyPatch, outbox: Callable[[], list[Any]]
) -> None:
    def picky(letter: Any) -> None:
        if letter.to.startswith("bad"):
            raise ValueError("not an address")
        mail.send(letter)

    register(app.test_client(), email="bad@example.org")
    register(app.test_client(), email="good@example.org")
    monkeypatch.setattr("core.people.letters.send", picky)
    assert [one["To"] for one in post_arrives(app)] == ["good@example.org"]
