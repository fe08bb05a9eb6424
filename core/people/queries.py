"""What is read of people and their accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from core.access.actors import Viewer
from core.events.models import EventRow
from core.people import events
from core.people.browsers import browser_name
from core.people.models import School, SignedInSession, User
from core.people.sessions import digest_of
from core.platform.db import db, utcnow
from core.platform.i18n import core_domain

_ = core_domain.gettext


@dataclass(frozen=True)
class Credentials:
    """What signing in compares; for an unknown address there is no person and no hash."""

    user_id: int = 0
    password_hash: str = ""
    state: str = ""
    confirmed: bool = False


def credentials_of(email: str | None) -> Credentials:
    """The account with an address; one query, whether there is one or not.

    Ends the page's transaction: what follows is hashing, and nobody should hold one meanwhile.
    """
    row = db.session.execute(
        select(User.id, User.password_hash, User.state, User.email_confirmed_at.is_not(None)).where(
            User.email == email
        )
    ).one_or_none()
    db.session.rollback()
    return Credentials(*row) if row else Credentials()


def is_taken(email: str) -> bool:
    """Whether an account has this address."""
    return db.session.scalar(select(User.id).where(User.email == email)) is not None


def own_account(viewer: Viewer) -> User:
    """The viewer's own row, for the pages on which they change it."""
    return db.session.get_one(User, viewer.id)


def school_choices() -> list[tuple[str, str]]:
    """Every school as (id, short name) for a list to choose from."""
    rows = db.session.execute(select(School.id, School.short_name).order_by(School.short_name))
    return [(str(number), name) for number, name in rows]


def reason_of_suspension(user_id: int) -> str:
    """What was said when somebody was suspended last."""
    query = (
        select(EventRow.facts)
        .where(EventRow.subject_id == user_id, EventRow.kind == events.SUSPENDED)
        .order_by(EventRow.id.desc())
        .limit(1)
    )
    facts = db.session.scalar(query) or {}
    return str(facts.get("reason", ""))


@dataclass(frozen=True)
class Session:
    """A browser in which somebody is signed in, as the list of one's own shows it."""

    digest: str
    browser: str
    address: str
    created_at: datetime
    last_seen_at: datetime
    is_this: bool


def sessions_of(viewer: Viewer) -> list[Session]:
    """Where somebody is signed in: this browser first, then the latest."""
    here = digest_of(viewer.session_id)
    rows = db.session.scalars(
        select(SignedInSession)
        .where(SignedInSession.user_id == viewer.id, SignedInSession.expires_at > utcnow())
        .order_by((SignedInSession.digest == here).desc(), SignedInSession.last_seen_at.desc())
        .limit(100)
    )
    return [
        Session(
            row.digest, browser_name(row.browser), row.address, row.created_at, row.last_seen_at,
            row.digest == here,
        )
        for row in rows
    ]  # fmt: skip
