"""Founding communities, and changes of who belongs to them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from core.access.actors import Actor
from core.access.appointments import appoint, end_appointments, founding_roles
from core.communities import events
from core.communities.models import (
    Admission,
    Charter,
    Community,
    CommunityState,
    Membership,
    MembershipState,
)
from core.communities.queries import membership_of, staff_of
from core.contract.models import switch_in_community
from core.contract.registry import registry
from core.errors import Conflict, DomainError
from core.events.log import record
from core.people.models import User
from core.platform.db import HOLD, db, operation, utcnow
from core.platform.html import clean
from core.platform.i18n import core_domain

_ = core_domain.gettext

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{1,58}[a-z0-9]")


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
    """Create a community with its roles, first charter, all forms of activity, and a coordinator.

    Raises DomainError for an address that is malformed or taken, or a parent that is not open.
    """
    _check_founding(founding)
    community = Community(slug=founding.slug, title=founding.title, **founding.about)
    community.parent_id = founding.parent.id if founding.parent else None
    db.session.add(community)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise _address_taken() from error
    founding_roles(community.id)
    for name in registry().enabled_in(None):
        switch_in_community(name, community.id, True)
    if founding.charter:
        add_charter(actor, community, founding.charter)
    record(events.FOUNDED, actor, community=community, title=community.title)
    membership = _membership(community, coordinator)
    membership.charter_version = community.charter_version
    _admit(actor, community, coordinator, membership)
    appoint(actor, community.id, "coordinator", coordinator.id, basis=_("Founded the community"))
    return community


def _check_founding(founding: Founding) -> None:
    if not SLUG.fullmatch(founding.slug):
        raise DomainError(_("An address is 3 to 60 Latin letters, digits and hyphens."))
    if db.session.scalar(select(Community.id).where(Community.slug == founding.slug)):
        raise _address_taken()
    if founding.parent is not None and not founding.parent.is_active:
        raise DomainError(_("A sub-community can be founded in an open community only."))


def _address_taken() -> Conflict:
    return Conflict(_("Another community has this address already."))


def add_charter(actor: Actor, community: Community, body: str) -> int:
    """Store the next version of the rules, inside the operation that publishes it."""
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
    query = select(Community).where(Community.id == community.id).with_for_update(key_share=True)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def _membership(community: Community, user: User) -> Membership:
    membership = membership_of(community, user.id)
    if membership is None:
        membership = Membership(community_id=community.id, user_id=user.id)
        db.session.add(membership)
    return membership


def taken_places(community: Community) -> int:
    """How many members there are, counted anew: what limits are checked against."""
    active = select(func.count()).where(
        Membership.community_id == community.id, Membership.state == MembershipState.ACTIVE
    )
    return db.session.scalar(active) or 0


def _check_places(community: Community) -> int:
    taken = taken_places(community)
    if community.member_limit is not None and taken >= community.member_limit:
        raise Conflict(_("All places in this community are taken."))
    return taken


@operation
def join(
    actor: Actor, community: Community, user: User, *, accepted: int = 0, note: str = ""
) -> Membership:
    """Ask to be a member, having accepted the present charter; at once where joining is open.

    Asking twice asks once. Raises DomainError when another version of the charter was accepted,
    when all places are taken, when the person was excluded, or the community is not open.
    """
    community = locked(community)
    membership = _membership(community, user)
    if membership.is_active:
        return membership
    _check_joining(community, membership, accepted)
    asked_before = membership.state == MembershipState.REQUESTED
    membership.charter_version, membership.note, membership.reason = accepted, note.strip(), ""
    if community.admission == Admission.OPEN:
        _admit(actor, community, user, membership)
    elif not asked_before:
        membership.state, membership.requested_at = MembershipState.REQUESTED, utcnow()
        record(events.JOIN_REQUESTED, actor, community=community, subject_id=user.id)
    db.session.flush()
    return membership


def _check_joining(community: Community, membership: Membership, accepted: int) -> None:
    if not community.is_active:
        raise DomainError(_("This community does not take members now."))
    if membership.state == MembershipState.EXCLUDED:
        raise DomainError(_("You were excluded from this community. Write to its coordinator."))
    _check_places(community)
    if accepted != community.charter_version:
        raise DomainError(_("Read the rules of the community and accept them first."))


@operation
def withdraw(actor: Actor, membership: Membership) -> None:
    """Take one's request back before anybody has decided on it."""
    _refresh_request(membership)
    membership.state, membership.left_at = MembershipState.LEFT, utcnow()
    record(
        events.REQUEST_WITHDRAWN, actor,
        community=membership.community, subject_id=membership.user_id,
    )  # fmt: skip


def _refresh_request(membership: Membership) -> None:
    db.session.refresh(membership, with_for_update=HOLD)
    if membership.state != MembershipState.REQUESTED:
        raise Conflict(_("Somebody has already decided on this request."))


