"""Signed-in sessions: kept on the server, so that they can be listed and ended."""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from flask import Request, g, session
from sqlalchemy import (
    Exists,
    Row,
    ScalarSelect,
    Select,
    Subquery,
    Text,
    bindparam,
    cast,
    delete,
    func,
    select,
)

from core.access.actors import SYSTEM, Actor, Viewer
from core.access.models import Appointment, Role
from core.admin.switches import keep_switches
from core.contents.models import Draft
from core.contract.manifest import Periodic
from core.contract.models import names_off
from core.contract.registry import registry
from core.notices.models import Notice
from core.people.models import School, SignedInSession, User
from core.platform.conditions import among
from core.platform.db import db, operation, rows, utcnow

# A session lives this long after it was last used; its row is touched at most this often.
LIFETIME = timedelta(days=30)
TOUCH_EVERY = timedelta(minutes=10)
COOKIE_KEY = "_user_id"


def digest_of(key: str) -> str:
    """What the database keeps of a session's key: a stolen copy of it opens nothing."""
    return hashlib.sha256(key.encode()).hexdigest()


def _serves_site() -> Exists:
    """Whether the person was ever appointed to a role of the site; nearly nobody was."""
    return (
        select(Appointment.id)
        .join(Role, Role.id == Appointment.role_id)
        .where(Appointment.user_id == User.id, Role.community_id.is_(None))
        .correlate(User)
        .exists()
    )


# Nobody counts further than this; the bell says "99+" long before.
MOST_NOTICES = 500
NOTHING: frozenset[int] = frozenset()
NOWHERE: frozenset[str] = frozenset()


def _unread() -> Subquery:
    """What the person was told and has not read; people who read theirs cost a page nothing."""
    return (
        select(Notice.bundle, Notice.content_id)
        .where(Notice.user_id == User.id, Notice.read_at.is_(None))
        .limit(MOST_NOTICES)
        .correlate(User)
        .subquery()
    )


def _unread_lines() -> ScalarSelect[str]:
    """The lines of notices that are unread, for the bell and what stands beside it."""
    unread = _unread()
    lines = select(unread.c.bundle).select_from(unread).distinct().subquery()
    names = func.aggregate_strings(lines.c.bundle, ",")
    return select(names).select_from(lines).scalar_subquery()


def _told_of() -> ScalarSelect[str]:
    """Of which contents, so that their pages know whether there is anything to mark as read."""
    unread = _unread()
    numbers = func.aggregate_strings(cast(unread.c.content_id, Text), ",")
    return select(numbers).select_from(unread).scalar_subquery()


# What stands between places; nobody types it, so that no place has it inside.
BETWEEN = "\x1f"


def _draft_places() -> ScalarSelect[str]:
    """Where the person has drafts, a hundred at most, so that pages know what to look for."""
    places = func.aggregate_strings(Draft.place, BETWEEN)
    return select(places).where(Draft.user_id == User.id).correlate(User).scalar_subquery()


def _viewers(*more: Any) -> Select[*tuple[Any, ...]]:
    """The people of sessions that live, with what is to be read beside them."""
    return (
        select(
            User.id, User.email, User.surname, User.given_name, User.patronymic, User.photo,
            User.locale, User.zone_name, User.theme, User.large_text, User.invisible, *more,
        )
        .join(SignedInSession, SignedInSession.user_id == User.id)
        .where(SignedInSession.expires_at > bindparam("now"))
        .where(User.state == "active")
    )  # fmt: skip


# Put together once: every page begins with it.
VIEWER = (
    _viewers(
        School.short_name.label("school"), SignedInSession.last_seen_at,
        _serves_site().label("serves_site"), _unread_lines().label("unread_lines"),
        _told_of().label("told_of"), _draft_places().label("draft_places"),
        names_off().label("plugins_off"),
    )
    .outerjoin(School, School.id == User.school_id)
    .where(SignedInSession.digest == bindparam("digest"))
)  # fmt: skip
VIEWERS = _viewers(SignedInSession.digest).where(among(SignedInSession.digest, "digests"))


