"""Who can read what is written in a community: for mentions and for telling people of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, func, select

from core.access.models import Appointment, Role
from core.communities.faces import Face, face_columns, face_of
from core.communities.models import Community
from core.communities.queries import in_term
from core.contract.manifest import GUEST
from core.people.models import School, User
from core.platform.db import db


def reader_ids(community: Community) -> Select[int]:
    """People with a role in the community at this moment, to narrow other queries with."""
    query = (
        select(Appointment.user_id)
        .join(Role, Role.id == Appointment.role_id)
        .where(Role.community_id == community.id, Role.archetype != GUEST)
    )
    narrowed: Select[int] = in_term(query)
    return narrowed


def readers_among(community: Community, ids: Iterable[int]) -> set[int]:
    """Which of these people can read what is written in the community; one query."""
    query = select(User.id).where(
        User.id.in_(list(ids)), User.state == "active", User.id.in_(reader_ids(community))
    )
    return set(db.session.scalars(query))


def readers_matching(community: Community, words: str, limit: int = 8) -> Sequence[Face]:
    """People to mention in the community whose surname or name begins like this; one query."""
    query = (
        select(*face_columns())
        .select_from(User)
        .outerjoin(School, School.id == User.school_id)
        .where(User.state == "active", User.id.in_(reader_ids(community)))
    )
    for word in words.casefold().split()[:3]:
        fits = func.lower(User.surname).startswith(word, autoescape=True) | func.lower(
            User.given_name
        ).startswith(word, autoescape=True)
        query = query.where(fits)
    rows = db.session.execute(query.order_by(User.surname, User.given_name, User.id).limit(limit))
    return [face_of(row, Face) for row in rows]
