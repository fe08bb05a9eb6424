"""Nothing that somebody wrote is lost when their session has ended meanwhile."""

from __future__ import annotations

import html
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from core.people.carrying import carried_in, carry
from core.people.models import User
from core.people.sessions import COOKIE_KEY
from core.platform.db import db
from core.testing.cast import Cast, Made
from tests.core.people_kit import token_of

pytestmark = pytest.mark.usefixtures("forgery_check")

ABOUT = "Могу помочь с <геометрией> & черчением.\nПишите."
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def profile(**changes: str) -> dict[str, str]:
    said = {
        "surname": "Семёнова", "given_name": "Ольга", "patronymic": "Петровна", "school": "",
        "other_school": "", "position": "учитель", "subjects": "", "about": ABOUT,
        "zone_name": "Asia/Yakutsk", "locale": "ru", "theme": "dark",
    }  # fmt: skip
    return {**said, **changes}


def fields_of(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form that is sent to an address, as a browser reads them."""
    pattern = rf'<form method="post" action="{re.escape(action)}".*?</form>'
    form = re.search(pattern, page, re.DOTALL)
    assert form, f"no form for {action}"
    return {name: html.unescape(value) for name, value in HIDDEN.findall(form[0])}


def about(app: Flask, person: Made) -> str:
    with app.app_context():
        return db.session.get_one(User, person.id).about


def lose_session(client: FlaskClient) -> None:
    with client.session_transaction() as session:
        session[COOKIE_KEY] = "ended meanwhile"


def test_what_was_written_survives_the_end_of_the_session(app: Flask, cast: Cast) -> None:
    person = cast.user()
    client = cast.browser(person)
    token = token_of(client, "/me/profile")
    lose_session(client)
    kept = client.post("/me/profile", data={"csrf_token": token, **profile()})
    assert kept.status_code == 401
    assert "&lt;геометрией&gt;" in kept.text, "the text is shown, and as text"
    assert about(app, person) == ""

    carried = fields_of(kept.text, "/sign-in")
    said = {**carried, "email": person.email, "password": person.password}
    shown = client.post("/sign-in", data=said)
    assert shown.status_code == 200
    assert "&lt;геометрией&gt;" in shown.text
    assert about(app, person) == "", "the person sends it, not the site"

    again = client.post("/me/profile", data=fields_of(shown.text, "/me/profile"))
    assert again.status_code == 303
    assert about(app, person) == ABOUT


def test_a_slip_at_the_sign_in_loses_nothing_either(app: Flask, cast: Cast) -> None:
    person, client = cast.user(), app.test_client()
    kept = client.post("/me/profile", data=profile())
    carried = fields_of(kept.text, "/sign-in")
    slip = client.post("/sign-in", data={**carried, "email": person.email, "password": "slip"})
    assert slip.status_code == 400
    assert "&lt;геометрией&gt;" in slip.text
    carried = fields_of(slip.text, "/sign-in")
    said = {**carried, "email": person.email, "password": person.password}
    shown = client.post("/sign-in", data=said)
    client.post("/me/profile", data=fields_of(shown.text, "/me/profile"))
    assert about(app, person) == ABOUT


def test_a_page_that_lay_open_for_too_long_is_sent_once_more(app: Flask, cast: Cast) -> None:
    person = cast.user()
    client = cast.browser(person)
    token_of(client, "/me/profile")
    kept = client.post("/me/profile", data={"csrf_token": "stale", **profile()})
    assert kept.status_code == 401
    assert 'type="password"' not in kept.text, "the person still is signed in"
    assert about(app, person) == ""
    again = client.post("/me/profile", data=fields_of(kept.text, "/me/profile"))
    assert again.status_code == 303
    assert about(app, person) == ABOUT


def test_passwords_are_never_written_into_a_page(app: Flask, cast: Cast) -> None:
    names = ("current_password", "password", "password_again")
    kept = app.test_client().post("/me/password", data=dict.fromkeys(names, "secret"))
    assert kept.status_code == 401
    assert "secret" not in kept.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_form_of_another_site_is_not_offered_again(
    app: Flask, cast: Cast, headers: dict[str, str]
) -> None:
    """One press on our own page would else do what that site wanted."""
    for client in (cast.browser(cast.user()), app.test_client()):
        answer = client.post("/me/profile", data=profile(), headers=headers)
        assert answer.status_code == 400
        assert "геометрией" not in answer.text


def test_a_form_of_this_site_may_say_so(app: Flask, cast: Cast) -> None:
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    answer = app.test_client().post("/me/profile", data=profile(), headers=headers)
    assert answer.status_code == 401
    assert "геометрией" in answer.text


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_nothing_is_carried_to_another_site(app: Flask, cast: Cast, target: str) -> None:
    person, client = cast.user(), app.test_client()
    fields = {
        "csrf_token": token_of(client, "/sign-in"), "email": person.email,
        "password": person.password, "carry_to": target, "carried.body": "a text",
    }  # fmt: skip
    answer = client.post("/sign-in", data=fields)
    assert answer.status_code == 303
    assert "evil" not in answer.text


def test_scripts_get_a_short_answer(app: Flask, cast: Cast) -> None:
    answer = app.test_client().post(
        "/me/profile", data=profile(), headers={"Accept": "application/json"}
    )
    assert answer.status_code == 401
    assert answer.get_json()["sign_in"] == "/sign-in"


def test_fields_with_one_name_all_arrive() -> None:
    sent = MultiDict([("choice", "1"), ("choice", "2"), ("csrf_token", "x"), ("body", "<p>Да</p>")])
    sent.add("body-format", "html")
    there = carry("/c/maths/polls/3", sent)
    assert there.fields == (
        ("choice", "1"), ("choice", "2"), ("body", "<p>Да</p>"), ("body-format", "html"),
    )  # fmt: skip
    back = carried_in(MultiDict(there.hidden))
    assert back == there


def test_formatted_text_is_shown_as_words() -> None:
    sent = MultiDict([("body", "<p>Добрый день, <b>коллеги</b></p>"), ("body-format", "html")])
    assert carry("/x", sent).texts == ["Добрый день, коллеги"]


def test_a_long_text_is_carried_whole(app: Flask, cast: Cast) -> None:
    person, client = cast.user(), app.test_client()
    text = "Длинное слово. " * 250
    kept = client.post("/me/profile", data=profile(about=text.strip()))
    said = {**fields_of(kept.text, "/sign-in"), "email": person.email, "password": person.password}
    shown = client.post("/sign-in", data=said)
    client.post("/me/profile", data=fields_of(shown.text, "/me/profile"))
    assert about(app, person) == text.strip()
