"""The cookie of a visit and the token of its forms: signed as Flask and Flask-WTF do it, by
serializers that are made once. They depend on settings alone, and making them takes longer than
signing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import Flask, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf
from itsdangerous import Serializer, URLSafeTimedSerializer
from itsdangerous.encoding import base64_encode

from core.platform.current import current_application, current_facts

TOKEN = "csrf_token"  # noqa: S105  # the name that Flask-WTF keeps it under


class Visits(SecureCookieSessionInterface):
    """The signed cookies of one application."""

    _serializer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """As Flask does, once."""
        if self._serializer is None:
            self._serializer = super().get_signing_serializer(app)
        return self._serializer


def form_token() -> str:
    """The token for the forms of this page, as ``generate_csrf`` gives it."""
    facts = current_facts()
    if TOKEN not in facts and TOKEN in session:
        facts.csrf_token = _tokens(current_application().secret_key).dumps(session[TOKEN])
    return str(facts.get(TOKEN) or generate_csrf())


class _Tokens(URLSafeTimedSerializer):
    """Does not try whether a token is shorter when it is packed: it is random, and never is."""

    def dump_payload(self, obj: Any) -> bytes:
        return base64_encode(Serializer.dump_payload(self, obj))


@lru_cache(maxsize=8)
def _tokens(secret_key: str) -> _Tokens:
    return _Tokens(secret_key, salt="wtf-csrf-token")
