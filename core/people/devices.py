"""Browsers in which somebody has signed in before: whoever guesses at an account from elsewhere
does not lock its owner out of these."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Response, after_this_request, current_app, request, url_for
from itsdangerous import BadData, URLSafeSerializer

from core.config import current

COOKIE = "sreda_device"
LIVES = 365 * 24 * 3600
# A computer in a staff room is known for so many accounts, the last ones.
KEPT = 8
# As much of an account's digest as tells accounts of one browser apart.
DIGITS = 16


def device_of(account: str) -> str | None:
    """The mark of this browser, if the account with this digest has signed in here before."""
    return _known().get(account[:DIGITS])


def know_device(account: str) -> None:
    """Let the answer under way tell this browser that the account has signed in here."""
    known = _known()
    mark = known.pop(account[:DIGITS], None) or secrets.token_hex(8)
    kept = dict([*known.items(), (account[:DIGITS], mark)][-KEPT:])

    @after_this_request
    def tell(answer: Response) -> Response:
        answer.set_cookie(
            COOKIE, _serializer().dumps(kept), max_age=LIVES, path=url_for("people.sign_in"),
            httponly=True, samesite="Lax", secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        )  # fmt: skip
        return answer


def _known() -> dict[str, str]:
    try:
        known: Any = _serializer().loads(request.cookies.get(COOKIE, ""))
    except BadData:
        return {}
    return dict(known)


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current().secret_key, salt="sreda.people.device")
