"""Passwords and addresses: forgotten, reset, changed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.access.actors import SYSTEM, Viewer
from core.errors import DomainError
from core.people import account_operations, events
from core.people.models import User
from core.people.operations import suspend
from core.people.passwords import hash_password, verify_password
from core.people.tokens import RESET, make_token
from core.platform.db import db
from core.testing.cast import Cast, Made, Turned
from tests.core.people_kit import (
    NEW_PASSWORD,
    happened,
    is_signed_in,
    link_in,
    post_arrives,
    send,
    sign_in,
    token_of,
    without_signature,
    words_of,
)

pytestmark = pytest.mark.usefixtures("forgery_check")
ANEW = {"password": NEW_PASSWORD, "password_again": NEW_PASSWORD}


def ask(client: FlaskClient, email: str) -> int:
    return send(client, "/password/forgotten", email=email).status_code


def reset_link(app: Flask, person: Made) -> str:
    ask(app.test_client(), person.email)
    return link_in(post_arrives(app)[-1])


def stored(app: Flask, person: Made) -> User:
    with app.app_context():
        return db.session.get_one(User, person.id)


def test_a_forgotten_password_is_set_anew(app: Flask, cast: Cast) -> None:
    person = cast.user()
    link = reset_link(app, person)
    assert send(app.test_client(), link, **ANEW).status_code == 303
    assert sign_in(app.test_client(), person).status_code == 400
    assert sign_in(app.test_client(), person, NEW_PASSWORD).status_code == 303


def test_asking_does_not_tell_who_has_an_account(
    app: Flask, cast: Cast, count_queries: Any
) -> None:
    person, client = cast.user(), app.test_client()
    token = token_of(client, "/password/forgotten")
    answers, numbers = [], []
    for address in (person.email, "nobody@example.org"):
        with count_queries() as count:
            fields = {"csrf_token": token, "email": address}
            answers.append(client.post("/password/forgotten", data=fields))
        numbers.append(count.number)
    assert [a.status_code for a in answers] == [303, 303]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert numbers[0] == numbers[1]
    assert [e.subject_id for e in happened(app, events.RESET_REQUESTED)] == [person.id, None]
    assert [one["To"] for one in post_arrives(app)] == [person.email]


def test_the_link_works_once(app: Flask, cast: Cast) -> None:
    person, client = cast.user(), app.test_client()
    link = reset_link(app, person)
    token = token_of(client, link)
    assert send(client, link, **ANEW).status_code == 303
    assert client.get(link).status_code == 410
    another = dict.fromkeys(("password", "password_again"), "ещё один пароль")
    assert client.post(link, data={"csrf_token": token, **another}).status_code == 410
    assert sign_in(app.test_client(), person, NEW_PASSWORD).status_code == 303


def test_of_two_uses_at_one_moment_one_comes_too_late(app: Flask, cast: Cast) -> None:
    person = cast.user()
    with app.app_context():
        token = make_token(RESET, db.session.get_one(User, person.id))

    def use(number: int) -> bool:
        with app.app_context():
            return account_operations.reset_password(SYSTEM, token, f"hash {number}")

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(use, range(8))) == 1


def test_the_link_works_for_two_hours(app: Flask, cast: Cast, clock: Turned) -> None:
    link = reset_link(app, cast.user())
    client = app.test_client()
    clock.turn(timedelta(hours=1, minutes=59))
    assert client.get(link).status_code == 200
    clock.turn(timedelta(minutes=2))
    assert client.get(link).status_code == 410


def test_the_link_dies_with_the_password_it_was_for(app: Flask, cast: Cast) -> None:
    person = cast.user()
    link = reset_link(app, person)
    fields = {"current_password": person.password, **ANEW}
    send(cast.browser(person), "/me/password", **fields)
    assert app.test_client().get(link).status_code == 410


def test_setting_it_anew_signs_out_everywhere(app: Flask, cast: Cast) -> None:
    person = cast.user()
    thief = cast.browser(person)
    assert is_signed_in(thief)
    send(app.test_client(), reset_link(app, person), **ANEW)
    assert not is_signed_in(thief)


def test_whoever_read_the_letter_has_confirmed_the_address(app: Flask, cast: Cast) -> None:
    person = cast.user(email_confirmed_at=None)
    send(app.test_client(), reset_link(app, person), **ANEW)
    assert stored(app, person).email_confirmed_at is not None


def test_a_suspended_person_gets_no_letter_and_no_new_password(app: Flask, cast: Cast) -> None:
    person = cast.user()
    link = reset_link(app, person)
    with app.app_context():
        suspend(SYSTEM, person.id, "Реклама.")
    assert ask(app.test_client(), person.email) == 303
    assert len(post_arrives(app)) == 1
    assert app.test_client().get(link).status_code == 410


def test_a_weak_or_mistyped_new_password_is_refused(app: Flask, cast: Cast) -> None:
    link, client = reset_link(app, cast.user()), app.test_client()
    wrong = [("1234567890", "1234567890"), (NEW_PASSWORD, "другой пароль")]
    for first, second in wrong:
        answer = send(client, link, password=first, password_again=second)
        assert answer.status_code == 400
    assert send(client, link, **ANEW).status_code == 303


def test_letters_are_not_sent_without_end(app: Flask, cast: Cast) -> None:
    person = cast.user()
    known = [ask(app.test_client(), person.email) for _ in range(6)]
    unknown = [ask(app.test_client(), "nobody@example.org") for _ in range(6)]
    assert known == unknown == [303] * 5 + [429]


def test_the_token_stays_in_the_letter(app: Flask, cast: Cast) -> None:
    """Neither the log nor the pages one goes to from here learn it."""
    person, client = cast.user(), app.test_client()
    link = reset_link(app, person)
    assert link.rpartition("/")[2] not in str(happened(app, events.RESET_REQUESTED)[0].facts)
    assert client.get(link).headers["Referrer-Policy"] == "same-origin"


def test_changing_the_password_asks_for_the_present_one(app: Flask, cast: Cast) -> None:
    person = cast.user()
    client = cast.browser(person)
    wrong = send(client, "/me/password", current_password="not it", **ANEW)
    assert wrong.status_code == 400
    assert verify_password(stored(app, person).password_hash, person.password)


def test_changing_the_password_ends_the_other_sessions(app: Flask, cast: Cast) -> None:
    person = cast.user()
    here, elsewhere, somebody = (
        cast.browser(person),
        cast.browser(person),
        cast.browser(cast.user()),
    )
    right = send(here, "/me/password", current_password=person.password, **ANEW)
    assert right.status_code == 303
    assert is_signed_in(here)
    assert not is_signed_in(elsewhere)
    assert is_signed_in(somebody)
    assert sign_in(app.test_client(), person, NEW_PASSWORD).status_code == 303
    assert post_arrives(app)[-1]["To"] == person.email, "the owner is told"


def test_of_two_changes_at_one_moment_one_comes_too_late(app: Flask, cast: Cast) -> None:
    person = cast.user()
    seen = stored(app, person).password_hash

    def change(number: int) -> bool:
        with app.app_context():
            try:
                account_operations.change_password(Viewer(id=person.id), seen, f"hash {number}")
            except DomainError:
                return False
            return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(change, range(6))) == 1


def test_guessing_the_present_password_from_an_open_browser_ends(app: Flask, cast: Cast) -> None:
    client = cast.browser(cast.user())
    answers = [
        send(client, "/me/password", current_password="guess", **ANEW).status_code
        for _ in range(11)
    ]
    assert answers == [400] * 10 + [429]


def change_email(cast: Cast, person: Made, email: str) -> int:
    fields = {"email": email, "current_password": person.password}
    return send(cast.browser(person), "/me/email", **fields).status_code


def test_a_new_address_counts_once_it_is_confirmed(app: Flask, cast: Cast) -> None:
    person = cast.user(email="old@example.org")
    assert change_email(cast, person, "New@Example.org") == 303
    assert stored(app, person).email == "old@example.org"
    letters = {one["To"]: one for one in post_arrives(app)}
    assert set(letters) == {"old@example.org", "new@example.org"}
    assert "email/confirm" not in words_of(letters["old@example.org"])
    client, link = app.test_client(), link_in(letters["new@example.org"])
    assert client.get(link).status_code == 200
    assert stored(app, person).email == "old@example.org"
    assert send(client, link).status_code == 303
    assert stored(app, person).email == "new@example.org"
    assert client.get(link).status_code == 410
    assert sign_in(client, person, email="new@example.org").status_code == 303


def test_changing_the_address_asks_for_the_password(app: Flask, cast: Cast) -> None:
    person = cast.user()
    fields = {"email": "new@example.org", "current_password": "not it"}
    assert send(cast.browser(person), "/me/email", **fields).status_code == 400
    assert stored(app, person).pending_email is None


def test_an_address_of_somebody_else_is_not_told_and_not_taken(app: Flask, cast: Cast) -> None:
    person, other = cast.user(), cast.user(email="taken@example.org")
    assert change_email(cast, person, "taken@example.org") == 303
    to_other = next(one for one in post_arrives(app) if one["To"] == other.email)
    assert "email/confirm" not in words_of(to_other)


def test_an_address_that_was_taken_meanwhile_is_refused(app: Flask, cast: Cast) -> None:
    person = cast.user()
    change_email(cast, person, "wanted@example.org")
    link = link_in(next(one for one in post_arrives(app) if one["To"] == "wanted@example.org"))
    cast.user(email="wanted@example.org")
    answer = send(app.test_client(), link)
    assert answer.status_code == 400
    assert stored(app, person).email == person.email


def test_a_new_password_stops_a_change_of_address(app: Flask, cast: Cast) -> None:
    """The letter to the old address promises it."""
    person = cast.user()
    change_email(cast, person, "thief@example.org")
    link = link_in(next(one for one in post_arrives(app) if one["To"] == "thief@example.org"))
    send(app.test_client(), reset_link(app, person), **ANEW)
    assert app.test_client().get(link).status_code == 410


def test_two_requests_leave_the_last_link_alone(app: Flask, cast: Cast) -> None:
    person = cast.user()
    change_email(cast, person, "first@example.org")
    first = link_in(next(one for one in post_arrives(app) if one["To"] == "first@example.org"))
    change_email(cast, person, "second@example.org")
    assert app.test_client().get(first).status_code == 410


def test_pages_after_asking_are_the_same_for_everybody(app: Flask, cast: Cast) -> None:
    person = cast.user()
    pages = []
    for address in (person.email, "nobody@example.org"):
        client = app.test_client()
        ask(client, address)
        pages.append(without_signature(client.get("/password/forgotten/done").text))
    assert pages[0] == pages[1]


def test_a_hash_is_salted_and_slow() -> None:
    first, second = hash_password(NEW_PASSWORD), hash_password(NEW_PASSWORD)
    assert first != second
    assert "m=19456,t=2,p=1" in first
    assert not verify_password("", NEW_PASSWORD)
    assert not verify_password("rubbish", NEW_PASSWORD)
