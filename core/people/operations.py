"""Changes of what people say of themselves, and of what the site's staff decides about them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select

from core.access.actors import Actor
from core.access.appointments import appoint, end_appointments, site_role
from core.access.models import Appointment, Role
from core.errors import DomainError, Missing
from core.events.log import record
from core.people import events
from core.people.addresses import normal_email
from core.people.models import User
from core.people.sessions import end_sessions
from core.platform.db import HOLD, db, operation, utcnow
from core.platform.i18n import core_domain

_ = core_domain.gettext

ADMINISTRATOR, HEAD = "administrator", "head"
ABOUT_ONESELF = frozenset(
    "surname given_name patronymic school_id other_school position subjects helps_with about "
    "zone_name locale theme large_text invisible".split()
)


@operation
def change_profile(actor: Actor, user_id: int, **values: Any) -> None:
    """Change what a person says of themselves; raises TypeError for anything else."""
    unknown = values.keys() - ABOUT_ONESELF
    if unknown:
        raise TypeError(f"a profile has no {min(unknown)}")
    user = db.session.get_one(User, user_id)
    changed = sorted(name for name, value in values.items() if getattr(user, name) != value)
    for name in changed:
        setattr(user, name, values[name])
    if changed:
        record(events.PROFILE_CHANGED, actor, subject_id=user_id, changed=changed)


@operation
def change_photo(actor: Actor, user_id: int, address: str) -> None:
    """Put another photo (or, without an address, none) beside a name."""
    db.session.get_one(User, user_id).photo = address
    record(events.PROFILE_CHANGED, actor, subject_id=user_id, changed=["photo"])


@operation
def suspend(actor: Actor, user_id: int, reason: str) -> None:
    """Close somebody's account for a while: they are signed out and cannot come in again.

    Raises DomainError without a reason, and for the last administrator.
    """
    if not reason.strip():
        raise DomainError(_("Give a reason: the person will read it."))
    user = _person(user_id)
    if user.id == actor.id:
        raise DomainError(_("You cannot suspend yourself."))
    if user.state != "active":
        raise DomainError(_("This account is not active."))
    ensure_another_administrator(user)
    user.state = "suspended"
    end_sessions(actor, user.id)
    record(events.SUSPENDED, actor, subject_id=user.id, reason=reason.strip())


@operation
def restore(actor: Actor, user_id: int) -> None:
    """Open a suspended account again."""
    user = _person(user_id)
    if user.state != "suspended":
        raise DomainError(_("This account is not suspended."))
    user.state = "active"
    record(events.RESTORED, actor, subject_id=user.id)


@operation
def make_administrator(actor: Actor, email: str) -> None:
    """Make the person with this address an administrator of the site; twice is once.

    Whoever may do that vouches for the address: the first site may have no mail yet.
    """
    user = db.session.scalar(select(User).where(User.email == (normal_email(email) or email)))
    if user is None:
        raise Missing(_("Nobody has an account with this address."))
    user.email_confirmed_at = user.email_confirmed_at or utcnow()
    db.session.flush()
    appoint_to_site(actor, user.id, ADMINISTRATOR)


@operation
def appoint_to_site(actor: Actor, user_id: int, role: str) -> None:
    """Appoint somebody to ``administrator`` or ``head`` of the site; twice is once."""
    user = _person(user_id)
    if user.state != "active":
        raise DomainError(_("This account is not active."))
    if user.id in _holders(role):
        return
    appoint(actor, None, role, user.id)
    kinds = {ADMINISTRATOR: events.ADMINISTRATOR_MADE, HEAD: events.HEAD_MADE}
    record(kinds[role], actor, subject_id=user.id)


@operation
def dismiss_from_site(actor: Actor, user_id: int, role: str) -> None:
    """End somebody's term as ``administrator`` or ``head``; one administrator always stays."""
    user = _person(user_id)
    if role == ADMINISTRATOR:
        ensure_another_administrator(user)
    end_appointments(None, user.id, role)
    kinds = {ADMINISTRATOR: events.ADMINISTRATOR_UNMADE, HEAD: events.HEAD_UNMADE}
    record(kinds[role], actor, subject_id=user.id)


def ensure_another_administrator(user: User) -> None:
    """Inside an operation that takes an administrator away: raise if nobody else would be left.

    Holds the role's row, so that of two who dismiss each other one comes too late.
    """
    administrators = _holders(ADMINISTRATOR)
    if administrators == {user.id}:
        raise DomainError(_("This is the only administrator. Appoint another one first."))


def _holders(role: str) -> set[int]:
    """Active people who hold a role of the site now; the role stays locked until the commit."""
    row = site_role(role)
    db.session.execute(select(Role.id).where(Role.id == row.id).with_for_update(key_share=True))
    now = utcnow()
    query = (
        select(Appointment.user_id)
        .join(User, User.id == Appointment.user_id)
        .where(Appointment.role_id == row.id, User.state == "active", Appointment.starts_at <= now)
        .where(or_(Appointment.ends_at.is_(None), Appointment.ends_at > now))
    )
    return set(db.session.scalars(query))


def _person(user_id: int) -> User:
    user = db.session.get(User, user_id, with_for_update=HOLD, populate_existing=True)
    if user is None or user.state == "erased":
        raise Missing(_("There is no such person."))
    return user
