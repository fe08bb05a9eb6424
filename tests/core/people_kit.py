"""What tests of accounts share: forms filled in as a browser does, letters, and the log."""

from __future__ import annotations

import re
from email.message import EmailMessage
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from core.events.models import EventRow
from core.events.readers import deliver
from core.people.letters import READER
from core.platform.db import db
from core.testing.cast import Made
from core.testing.clean import letters
from core.testing.worker import run_jobs

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
META = re.compile(r'<meta name="csrf-token" content="([^"]+)"')
NEW_PASSWORD = "три весёлых ежа"


def token_of(client: FlaskClient, page: str) -> str:
    """The signature that forms of a page carry."""
    answer = client.get(page, follow_redirects=True)
    found = META.search(answer.text)
    assert found, f"{page} answered {answer.status_code} without a form"
    return found[1]


def send(client: FlaskClient, page: str, *, to: str = "", **fields: Any) -> TestResponse:
    """Open a page and send a form of it."""
    return client.post(to or page, data={"csrf_token": token_of(client, page), **fields})


def sign_in(client: FlaskClient, person: Made, password: str = "", **fields: Any) -> TestResponse:
    """Sign somebody in by the form."""
    said = {"email": person.email, "password": password or person.password, **fields}
    return send(client, "/sign-in", **said)


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/me/profile").status_code == 200


def post_arrives(app: Flask) -> list[EmailMessage]:
    """Let the worker read the log and do its jobs; all letters so far, the oldest first."""
    with app.app_context():
        deliver([READER])
    run_jobs(app)
    return letters(app)


def words_of(letter: EmailMessage) -> str:
    """What a letter says to programs that show no pages."""
    plain = letter.get_body(("plain",))
    assert plain is not None
    return str(plain.get_content())


def link_in(letter: EmailMessage) -> str:
    """The path of the first link in a letter."""
    found = re.search(r"http://localhost(/\S+)", words_of(letter))
    assert found, words_of(letter)
    return found[1]


def happened(app: Flask, kind: str) -> list[EventRow]:
    """Entries of the log of a kind, the oldest first."""
    with app.app_context():
        query = select(EventRow).where(EventRow.kind == kind).order_by(EventRow.id)
        return list(db.session.scalars(query))


def without_signature(page: str) -> str:
    """A page without what differs on every visit."""
    return re.sub(r"(value|content)=\"[A-Za-z0-9_.\-]{40,}\"", "", page)