@operation
def admit(actor: Actor, membership: Membership) -> None:
    """Let somebody in who asked. Raises Conflict when all places are taken, or it is decided."""
    community = locked(membership.community)
    _refresh_request(membership)
    if not community.is_active:
        raise DomainError(_("This community does not take members now."))
    _admit(actor, community, membership.user, membership)


@operation
def include(actor: Actor, community: Community, user: User) -> None:
    """Take somebody in who did not ask, such as into a community that only its members know of.

    They accept the rules before they write anything, and leave when they like. Raises DomainError
    when they are a member already, when all places are taken, or the community has ended.
    """
    community = locked(community)
    if community.state == CommunityState.LIQUIDATED:
        raise DomainError(_("This community does not take members now."))
    membership = _membership(community, user)
    if membership.is_active:
        raise Conflict(_("This person is a member already."))
    membership.charter_version, membership.reason, membership.note = 0, "", ""
    _admit(actor, community, user, membership)


def _admit(
    actor: Actor, community: Community, user: User | None, membership: Membership
) -> None:  # fmt: skip
    community.member_count = _check_places(community) + 1
    membership.state = MembershipState.ACTIVE
    membership.joined_at = membership.decided_at = utcnow()
    membership.decided_by_id, membership.left_at = actor.id, None
    db.session.flush()
    if user is not None:
        appoint(actor, community.id, "member", user.id, basis=_("Joined the community"))
    record(events.MEMBER_JOINED, actor, community=community, subject_id=user.id if user else None)


@operation
def refuse(actor: Actor, membership: Membership, reason: str) -> None:
    """Turn a request down, with a reason the person can read."""
    if not reason.strip():
        raise DomainError(_("Give a reason: the person will read it."))
    _refresh_request(membership)
    membership.state, membership.reason = MembershipState.REFUSED, reason.strip()
    membership.decided_by_id, membership.decided_at = actor.id, utcnow()
    record(
        events.MEMBER_REFUSED, actor, community=membership.community, subject_id=membership.user_id
    )


@operation
def leave(actor: Actor, membership: Membership) -> None:
    """Leave at any time, without anybody's permission; all appointments here end with it.

    Raises DomainError for the only coordinator of a community that goes on.
    """
    _end(membership, MembershipState.LEFT, "")
    record(events.MEMBER_LEFT, actor, community=membership.community, subject_id=membership.user_id)


@operation
def exclude(actor: Actor, membership: Membership, reason: str) -> None:
    """Put somebody out, with a reason; they cannot come back by themselves."""
    if not reason.strip():
        raise DomainError(_("Give a reason: the person will read it."))
    _end(membership, MembershipState.EXCLUDED, reason.strip())
    membership.decided_by_id, membership.decided_at = actor.id, utcnow()
    record(
        events.MEMBER_EXCLUDED, actor, community=membership.community,
        subject_id=membership.user_id,
    )  # fmt: skip


@operation
def let_back(actor: Actor, membership: Membership) -> None:
    """Allow somebody who was excluded to ask for membership again."""
    db.session.refresh(membership, with_for_update=HOLD)
    if membership.state != MembershipState.EXCLUDED:
        raise Conflict(_("Somebody has already decided on this request."))
    membership.state, membership.reason = MembershipState.LEFT, ""
    record(
        events.MEMBER_LET_BACK, actor, community=membership.community,
        subject_id=membership.user_id,
    )  # fmt: skip


def _end(membership: Membership, state: MembershipState, reason: str) -> None:
    community = locked(membership.community)
    db.session.refresh(membership, with_for_update=HOLD)
    if not membership.is_active:
        raise Conflict(_("This membership has ended already."))
    if membership.user_id is not None:
        keep_a_coordinator(community, membership.user_id)
        end_appointments(community.id, membership.user_id)
    membership.state, membership.reason, membership.left_at = state, reason, utcnow()
    db.session.flush()
    community.member_count = taken_places(community)


def keep_a_coordinator(community: Community, without: int) -> None:
    """Raise DomainError if nobody but this person coordinates a community that goes on."""
    if community.state == CommunityState.LIQUIDATED:
        return
    if {face.id for face in staff_of(community).coordinators} == {without}:
        raise DomainError(
            _(
                "“%(community)s” cannot be without a coordinator. "
                "Appoint somebody else there first.",
                community=community.title,
            )
        )


@operation
def accept_charter(actor: Actor, membership: Membership, version: int) -> None:
    """Accept the rules as they stand now; another version than that is no answer."""
    community = locked(membership.community)
    if version != community.charter_version:
        raise Conflict(_("The rules have changed again meanwhile. Read them once more."))
    if membership.charter_version != version:
        membership.charter_version = version
        record(events.CHARTER_ACCEPTED, actor, community=community, version=version)
