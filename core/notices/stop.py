"""Stopping letters from a letter itself, without signing in: signed links that do one thing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from itsdangerous import BadData, URLSafeSerializer

from core.access.actors import SYSTEM
from core.config import current
from core.contract.notices import Channel
from core.contract.registry import registry
from core.notices.operations import stop_letters
from core.notices.queries import chosen_by
from core.people.models import User
from core.platform.db import db

DIGESTS = (Channel.DAILY, Channel.WEEKLY)


@dataclass(frozen=True)
class Stop:
    """What a link stops: to whom, and letters of one kind, or the letter of the day or week."""

    user_id: int
    what: str

    @property
    def title(self) -> str:
        """What it is called; "" for the digests, and for what no plugin tells of any more."""
        kind = registry().notice_kinds().get(self.what)
        return str(kind.title) if kind is not None else ""

    @property
    def digest(self) -> Channel | None:
        return Channel(self.what) if self.what in DIGESTS else None


def stop_token(user_id: int, what: str) -> str:
    """For the link in a letter: bound to the person and the kind (or the digest), without end."""
    return str(_serializer().dumps([user_id, what]))


def stop_of(token: str) -> Stop | None:
    """What a link stops; None where nobody of ours wrote it."""
    try:
        user_id, what = _serializer().loads(token)
    except (BadData, ValueError, TypeError):
        return None
    return Stop(user_id, what)


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current().secret_key, salt="sreda.notices.stop")


def carry_out(stop: Stop) -> None:
    """Stop these letters; twice is once."""
    user = db.session.get(User, stop.user_id)
    if user is None or user.state != "active":
        return
    stop_letters(SYSTEM, stop.user_id, _kinds(stop))


def _kinds(stop: Stop) -> Collection[str]:
    if stop.digest is None:
        return (stop.what,)
    chosen = chosen_by(stop.user_id)
    kinds = registry().notice_kinds().items()
    return [name for name, kind in kinds if chosen.get(name, kind.channel) == stop.digest]
