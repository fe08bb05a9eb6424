"""Who can read what is written in a community: for mentions and for telling people of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import Select, func, or_, select

from core.access.models import Appointment, Role, RoleGrant
from core.access.standing import HeldRole, role_title
from core.communities.faces import Face, face_columns, face_of
from core.communities.models import Community
from core.communities.queries import in_term
from core.contract.manifest import GUEST, MANAGER, Capability
from core.contract.registry import registry
from core.people.models import School, User
from core.platform.db import db


def reader_ids(community_id: int) -> Select[int]:
    """People with a role in the community at this moment, to narrow other queries with."""
    query = (
        select(Appointment.user_id)
        .join(Role, Role.id == Appointment.role_id)
        .where(Role.community_id == community_id, Role.archetype != GUEST)
    )
    narrowed: Select[int] = in_term(query)
    return narrowed


def holders_at(community_id: int, moment: datetime, keys: Collection[str] = ()) -> Select[int]:
    """People who held a role of the community at a moment, perhaps one of these alone: a query for
    their ids. Whoever came or went since makes no difference."""
    query = (
        select(Appointment.user_id)
        .join(Role, Role.id == Appointment.role_id)
        .where(Role.community_id == community_id, Role.archetype != GUEST)
        .where(Appointment.starts_at <= moment)
        .where(or_(Appointment.ends_at.is_(None), Appointment.ends_at > moment))
    )
    return query.where(Role.key.in_(keys)) if keys else query


def roles_in(community: Community) -> list[tuple[str, str]]:
    """The roles of a community that are more than a guest's: their keys and titles."""
    query = select(Role.key, Role.title).where(
        Role.community_id == community.id, Role.archetype != GUEST
    )
    return [
        (row.key, role_title(row.key, row.title))
        for row in db.session.execute(query.order_by(Role.id))
    ]


def readers_among(community: Community, ids: Iterable[int]) -> set[int]:
    """Which of these people can read what is written in the community; one query."""
    query = select(User.id).where(
        User.id.in_(list(ids)), User.state == "active", User.id.in_(reader_ids(community.id))
    )
    return set(db.session.scalars(query))


def able_to(community: Community, capability: str) -> set[int]:
    """People whom a role of the community, or their leading its parent, gives a right; vetoes and
    roles of the site do not count. Two queries."""
    wanted = registry().capabilities()[capability]
    here = Role.community_id == community.id
    above = (Role.community_id == community.parent_id) & (Role.archetype == MANAGER)
    rows = db.session.execute(
        select(Role, RoleGrant.granted)
        .outerjoin(RoleGrant, (RoleGrant.role_id == Role.id) & (RoleGrant.capability == capability))
        .where(here if community.parent_id is None else here | above)
    )
    able = [role.id for role, granted in rows if _allows(role, granted, wanted)]
    query = select(Appointment.user_id).where(Appointment.role_id.in_(able))
    return set(db.session.scalars(in_term(query)))


def _allows(role: Role, granted: bool | None, capability: Capability) -> bool:
    grants = () if granted is None else ((capability.name, granted),)
    held = HeldRole(role.id, role.key, role.title, role.archetype_of, True, grants)
    return held.allows(capability)


def readers_matching(community: Community, words: str, limit: int = 8) -> Sequence[Face]:
    """People to mention in the community whose surname or name begins like this; one query."""
    query = (
        select(*face_columns())
        .select_from(User)
        .outerjoin(School, School.id == User.school_id)
        .where(User.state == "active", User.id.in_(reader_ids(community.id)))
    )
    for word in words.casefold().split()[:3]:
        fits = func.lower(User.surname).startswith(word, autoescape=True) | func.lower(
            User.given_name
        ).startswith(word, autoescape=True)
        query = query.where(fits)
    rows = db.session.execute(query.order_by(User.surname, User.given_name, User.id).limit(limit))
    return [face_of(row, Face) for row in rows]
