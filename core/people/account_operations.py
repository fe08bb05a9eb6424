"""Changes of accounts by their owners: registering, confirming, passwords, addresses, sessions.

Hashing is done by whoever calls, before the transaction begins. An operation that depends on a hash
gets the one that was compared, and does nothing when it has been replaced meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Request
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from core.access.actors import SYSTEM, Actor, Viewer
from core.errors import DomainError
from core.events.log import record
from core.notices.refusals import forget_refusal
from core.people import events
from core.people.consent import VERSION
from core.people.models import SignedInSession, User
from core.people.sessions import digest_of, end_sessions, open_session
from core.people.tokens import CHANGE_EMAIL, CONFIRM, RESET, user_of_token
from core.platform.dates import DEFAULT_ZONE
from core.platform.db import HOLD, db, operation, utcnow
from core.platform.i18n import core_domain

_ = core_domain.gettext


@dataclass(frozen=True, kw_only=True)
class Registration:
    """What somebody says of themselves on registering; ``email`` is in its normal spelling."""

    email: str
    surname: str
    given_name: str
    patronymic: str = ""
    school_id: int | None = None
    other_school: str = ""
    position: str = ""
    locale: str = ""
    zone_name: str = DEFAULT_ZONE


def register(registration: Registration, password_hash: str) -> None:
    """Make an account, or tell the owner of the address by letter that there is one already.

    Both look alike from outside; two registrations at the same moment make one account.
    """
    try:
        _register(SYSTEM, registration, password_hash)
    except IntegrityError:
        _register(SYSTEM, registration, password_hash)


@operation
def _register(actor: Actor, registration: Registration, password_hash: str) -> None:
    known = db.session.scalar(select(User.id).where(User.email == registration.email))
    if known is not None:
        record(events.REGISTRATION_REPEATED, actor, subject_id=known)
        return
    user = User(**vars(registration), password_hash=password_hash)
    db.session.add(user)
    db.session.flush()
    record(events.REGISTERED, user, subject_id=user.id, consent=VERSION)


@operation
def confirm_email(actor: Actor, token: str) -> bool:
    """Note that the address belongs to the person; False for a link that is used or too old."""
    user = user_of_token(CONFIRM, token, lock=True)
    if user is None:
        return False
    user.email_confirmed_at = utcnow()
    record(events.EMAIL_CONFIRMED, user, subject_id=user.id)
    return True


@operation
def sign_in(actor: Actor, user_id: int, compared_hash: str, new_hash: str, request: Request) -> str:
    """Begin a session after the password was found right; answers its key.

    ``new_hash`` replaces a hash made with weaker settings; it may be empty. Raises DomainError when
    the password was changed or the account closed at the same moment.
    """
    user = db.session.get(User, user_id, with_for_update=HOLD)
    if user is None or user.state != "active" or user.password_hash != compared_hash:
        raise DomainError(_("Something has changed just now. Please try once more."))
    if new_hash:
        user.password_hash = new_hash
    user.last_seen_on = utcnow().date()
    record(events.SIGNED_IN, user, subject_id=user.id)
    return open_session(user, user, request)


@operation
def request_reset(actor: Actor, email: str) -> None:
    """Ask for the letter with which one sets a new password.

    An unknown address is noted in the same way, without a person, so that it takes equally long.
    """
    query = select(User.id).where(User.email == email, User.state == "active")
    record(events.RESET_REQUESTED, actor, subject_id=db.session.scalar(query))


@operation
def reset_password(actor: Actor, token: str, password_hash: str) -> bool:
    """Set a new password by the link of a letter, and sign the person out everywhere.

    False for a link that is used or too old. Who has read the letter owns the address.
    """
    user = user_of_token(RESET, token, lock=True)
    if user is None:
        return False
    user.password_hash = password_hash
    user.email_confirmed_at = user.email_confirmed_at or utcnow()
    end_sessions(user, user.id)
    record(events.PASSWORD_CHANGED, user, subject_id=user.id)
    return True


@operation
def change_password(viewer: Viewer, compared_hash: str, password_hash: str) -> None:
    """Set a new password; all other sessions of the person end."""
    user = _unchanged(viewer, compared_hash)
    user.password_hash = password_hash
    end_sessions(viewer, user.id, except_key=viewer.session_id)
    record(events.PASSWORD_CHANGED, viewer, subject_id=user.id)


@operation
def request_email_change(viewer: Viewer, compared_hash: str, email: str) -> None:
    """Remember the address somebody wants; it counts once its owner has confirmed it."""
    user = _unchanged(viewer, compared_hash)
    user.pending_email = email
    record(events.EMAIL_CHANGE_REQUESTED, viewer, subject_id=user.id)


def change_email(token: str) -> bool:
    """Put the confirmed new address in the place of the old; False for a link that is no good.

    Raises DomainError when another account has got that address meanwhile.
    """
    try:
        return _change_email(SYSTEM, token)
    except IntegrityError as error:
        raise DomainError(_("Another account has this address already.")) from error


@operation
def _change_email(actor: Actor, token: str) -> bool:
    user = user_of_token(CHANGE_EMAIL, token, lock=True)
    if user is None or not user.pending_email:
        return False
    user.email, user.pending_email = user.pending_email, None
    forget_refusal(user, user.id)
    user.email_confirmed_at = utcnow()
    record(events.EMAIL_CHANGED, user, subject_id=user.id)
    return True


def _unchanged(viewer: Viewer, compared_hash: str) -> User:
    user = db.session.get_one(User, viewer.id, with_for_update=HOLD, populate_existing=True)
    if user.password_hash != compared_hash:
        raise DomainError(_("Something has changed just now. Please try once more."))
    return user


@operation
def end_own_session(viewer: Viewer, digest: str) -> None:
    """Sign one of a person's own sessions out; those of others are not touched."""
    db.session.execute(
        delete(SignedInSession).where(
            SignedInSession.digest == digest, SignedInSession.user_id == viewer.id
        )
    )


@operation
def sign_out(viewer: Viewer) -> None:
    """End the session of this browser, on the server too."""
    end_own_session(viewer, digest_of(viewer.session_id))


@operation
def prefer(viewer: Viewer, **look: Any) -> None:
    """Keep how somebody wants the site: ``locale``, ``theme``, ``large_text``."""
    user = db.session.get_one(User, viewer.id)
    for name, value in look.items():
        setattr(user, name, value)
