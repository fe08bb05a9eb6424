"""Appointing to roles and ending it, inside operations of the rooms above, which record it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select, update

from core.access.actors import Actor
from core.access.capabilities import COMMUNITY_ROLES, SITE_ROLES
from core.access.models import Appointment, Role
from core.access.standing import forget_standings
from core.contract.registry import registry
from core.platform.db import db, utcnow


def founding_roles(community_id: int) -> None:
    """Give a new community the shipped roles, and those that plugins bring."""
    for template in (*COMMUNITY_ROLES, *registry().role_templates()):
        db.session.add(
            Role(community_id=community_id, key=template.key, archetype=template.archetype)
        )
    db.session.flush()


def site_role(key: str) -> Role:
    """A role of the site by its key, made when it is first needed."""
    role = db.session.scalar(select(Role).where(Role.community_id.is_(None), Role.key == key))
    if role is None:
        template = next(t for t in SITE_ROLES if t.key == key)
        role = Role(community_id=None, key=key, archetype=template.archetype)
        db.session.add(role)
        db.session.flush()
    return role


def role_in(community_id: int, key: str) -> Role:
    """A role of a community by its key; raises NoResultFound for an unknown one."""
    query = select(Role).where(Role.community_id == community_id, Role.key == key)
    return db.session.scalars(query).one()


def appoint(
    actor: Actor,
    community_id: int | None,
    key: str,
    user_id: int,
    *,
    basis: str = "",
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Appointment:
    """Appoint a person to a role of a community, or (None) of the site."""
    role = site_role(key) if community_id is None else role_in(community_id, key)
    appointment = Appointment(
        role_id=role.id,
        user_id=user_id,
        basis=basis,
        starts_at=starts_at or utcnow(),
        ends_at=ends_at,
        appointed_by_id=actor.id,
    )
    db.session.add(appointment)
    db.session.flush()
    forget_standings()
    return appointment


def end_appointments(community_id: int | None, user_id: int, key: str | None = None) -> None:
    """End what somebody holds in a community (or on the site): all of it, or one role."""
    roles = select(Role.id).where(Role.community_id == community_id)
    if key is not None:
        roles = roles.where(Role.key == key)
    now = utcnow()
    db.session.execute(
        update(Appointment)
        .where(Appointment.user_id == user_id, Appointment.role_id.in_(roles))
        .where(or_(Appointment.ends_at.is_(None), Appointment.ends_at > now))
        .values(ends_at=now)
    )
    forget_standings()
