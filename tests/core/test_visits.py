"""The cookie of a visit, and the tokens that pages give their forms."""

from __future__ import annotations

import re

from flask import Flask, g, session
from flask_wtf.csrf import generate_csrf, validate_csrf

from core.platform.visits import form_token


def test_a_token_is_one_that_flask_wtf_takes(app: Flask) -> None:
    with app.test_request_context():
        first = form_token()
        assert first == form_token() == generate_csrf()
        del g.csrf_token
        again = form_token()
        validate_csrf(first)
        validate_csrf(again)
        assert again.split(".")[0] == first.split(".")[0]
        assert generate_csrf() == again


def test_who_has_begun_anew_gets_a_token_of_the_new_visit(app: Flask) -> None:
    with app.test_request_context():
        form_token()
        session.clear()
        del g.csrf_token
        validate_csrf(form_token())


def test_the_token_of_a_page_opens_the_next_one_of_the_same_visit_only(
    app: Flask, forgery_check: None
) -> None:
    own, other = app.test_client(), app.test_client()
    token = _token_of(own.get("/").text)
    other.get("/")
    look = {"theme": "dark", "next": "/", "csrf_token": token}
    assert own.post("/preferences", data=look).status_code == 303
    assert other.post("/preferences", data=look).status_code == 401


def _token_of(html: str) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', html)
    assert found is not None
    return found[1]
