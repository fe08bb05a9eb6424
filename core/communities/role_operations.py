"""Who holds which role from when until when, and what a role may do here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from core.access.actors import Actor
from core.access.appointments import appoint
from core.access.matrix import is_settled, role_called
from core.access.models import Appointment, Role, RoleGrant
from core.access.standing import forget_standings
from core.communities import events
from core.communities.models import Community
from core.communities.operations import keep_a_coordinator, locked
from core.communities.queries import membership_of
from core.contract.manifest import MANAGER, Archetype
from core.contract.registry import registry
from core.errors import Conflict, DomainError
from core.events.log import record
from core.platform.db import HOLD, after_commit, db, operation, utcnow
from core.platform.i18n import core_domain

_ = core_domain.gettext

# Joining and leaving give and end these; nobody is appointed to them.
BY_MEMBERSHIP = frozenset({"member", "guest"})


@dataclass(frozen=True)
class Term:
    """From when until when somebody is appointed (None: from now, without end), and why."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    basis: str = ""


@operation
def appoint_member(
    actor: Actor, community: Community, user_id: int, key: str, term: Term
) -> Appointment:
    """Give a member a role for a term. A person may hold several roles at a time.

    Raises DomainError for an impossible term, for an outsider, and for a role that they hold.
    """
    community = locked(community)
    starts_at = term.starts_at or utcnow()
    if term.ends_at is not None and term.ends_at <= max(starts_at, utcnow()):
        raise DomainError(_("The term ends before it begins. Check the dates."))
    membership = membership_of(community, user_id)
    if membership is None or not membership.is_active:
        raise DomainError(_("Only members can be appointed. Let the person join first."))
    if key in BY_MEMBERSHIP:
        raise DomainError(_("This role comes with membership; nobody is appointed to it."))
    role = role_called(community.id, key)
    if _overlapping(role, user_id, starts_at, term.ends_at):
        raise Conflict(_("This person holds the role in that time already."))
    appointment = appoint(
        actor, community.id, key, user_id,
        basis=term.basis.strip(), starts_at=starts_at, ends_at=term.ends_at,
    )  # fmt: skip
    record(events.APPOINTED, actor, community=community, subject_id=user_id, role=key)
    return appointment


def _overlapping(role: Role, user_id: int, starts: datetime, ends: datetime | None) -> bool:
    query = select(Appointment.id).where(
        Appointment.role_id == role.id,
        Appointment.user_id == user_id,
        or_(Appointment.ends_at.is_(None), Appointment.ends_at > starts),
    )
    if ends is not None:
        query = query.where(Appointment.starts_at < ends)
    return db.session.scalar(query.limit(1)) is not None


@operation
def dismiss(actor: Actor, community: Community, appointment: Appointment) -> None:
    """End an appointment now; one that has not begun never will.

    Raises DomainError for membership (one leaves, or is excluded), and for the only coordinator.
    """
    community = locked(community)
    db.session.refresh(appointment, with_for_update=HOLD)
    role, now = appointment.role, utcnow()
    if role.key in BY_MEMBERSHIP:
        raise DomainError(_("This role comes with membership; nobody is dismissed from it."))
    if appointment.ends_at is not None and appointment.ends_at <= now:
        raise Conflict(_("This appointment has ended already."))
    if role.archetype == MANAGER and appointment.starts_at <= now:
        keep_a_coordinator(community, appointment.user_id)
    appointment.ends_at = now
    after_commit(forget_standings)
    record(
        events.DISMISSED, actor, community=community, subject_id=appointment.user_id, role=role.key
    )


@operation
def set_grant(
    actor: Actor, community: Community, key: str, capability: str, granted: bool | None
) -> None:
    """Give a role a right here or take it away, whatever its archetype says; None: as it was meant.

    Raises DomainError for a right that is not settled by communities, or that nobody could restore.
    """
    community = locked(community)
    known = registry().capabilities().get(capability)
    if known is None or not is_settled(known.name):
        raise DomainError(_("This right is not given by communities."))
    role = role_called(community.id, key)
    _check_grant(role, capability, granted)
    grant = db.session.get(RoleGrant, (role.id, capability))
    if granted is None:
        if grant is not None:
            db.session.delete(grant)
    elif grant is None:
        db.session.add(RoleGrant(role_id=role.id, capability=capability, granted=granted))
    else:
        grant.granted = granted
    record(
        events.GRANTS_CHANGED, actor, community=community,
        role=key, capability=capability, granted=granted,
    )  # fmt: skip
    after_commit(forget_standings)


def _check_grant(role: Role, capability: str, granted: bool | None) -> None:
    managing = capability.startswith("communities.")
    if granted is False and managing and role.archetype == MANAGER:
        raise DomainError(_("A coordinator keeps this right: nobody else could give it back."))
    if granted is True and managing and role.archetype == Archetype.GUEST:
        raise DomainError(_("Only members can manage a community."))
