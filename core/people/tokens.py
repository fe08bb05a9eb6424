"""The links in letters: signed, of limited life, and good for one use.

A token is bound to the state it is to change (an unconfirmed address, a password), so that using it
once makes it worthless; nothing of it is stored.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from core.config import current
from core.people.models import User
from core.platform.db import HOLD, db, utcnow

CONFIRM = "confirm"
RESET = "reset"
CHANGE_EMAIL = "change-email"

LIVES = {
    CONFIRM: timedelta(days=7),
    RESET: timedelta(hours=2),
    CHANGE_EMAIL: timedelta(days=1),
}


def make_token(purpose: str, user: User) -> str:
    """A token that lets whoever reads the person's letters do one thing."""
    expires = int((utcnow() + LIVES[purpose]).timestamp())
    return str(_serializer(purpose).dumps([user.id, expires, _fingerprint(purpose, user)]))


def user_of_token(purpose: str, token: str, *, lock: bool = False) -> User | None:
    """The person a valid token belongs to, or None for one that is forged, old or used.

    With ``lock`` the row is held until the operation ends, so that of two uses one comes too late.
    """
    try:
        content: Any = _serializer(purpose).loads(token)
    except BadData:
        return None
    user_id, expires, fingerprint = content
    if expires < utcnow().timestamp():
        return None
    held = HOLD if lock else None
    user = db.session.get(User, user_id, with_for_update=held, populate_existing=lock)
    if user is None or user.state != "active":
        return None
    return user if hmac.compare_digest(_fingerprint(purpose, user), fingerprint) else None


def _serializer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(current().secret_key, salt=f"sreda.people.{purpose}")


def _fingerprint(purpose: str, user: User) -> str:
    """A digest of what the token is to change; using the token changes it."""
    bound = {
        CONFIRM: (user.email, user.email_confirmed_at),
        RESET: (user.email, user.password_hash),
        CHANGE_EMAIL: (user.email, user.pending_email, user.password_hash),
    }[purpose]
    key = current().secret_key.encode()
    return hmac.new(key, repr(bound).encode(), hashlib.sha256).hexdigest()[:32]
