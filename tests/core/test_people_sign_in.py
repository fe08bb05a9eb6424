"""Coming in and going out: the list of risks of accounts, one by one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask, request
from sqlalchemy import select

from core.access.actors import SYSTEM
from core.errors import DomainError
from core.people import account_operations, entrance_views, events, passwords
from core.people.addresses import normal_email, same_site_path
from core.people.models import SignedInSession, User
from core.people.operations import suspend
from core.people.sessions import COOKIE_KEY, SWEEP, digest_of
from core.platform.db import db, operation
from core.testing.cast import Cast, Made, Turned
from tests.core.people_kit import (
    NEW_PASSWORD,
    happened,
    is_signed_in,
    send,
    sign_in,
    token_of,
    without_signature,
)

pytestmark = pytest.mark.usefixtures("forgery_check")


@operation
def _change(actor: Any, person: Made, **values: Any) -> None:
    user = db.session.get_one(User, person.id)
    for name, value in values.items():
        setattr(user, name, value)


def test_a_person_signs_in_and_out(app: Flask, cast: Cast) -> None:
    person, client = cast.user(), app.test_client()
    answer = sign_in(client, person)
    assert answer.status_code == 303
    assert is_signed_in(client)
    assert [e.actor_id for e in happened(app, events.SIGNED_IN)] == [person.id]
    assert send(client, "/me/profile", to="/sign-out").status_code == 303
    assert not is_signed_in(client)


def test_the_spelling_of_an_address_does_not_matter(app: Flask, cast: Cast) -> None:
    person, client = cast.user(email="semyonova@example.org"), app.test_client()
    assert sign_in(client, person, email="  Semyonova@Example.ORG ").status_code == 303


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same words, and the same work: one hash is compared in both cases."""
    person = cast.user()
    compared = []
    verify = PasswordHasher.verify

    def counted(self: PasswordHasher, stored: str, password: str) -> bool:
        compared.append(stored[:30])
        return verify(self, stored, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    known = sign_in(app.test_client(), person, "not the password")
    unknown = sign_in(app.test_client(), person, email="nobody@example.org")
    malformed = sign_in(app.test_client(), person, email="no address")
    assert known.status_code == unknown.status_code == malformed.status_code == 400
    same = without_signature(known.text).replace(person.email, "")
    assert same == without_signature(unknown.text).replace("nobody@example.org", "")
    assert same == without_signature(malformed.text).replace("no address", "")
    assert len(compared) == 3
    assert len(set(compared)) == 1, "hashes of different cost take different times"


def test_signing_in_asks_the_database_as_much_for_known_as_for_unknown_addresses(
    app: Flask, cast: Cast, count_queries: Any
) -> None:
    person, client = cast.user(), app.test_client()
    token = token_of(client, "/sign-in")
    numbers = []
    for address in (person.email, "nobody@example.org"):
        with count_queries() as count:
            fields = {"csrf_token": token, "email": address, "password": "not the password"}
            client.post("/sign-in", data=fields)
        numbers.append(count.number)
    assert numbers[0] == numbers[1]


def test_the_session_is_made_anew_at_the_door(app: Flask, cast: Cast) -> None:
    """Whoever planted a session in somebody's browser finds nothing of it signed in."""
    person, client = cast.user(), app.test_client()
    token_of(client, "/sign-in")
    with client.session_transaction() as session:
        session["planted"] = "by a stranger"
        before = dict(session)
    sign_in(client, person)
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != before["csrf_token"]
        assert session[COOKIE_KEY]
    stranger = app.test_client()
    with stranger.session_transaction() as session:
        session.update(before)
    assert not is_signed_in(stranger)


def test_signing_in_as_somebody_else_ends_the_former_session(app: Flask, cast: Cast) -> None:
    first, second, client = cast.user(), cast.user(), app.test_client()
    sign_in(client, first)
    with client.session_transaction() as session:
        former = session[COOKIE_KEY]
    token = token_of(client, "/me/profile")
    said = {"email": second.email, "password": second.password, "csrf_token": token}
    client.post("/sign-in", data=said)
    old = app.test_client()
    with old.session_transaction() as session:
        session[COOKIE_KEY] = former
    assert not is_signed_in(old)
    assert is_signed_in(client)


def test_signing_out_ends_the_session_on_the_server(app: Flask, cast: Cast) -> None:
    person = cast.user()
    client, thief = cast.browser(person), app.test_client()
    with client.session_transaction() as session:
        key = session[COOKIE_KEY]
    with thief.session_transaction() as session:
        session[COOKIE_KEY] = key
    assert is_signed_in(thief)
    send(client, "/me/profile", to="/sign-out")
    assert not is_signed_in(thief)


def test_signing_out_needs_a_form_of_this_site(app: Flask, cast: Cast) -> None:
    client = cast.browser(cast.user())
    assert client.get("/sign-out").status_code == 405
    client.post("/sign-out")
    assert is_signed_in(client)


def test_the_cookie_is_not_for_scripts_and_other_sites(app: Flask, cast: Cast) -> None:
    answer = sign_in(app.test_client(), cast.user())
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("sreda="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_the_database_does_not_hold_the_key_of_a_session(app: Flask, cast: Cast) -> None:
    client = cast.browser(cast.user())
    with client.session_transaction() as session:
        key = session[COOKIE_KEY]
    with app.app_context():
        rows = db.session.execute(select(SignedInSession.__table__)).all()
    assert rows
    assert not any(key in str(value) for row in rows for value in row)
    assert rows[0].digest == digest_of(key)


def test_a_session_that_is_not_used_ends(app: Flask, cast: Cast, clock: Turned) -> None:
    client = cast.browser(cast.user())
    clock.turn(timedelta(days=20))
    assert is_signed_in(client), "using it keeps it alive"
    clock.turn(timedelta(days=20))
    assert is_signed_in(client)
    clock.turn(timedelta(days=31))
    assert not is_signed_in(client)


def test_the_worker_forgets_sessions_that_are_over(app: Flask, cast: Cast, clock: Turned) -> None:
    cast.browser(cast.user())
    clock.turn(timedelta(days=31))
    kept = cast.browser(cast.user())
    with app.app_context():
        SWEEP.run()
        assert len(db.session.scalars(select(SignedInSession.digest)).all()) == 1
    assert is_signed_in(kept)


def test_a_suspended_person_is_signed_out_and_cannot_come_in(app: Flask, cast: Cast) -> None:
    person, client = cast.user(), app.test_client()
    sign_in(client, person)
    with app.app_context():
        suspend(SYSTEM, person.id, "Реклама в сообществе.")
    assert not is_signed_in(client)
    answer = sign_in(app.test_client(), person)
    assert answer.status_code == 403
    assert "Реклама в сообществе." in answer.text
    guess = sign_in(app.test_client(), person, "not the password")
    assert guess.status_code == 400
    assert "Реклама" not in guess.text


def test_ten_guesses_at_one_account_are_enough(app: Flask, cast: Cast) -> None:
    person, other, client = cast.user(), cast.user(), app.test_client()
    for _ in range(10):
        assert sign_in(client, person, "guess").status_code == 400
    refused = sign_in(client, person)
    assert refused.status_code == 429
    assert "alert-danger" in refused.text
    assert person.email in refused.text, "what was typed is kept"
    assert sign_in(app.test_client(), other).status_code == 303, "others are not locked out"


def test_guesses_from_many_addresses_at_one_account_end_too(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entrance_views, "verify_password", lambda stored, password: False)
    person, client = cast.user(), app.test_client()
    token = token_of(client, "/sign-in")
    fields = {"email": person.email, "password": "guess", "csrf_token": token}
    places = [{"REMOTE_ADDR": f"10.0.0.{n}"} for n in range(61)]
    answers = [
        client.post("/sign-in", data=fields, environ_base=place).status_code for place in places
    ]
    assert answers == [400] * 60 + [429]


def test_who_guesses_at_an_account_does_not_lock_its_owner_out(app: Flask, cast: Cast) -> None:
    owner, other, home = cast.user(), cast.user(), app.test_client()
    assert sign_in(home, owner).status_code == 303
    home.post("/sign-out", data={"csrf_token": token_of(home, "/")})
    stranger = app.test_client()
    guesses = [sign_in(stranger, owner, "guess").status_code for _ in range(11)]
    assert guesses[-1] == 429
    assert sign_in(home, owner).status_code == 303, "where they have been before"
    assert sign_in(home, other).status_code == 303
    home.post("/sign-out", data={"csrf_token": token_of(home, "/")})
    guesses = [sign_in(home, owner, "guess").status_code for _ in range(11)]
    assert guesses[-1] == 429, "and there one may not guess without end either"


def test_a_made_up_mark_of_a_device_is_none(app: Flask, cast: Cast) -> None:
    person, client = cast.user(), app.test_client()
    for made_up in ("rubbish", "e30.x", "\x00"):
        client.set_cookie("sreda_device", made_up, path="/sign-in")
        assert sign_in(client, person, "guess").status_code == 400
    guesses = [sign_in(client, person, "guess").status_code for _ in range(8)]
    assert guesses[-1] == 429


def test_guesses_from_one_address_at_many_accounts_end_too(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entrance_views, "verify_password", lambda stored, password: False)
    client = app.test_client()
    token = token_of(client, "/sign-in")
    answers = [
        client.post(
            "/sign-in",
            data={"email": f"p{n}@example.org", "password": "guess", "csrf_token": token},
        ).status_code
        for n in range(201)
    ]
    assert answers == [400] * 200 + [429]


def test_an_old_hash_is_renewed_at_the_door(app: Flask, cast: Cast) -> None:
    person = cast.user()
    weak = PasswordHasher(memory_cost=1024, time_cost=1, parallelism=1).hash(person.password)
    with app.app_context():
        _change(SYSTEM, person, password_hash=weak)
    assert sign_in(app.test_client(), person).status_code == 303
    with app.app_context():
        stored = db.session.get_one(User, person.id).password_hash
    assert stored != weak
    assert not passwords.needs_rehash(stored)
    assert passwords.verify_password(stored, person.password)


def test_a_password_that_changed_while_it_was_compared_opens_nothing(
    app: Flask, cast: Cast
) -> None:
    person = cast.user()
    with app.test_request_context():
        seen = db.session.get_one(User, person.id).password_hash
        _change(SYSTEM, person, password_hash=passwords.hash_password(NEW_PASSWORD))
        with pytest.raises(DomainError):
            account_operations.sign_in(SYSTEM, person.id, seen, "", request)
        assert db.session.scalar(select(SignedInSession.digest)) is None


def test_hashing_happens_outside_transactions(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two hundred people who sign in at once would else wait for each other's hash."""
    within = []

    def watched(stored: str, password: str) -> bool:
        session = db.session()
        within.append(session.in_transaction() or "unit" in session.info)
        return True

    monkeypatch.setattr(entrance_views, "verify_password", watched)
    sign_in(app.test_client(), cast.user())
    assert within == [False]


ELSEWHERE = (
    "https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example",
    "http:evil.example", "javascript:alert(1)", "/\t/evil.example", "///evil.example",
    " //evil.example", "/\n/evil.example", "evil.example", "http://localhost@evil.example/",
)  # fmt: skip


@pytest.mark.parametrize("address", ELSEWHERE)
def test_the_door_leads_to_pages_of_this_site_only(app: Flask, cast: Cast, address: str) -> None:
    answer = sign_in(app.test_client(), cast.user(), next=address)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/my-day" or "evil" not in answer.headers["Location"]
    assert same_site_path(address) is None


def test_the_door_leads_on_to_where_one_was_going(app: Flask, cast: Cast) -> None:
    client = app.test_client()
    asked = client.get("/me/sessions?x=1")
    assert asked.status_code == 302
    person = cast.user()
    page = client.get(asked.headers["Location"])
    assert 'name="next" value="/me/sessions?x=1"' in page.text
    answer = sign_in(client, person, next="/me/sessions?x=1")
    assert answer.headers["Location"] == "/me/sessions?x=1"


def test_who_is_in_already_is_led_on(cast: Cast) -> None:
    answer = cast.browser(cast.user()).get("/sign-in?next=/me/profile")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/me/profile")


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Anna@Example.org", "anna@example.org"),
        (" anna@школа.рф ", "anna@xn--80aq1bcb.xn--p1ai"),
        ("anna", None),
        ("anna@", None),
        ("a b@example.org", None),
        ("anna@example.org\nBcc: x@y.z", None),
        ("anna@localhost", None),
        ("<anna@example.org>", None),
        ("a@" + "x" * 300 + ".org", None),
    ],
)
def test_addresses_have_one_spelling(typed: str, stored: str | None) -> None:
    expected = stored if stored is None or "xn--" not in stored else normal_email("anna@школа.рф")
    assert normal_email(typed) == expected
    assert expected is None or "школа" not in expected
