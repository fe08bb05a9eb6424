"""Who can read what is written in a community: for mentions and for telling people of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

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


def belongs(user_id: Any, community_id: Any, now: Any) -> ColumnElement[bool]:
    """That somebody has a role, more than a guest's, in a community at a moment: a condition for a
    query in which each of the three is a value or a column."""
    held = (
        select(Appointment.id)
        .join(Role, Role.id == Appointment.role_id)
        .where(Appointment.user_id == user_id, Role.community_id == community_id)
        .where(Role.archetype != GUEST, Appointment.starts_at <= now)
        .where(or_(Appointment.ends_at.is_(None), Appointment.ends_at > now))
    )
    return held.exists().correlate_except(Appointment, Role)


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


def able_to(community: Community | None, capability: str) -> set[int]:
    """People whom a role of the community, or their leading its parent, gives a right; vetoes and
    roles of the site do not count. Without a community: people whom a role of the site gives it.
    Two queries."""
    wanted = registry().capabilities()[capability]
    rows = db.session.execute(
        select(Role, RoleGrant.granted)
        .outerjoin(RoleGrant, (RoleGrant.role_id == Role.id) & (RoleGrant.capability == capability))
        .where(_roles_at(community))
    )
    able = [role.id for role, granted in rows if _allows(role, granted, wanted)]
    query = select(Appointment.user_id).where(Appointment.role_id.in_(able))
    return set(db.session.scalars(in_term(query)))


def _roles_at(community: Community | None) -> ColumnElement[bool]:
    if community is None:
        return Role.community_id.is_(None)
    here = Role.community_id == community.id
    if community.parent_id is None:
        return here
    return here | (Role.community_id == community.parent_id) & (Role.archetype == MANAGER)


def _allows(role: Role, granted: bool | None, capability: Capability) -> bool:
    grants = () if granted is None else ((capability.name, granted),)
    held = HeldRole(role.id, role.key, role.title, role.archetype_of, True, grants)
    return held.allows(capability)


def readers_matching(community: Community, words: str, limit: int = 8) -> Sequence[Face]:
    """People to mention in the community who are called so; see :func:`people_named`. One query."""
    return people_named(User.id.in_(reader_ids(community.id)), words, limit)


def people_named(among: ColumnElement[bool], words: str, limit: int) -> Sequence[Face]:
    """People among some who are called so: «Семёнова», «оль сем», «Ольга Петровна» or «Семёнова
    О. П.». By a patronymic alone nobody is called."""
    query = (
        select(*face_columns())
        .select_from(User)
        .outerjoin(School, School.id == User.school_id)
        .where(User.state == "active", among)
    )
    parts = [User.surname, User.given_name]
    for word in words.casefold().replace(".", " ").split()[:3]:
        begins = (func.lower(part).startswith(word, autoescape=True) for part in parts)
        query = query.where(or_(*begins))
        parts = [User.surname, User.given_name, User.patronymic]
    rows = db.session.execute(query.order_by(User.surname, User.given_name, User.id).limit(limit))
    return [face_of(row, Face) for row in rows]
