"""Secret addresses of calendars: made, shown again, and taken back."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update

from core.access.actors import Actor, Viewer
from core.calendar.models import Subscription
from core.communities.models import Community
from core.config import current
from core.contract.manifest import DataRecord
from core.people.models import User
from core.platform.db import HOLD, db, operation, required_unit, utcnow
from core.platform.i18n import core_domain

_ = core_domain.gettext

# That a phone asked is noted at most this often.
NOTED_EVERY = timedelta(minutes=10)


def token_of(seed: str) -> str:
    """The token that a seed and the secret key of the site make together."""
    key = current().secret_key.encode()
    made = hmac.new(key, f"sreda.calendar:{seed}".encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(made).decode().rstrip("=")


def digest_of(token: str) -> str:
    """What the database keeps of a token, and finds it by."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


@operation
def make_subscription(actor: Viewer, community: Community | None) -> Subscription:
    """Make a new secret address of one's calendar; the former one is worth nothing any more."""
    # Held, so that two presses of the button leave one address.
    db.session.get_one(User, actor.id, with_for_update=HOLD)
    place = community.id if community else None
    db.session.execute(
        delete(Subscription).where(
            Subscription.user_id == actor.id, Subscription.community_id.is_not_distinct_from(place)
        )
    )
    seed = secrets.token_urlsafe(24)
    made = Subscription(
        digest=digest_of(token_of(seed)), seed=seed, user_id=actor.id, community_id=place
    )
    db.session.add(made)
    db.session.flush()
    return made


@operation
def unsubscribe(actor: Viewer, number: int) -> None:
    """Take one of one's addresses back: who asks for it finds nothing at once."""
    db.session.execute(
        delete(Subscription).where(Subscription.id == number, Subscription.user_id == actor.id)
    )


@operation
def note_fetch(actor: Actor, number: int) -> None:
    """A phone has asked for a calendar."""
    db.session.execute(
        update(Subscription).where(Subscription.id == number).values(fetched_at=utcnow())
    )


def exported(user: User) -> DataRecord:
    """The addresses somebody has made, for their copy; without what would open them."""
    return DataRecord(_("Calendars on my phone"), {"calendars": list(_addresses(user))})


def _addresses(user: User) -> Iterator[dict[str, Any]]:
    query = (
        select(Community.title, Subscription.created_at, Subscription.fetched_at)
        .select_from(Subscription)
        .outerjoin(Community, Community.id == Subscription.community_id)
        .where(Subscription.user_id == user.id)
        .order_by(Subscription.id)
    )
    for title, created_at, fetched_at in db.session.execute(query):
        fetched = fetched_at.isoformat() if fetched_at else None
        yield {"community": title, "made": created_at.isoformat(), "last_fetched": fetched}


def erase(user: User) -> None:
    """Take back all addresses of somebody who is forgotten, inside that operation."""
    required_unit()
    db.session.execute(delete(Subscription).where(Subscription.user_id == user.id))
