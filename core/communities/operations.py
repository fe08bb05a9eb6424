"""Changes of communities and of who belongs to them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from core.access.actors import Actor
from core.access.appointments import appoint, end_appointments, founding_roles
from core.communities import events
from core.communities.models import (
    Charter,
    Community,
    CommunityState,
    Membership,
    MembershipState,
)
from core.contract.models import switch_in_community
from core.contract.registry import registry
from core.errors import DomainError
from core.events.log import record
from core.people.models import User
from core.platform.db import db, operation, utcnow
from core.platform.html import clean
from core.platform.i18n import core_domain

_ = core_domain.gettext

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{1,58}[a-z0-9])")


@dataclass(frozen=True)
class Founding:
    """What a community begins with; ``about`` holds further columns of the community."""

    slug: str
    title: str
    about: Mapping[str, Any]
    charter: str = ""
    parent: Community | None = None


@operation
def found(actor: Actor, founding: Founding, coordinator: User) -> Community:
    """Create a community with its roles, first charter, every form of activity on, and a coordinator.

    Raises DomainError for an address that is malformed or taken.
    """
    if not SLUG.fullmatch(founding.slug):
        raise DomainError(_("An address is 3 to 60 Latin letters, digits and hyphens."))
    if db.session.scalar(select(Community.id).where(Community.slug == founding.slug)):
        raise DomainError(_("Another community has this address already."))
    community = Community(slug=founding.slug, title=founding.title, **founding.about)
    community.parent_id = founding.parent.id if founding.parent else None
    db.session.add(community)
    db.session.flush()
    founding_roles(community.id)
    for name in registry().enabled_in(None):
        switch_in_community(name, community.id, True)
    if founding.charter:
        _add_charter(actor, community, founding.charter)
    record(events.FOUNDED, actor, community=community, title=community.title)
    _admit(actor, community, coordinator, _membership(community, coordinator))
    appoint(actor, community.id, "coordinator", coordinator.id, basis=_("Founded the community"))
    return community


@operation
def change(actor: Actor, community: Community, **values: Any) -> None:
    """Change what a community says of itself and its policies; unknown names raise TypeError."""
    for name, value in values.items():
        if name not in Community.__table__.columns:
            raise TypeError(f"a community has no {name}")
        setattr(community, name, value)
    record(events.CHANGED, actor, community=community, changed=sorted(values))


@operation
def set_state(actor: Actor, community: Community, state: CommunityState) -> None:
    """Open a draft, or end a community: it stays readable and nothing in it is lost."""
    community.state = state
    kinds = {CommunityState.ACTIVE: events.OPENED, CommunityState.LIQUIDATED: events.LIQUIDATED}
    record(kinds.get(state, events.CHANGED), actor, community=community)


@operation
def set_charter(actor: Actor, community: Community, body: str) -> int:
    """Publish a new version of the rules; members are asked to accept it. Returns its number."""
    return _add_charter(actor, community, body)


def _add_charter(actor: Actor, community: Community, body: str) -> int:
    community.charter_version += 1
    db.session.add(
        Charter(
            community_id=community.id,
            version=community.charter_version,
            body=clean(body),
            author_id=actor.id,
        )
    )
    record(events.CHARTER_CHANGED, actor, community=community, version=community.charter_version)
    return community.charter_version


def locked(community: Community) -> Community:
    """The community's row, held until the operation ends, so that limits cannot be overrun."""
    query = select(Community).where(Community.id == community.id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def _membership(community: Community, user: User) -> Membership:
    query = select(Membership).where(
        Membership.community_id == community.id, Membership.user_id == user.id
    )
    membership = db.session.scalar(query)
    if membership is None:
        membership = Membership(community_id=community.id, user_id=user.id)
        db.session.add(membership)
    return membership


@operation
def join(
    actor: Actor, community: Community, user: User, *, accepted: int = 0, note: str = ""
) -> Membership:
    """Ask to be a member, having accepted a version of the charter; at once where joining is open.

    Raises DomainError when the charter was not accepted, the community is full or has ended.
    """
    community = locked(community)
    if not community.is_active:
        raise DomainError(_("This community does not take members now."))
    if accepted < community.charter_version:
        raise DomainError(_("Read the rules of the community and accept them first."))
    membership = _membership(community, user)
    if membership.is_active:
        return membership
    if membership.state == MembershipState.EXCLUDED:
        raise DomainError(_("You were excluded from this community. Write to its coordinator."))
    membership.charter_version, membership.note, membership.reason = accepted, note, ""
    membership.state, membership.requested_at = MembershipState.REQUESTED, utcnow()
    if community.admission == "open":
        _admit(actor, community, user, membership)
    else:
        record(events.JOIN_REQUESTED, actor, community=community, subject_id=user.id)
    return membership


@operation
def admit(actor: Actor, membership: Membership) -> None:
    """Let somebody in who asked. Raises DomainError when all places are taken."""
    community = locked(membership.community)
    db.session.refresh(membership, with_for_update=True)
    if membership.state != MembershipState.REQUESTED or membership.user is None:
        raise DomainError(_("Somebody has already decided on this request."))
    _admit(actor, community, membership.user, membership)


def _admit(actor: Actor, community: Community, user: User, membership: Membership) -> None:
    taken = db.session.scalar(
        select(func.count())
        .select_from(Membership)
        .where(Membership.community_id == community.id, Membership.state == MembershipState.ACTIVE)
    )
    if community.member_limit is not None and (taken or 0) >= community.member_limit:
        raise DomainError(_("All places in this community are taken."))
    membership.state = MembershipState.ACTIVE
    membership.joined_at = membership.decided_at = utcnow()
    membership.decided_by_id, membership.left_at = actor.id, None
    membership.charter_version = membership.charter_version or community.charter_version
    community.member_count = (taken or 0) + 1
    appoint(actor, community.id, "member", user.id, basis=_("Joined the community"))
    record(events.MEMBER_JOINED, actor, community=community, subject_id=user.id)


@operation
def refuse(actor: Actor, membership: Membership, reason: str) -> None:
    """Turn a request down, with a reason the person can read."""
    if not reason.strip():
        raise DomainError(_("Give a reason: the person will read it."))
    db.session.refresh(membership, with_for_update=True)
    if membership.state != MembershipState.REQUESTED:
        raise DomainError(_("Somebody has already decided on this request."))
    membership.state, membership.reason = MembershipState.REFUSED, reason.strip()
    membership.decided_by_id, membership.decided_at = actor.id, utcnow()
    record(
        events.MEMBER_REFUSED, actor, community=membership.community, subject_id=membership.user_id
    )


@operation
def leave(actor: Actor, membership: Membership) -> None:
    """Leave at any time, without anybody's permission; all appointments here end with it."""
    _end(actor, membership, MembershipState.LEFT, "")
    record(events.MEMBER_LEFT, actor, community=membership.community, subject_id=membership.user_id)


@operation
def exclude(actor: Actor, membership: Membership, reason: str) -> None:
    """Put somebody out, with a reason; they cannot come back by themselves."""
    if not reason.strip():
        raise DomainError(_("Give a reason: the person will read it."))
    _end(actor, membership, MembershipState.EXCLUDED, reason.strip())
    record(
        events.MEMBER_EXCLUDED, actor, community=membership.community, subject_id=membership.user_id
    )


def _end(actor: Actor, membership: Membership, state: MembershipState, reason: str) -> None:
    community = locked(membership.community)
    db.session.refresh(membership, with_for_update=True)
    if membership.is_active:
        community.member_count = max(0, community.member_count - 1)
    membership.state, membership.reason, membership.left_at = state, reason, utcnow()
    if membership.user_id is not None:
        end_appointments(community.id, membership.user_id)


@operation
def accept_charter(actor: Actor, membership: Membership, version: int) -> None:
    """Accept the rules as they stand now; an older version than that is no answer."""
    if version < membership.community.charter_version:
        raise DomainError(_("The rules have changed again meanwhile. Read them once more."))
    membership.charter_version = version
    record(events.CHARTER_ACCEPTED, actor, community=membership.community, version=version)
