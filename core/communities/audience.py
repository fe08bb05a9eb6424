"""Audiences: people of communities (or of the whole site), narrowed by what they are there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from core.access.matrix import community_templates
from core.access.models import Appointment, Role
from core.access.standing import role_title
from core.communities.queries import in_term
from core.contract.manifest import GUEST
from core.people.models import School, User
from core.platform.db import db
from core.platform.words import folded

# So many categories and positions can be chosen from: the most frequent.
MOST_CHOICES = 40


@dataclass(frozen=True, kw_only=True)
class Audience:
    """People of these communities, or (None) everybody on the site; of several roles, categories
    of schools or positions one is enough, of several kinds of narrowing all hold."""

    communities: Sequence[int] | None
    roles: Sequence[str] = ()
    categories: Sequence[str] = ()
    positions: Sequence[str] = ()


@dataclass(frozen=True)
class AudienceChoices:
    """By what an audience can be narrowed, as its people are at present."""

    roles: list[tuple[str, str]]
    categories: list[str]
    positions: list[str]


def people_of(audience: Audience) -> Select[Any]:
    """A query for the ids of everybody in an audience at this moment, who has an account."""
    query = select(User.id).where(User.state == "active")
    if audience.communities is not None or audience.roles:
        query = query.where(User.id.in_(_holders(audience.communities, audience.roles)))
    if audience.categories:
        schools = select(School.id).where(School.category.in_(audience.categories))
        query = query.where(User.school_id.in_(schools))
    if audience.positions:
        wanted = [position.lower().replace("ё", "е") for position in audience.positions]
        query = query.where(folded(User.position).in_(wanted))
    return query


def _holders(communities: Sequence[int] | None, roles: Sequence[str]) -> Select[Any]:
    query = select(Appointment.user_id).join(Role, Role.id == Appointment.role_id)
    query = query.where(_in(communities), Role.archetype != GUEST)
    narrowed: Select[Any] = in_term(query.where(Role.key.in_(roles)) if roles else query)
    return narrowed


def _in(communities: Sequence[int] | None) -> ColumnElement[bool]:
    if communities is None:
        return or_(Role.community_id.is_(None), Role.community_id.is_not(None))
    return Role.community_id.in_(communities)


def audience_choices(communities: Sequence[int] | None) -> AudienceChoices:
    """By what the people of these communities, or of the site, can be narrowed; two queries."""
    people = people_of(Audience(communities=communities))
    roles = [(key, role_title(key)) for key in community_templates() if key != "guest"]
    return AudienceChoices(roles, _categories(people), _positions(people))


def _categories(people: Select[Any]) -> list[str]:
    query = (
        select(School.category)
        .join(User, User.school_id == School.id)
        .where(User.id.in_(people), School.category != "")
        .group_by(School.category)
        .order_by(func.count().desc(), School.category)
        .limit(MOST_CHOICES)
    )
    return sorted(db.session.scalars(query))


def _positions(people: Select[Any]) -> list[str]:
    """As they are written by most; capitals and «ё» make no difference."""
    query = (
        select(func.min(User.position))
        .where(User.id.in_(people), User.position != "")
        .group_by(folded(User.position))
        .order_by(func.count().desc(), func.min(User.position))
        .limit(MOST_CHOICES)
    )
    return sorted(position for position in db.session.scalars(query) if position)