def viewer_by_key(key: str) -> Viewer | None:
    """The person whose session this is; one query. Touches the session now and then."""
    facts = {"digest": digest_of(key), "now": utcnow()}
    row = rows(VIEWER, facts).one_or_none()
    if row is None:
        return None
    if row.last_seen_at < utcnow() - TOUCH_EVERY:
        g.stale_session = key
    keep_switches(row.plugins_off)
    unread, apart = _counted(row.unread_lines)
    return _viewer(
        row, key, school=row.school or "", serves_site=row.serves_site,
        unread_notices=unread, unread_apart=apart,
        told_of=frozenset(map(int, row.told_of.split(","))) if row.told_of else NOTHING,
        draft_places=frozenset(row.draft_places.split(BETWEEN)) if row.draft_places else NOWHERE,
    )  # fmt: skip


def viewers_by_keys(keys: Collection[str]) -> dict[str, Viewer]:
    """The people of many sessions by their keys, for what draws no page: without their school,
    notices and drafts. One query; who is signed out is not among them."""
    by_digest = {digest_of(key): key for key in keys}
    found = rows(VIEWERS, {"digests": list(by_digest), "now": utcnow()})
    return {by_digest[row.digest]: _viewer(row, by_digest[row.digest]) for row in found}


def _viewer(row: Row[*tuple[Any, ...]], key: str, **more: Any) -> Viewer:
    return Viewer(
        id=row.id, session_id=key, email=row.email or "", surname=row.surname,
        given_name=row.given_name, patronymic=row.patronymic, photo=row.photo, locale=row.locale,
        zone_name=row.zone_name, theme=row.theme, large_text=row.large_text,
        invisible=row.invisible, **more,
    )  # fmt: skip


def _counted(lines: str | None) -> tuple[int, dict[str, int]]:
    """How many of these lines stand behind the bell, and how many of each kind stand apart."""
    if not lines:
        return 0, {}
    apart = registry().apart_kinds()
    kinds = Counter(line.partition(":")[0] for line in lines.split(","))
    beside = {kind: kinds.pop(kind) for kind in apart & kinds.keys()}
    return kinds.total(), beside


def touch_stale_session(response: object) -> None:
    """After a page: note that the session was used, if that was not noted lately."""
    key = g.pop("stale_session", None)
    if key is not None:
        _touch(Viewer(session_id=key), key)
        # Sends the cookie anew, so that it lives as long as the row.
        session.modified = True


@operation
def _touch(actor: Actor, key: str) -> None:
    row = db.session.get(SignedInSession, digest_of(key))
    if row is not None:
        row.last_seen_at, row.expires_at = utcnow(), utcnow() + LIFETIME
        user = db.session.get_one(User, row.user_id)
        user.last_seen_on = utcnow().date()


@operation
def open_session(actor: Actor, user: User, request: Request) -> str:
    """Begin a session; the key is for the cookie alone."""
    key = secrets.token_urlsafe(32)
    db.session.add(
        SignedInSession(
            digest=digest_of(key),
            user_id=user.id,
            expires_at=utcnow() + LIFETIME,
            address=request.remote_addr or "",
            browser=request.user_agent.string[:300],
        )
    )
    return key


def remember(key: str) -> None:
    """Put a fresh session's key into the cookie; nothing of an earlier visitor stays in it."""
    session.clear()
    session[COOKIE_KEY] = key
    session.permanent = True
    for name in ("viewer", "_login_user", "csrf_token", "standings"):
        g.pop(name, None)


@operation
def end_session(actor: Actor, digest: str) -> None:
    """Sign one session out."""
    db.session.execute(delete(SignedInSession).where(SignedInSession.digest == digest))


@operation
def end_sessions(actor: Actor, user_id: int, except_key: str = "") -> None:
    """Sign a person out everywhere, but for the session with this key."""
    db.session.execute(
        delete(SignedInSession).where(
            SignedInSession.user_id == user_id, SignedInSession.digest != digest_of(except_key)
        )
    )


@operation
def end_expired_sessions(actor: Actor) -> None:
    """Forget sessions that are over, with the addresses that they were used from."""
    db.session.execute(delete(SignedInSession).where(SignedInSession.expires_at <= utcnow()))


SWEEP = Periodic("end_expired_sessions", timedelta(hours=6), lambda: end_expired_sessions(SYSTEM))
