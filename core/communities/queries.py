"""What is read of communities: who leads them, what they agreed on, which ones a person is in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, exists, or_, select

from core.access.actors import Viewer
from core.access.models import Appointment, Role
from core.access.standing import role_title, standing_of
from core.communities.faces import Face, face_columns, face_of
from core.communities.models import (
    Charter,
    Community,
    CommunityState,
    Membership,
    MembershipState,
    Visibility,
)
from core.contract.manifest import FACILITATOR, MANAGER, Archetype
from core.people.models import School, User
from core.platform.conditions import one_of
from core.platform.db import Moment, db, rows, utcnow

# The more a role is trusted with, the further in front it is named.
RANK = {archetype.value: place for place, archetype in enumerate(reversed(Archetype))}


def community_by_slug(slug: str) -> Community | None:
    """The community of an address, or None."""
    return db.session.scalar(select(Community).where(Community.slug == slug))


@dataclass(frozen=True, kw_only=True)
class StaffFace(Face):
    """Somebody with a role of trust, and what that role is called here."""

    role_key: str
    role_title: str


@dataclass(frozen=True)
class Staff:
    """Who leads a community: those who coordinate, and those who only moderate. ``alone`` when it
    is known that no other community stands below it."""

    coordinators: tuple[StaffFace, ...]
    moderators: tuple[StaffFace, ...]
    alone: bool = False


def in_term(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Narrow a query that has appointments in it to those that hold at this moment."""
    now = utcnow()
    return query.where(Appointment.starts_at <= now).where(
        or_(Appointment.ends_at.is_(None), Appointment.ends_at > now)
    )


def _at(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """The same for a query that is put together once: the moment is given as ``now``."""
    now = bindparam("now", type_=Moment)
    return query.where(Appointment.starts_at <= now).where(
        or_(Appointment.ends_at.is_(None), Appointment.ends_at > now)
    )


def _is_parent() -> ColumnElement[bool]:
    """Whether communities stand below this one, so that its home need not ask for them."""
    return exists().where(Community.parent_id == bindparam("community"))


STAFF = _at(
    select(*face_columns(), Role.key, Role.title, Role.archetype, _is_parent().label("is_parent"))
    .select_from(Appointment)
    .join(Role, Role.id == Appointment.role_id)
    .join(User, User.id == Appointment.user_id)
    .outerjoin(School, School.id == User.school_id)
    .where(Role.community_id == bindparam("community"))
    .where(one_of(Role.archetype, (MANAGER, FACILITATOR)), User.state == "active")
    .order_by(User.surname, User.given_name, User.id, Appointment.id)
)


def staff_of(community: Community) -> Staff:
    """Who coordinates and who moderates at this moment; one query."""
    found = rows(STAFF, {"community": community.id, "now": utcnow()}).all()
    leading = _faces(r for r in found if r.archetype == MANAGER)
    return Staff(
        tuple(leading.values()),
        tuple(f for f in _faces(r for r in found if r.archetype == FACILITATOR).values()
              if f.id not in leading),
        alone=bool(found) and not found[0].is_parent,
    )  # fmt: skip


def _faces(rows: Iterable[Row[Any]]) -> dict[int, StaffFace]:
    """One face a person, whatever the number of their appointments."""
    faces: dict[int, StaffFace] = {}
    for row in rows:
        title = role_title(row.key, row.title)
        faces.setdefault(row.id, face_of(row, StaffFace, role_key=row.key, role_title=title))
    return faces


def active_charter(community: Community) -> Charter | None:
    """The version of the rules that is in force, or None where there are none yet."""
    if not community.charter_version:
        return None
    return db.session.get(Charter, (community.id, community.charter_version))


def charter_above(community: Community, viewer: Viewer) -> Charter | None:
    """The rules of the parent, which hold here too; None where the viewer may not know of it."""
    parent = community.parent
    if parent is None:
        return None
    known = parent.is_active and parent.visibility != Visibility.PRIVATE
    return active_charter(parent) if known or not standing_of(viewer, parent).is_guest else None


def children_of(community: Community, *, hidden: bool = False) -> list[Community]:
    """The sub-communities that are open and may be known of; with ``hidden`` all of them."""
    query = select(Community).where(Community.parent_id == community.id).order_by(Community.title)
    if not hidden:
        query = query.where(
            Community.state == CommunityState.ACTIVE, Community.visibility != Visibility.PRIVATE
        )
    return list(db.session.scalars(query))


def membership_of(community: Community, user_id: int | None) -> Membership | None:
    """Somebody's membership, asked for, ended or active; None for guests and strangers."""
    if user_id is None:
        return None
    return db.session.scalar(
        select(Membership).where(
            Membership.community_id == community.id, Membership.user_id == user_id
        )
    )


@dataclass(frozen=True)
class MyCommunity:
    """A community as the list of one's own shows it; ``role`` is the title of the highest one."""

    id: int
    slug: str
    title: str
    state: str
    role: str
    member_count: int
    member_limit: int | None


OWN = _at(
    select(
        Community.id, Community.slug, Community.title, Community.state,
        Community.member_count, Community.member_limit,
        Role.key, Role.title.label("role_title"), Role.archetype,
    )
    .select_from(Appointment)
    .join(Role, Role.id == Appointment.role_id)
    .join(Community, Community.id == Role.community_id)
    .where(Appointment.user_id == bindparam("user"))
    .where(Community.state != CommunityState.LIQUIDATED)
)  # fmt: skip


def communities_of(viewer: Viewer) -> list[MyCommunity]:
    """Communities in which somebody holds a role and that have not ended; one query."""
    facts = {"user": viewer.id, "now": utcnow()}
    mine: dict[int, MyCommunity] = {}
    held = rows(OWN, facts).all() if viewer.is_authenticated else ()
    for row in sorted(held, key=lambda r: (RANK[r.archetype], r.key == "member")):
        title = role_title(row.key, row.role_title)
        mine.setdefault(
            row.id,
            MyCommunity(
                row.id, row.slug, row.title, row.state, title, row.member_count, row.member_limit
            ),
        )
    return sorted(mine.values(), key=lambda c: c.title.casefold())


def asked_to_join(viewer: Viewer) -> list[Community]:
    """Communities that have not yet answered somebody's request, the latest first; one query."""
    query = (
        select(Community)
        .join(Membership, Membership.community_id == Community.id)
        .where(Membership.user_id == viewer.id, Membership.state == MembershipState.REQUESTED)
        .order_by(Membership.requested_at.desc())
    )
    return list(db.session.scalars(query))
