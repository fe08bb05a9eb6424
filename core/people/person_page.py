"""The page of a person: who may open it, and what it tells this viewer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import joinedload

from core.access.actors import Viewer
from core.access.models import Appointment, Role
from core.access.standing import can, role_title
from core.communities.acquaintance import known_to
from core.communities.models import (
    Community,
    CommunityState,
    Membership,
    MembershipState,
    Visibility,
)
from core.contents.models import Content
from core.contract.registry import registry
from core.people.models import User
from core.platform.db import db, utcnow


@dataclass(frozen=True)
class HeldHere:
    """One appointment: which role, in which community, from when until when; ``shared`` says that
    the viewer belongs to the community, too."""

    key: str
    title: str
    community: str
    slug: str
    shared: bool
    starts_at: datetime
    ends_at: datetime | None

    @property
    def is_past(self) -> bool:
        return self.ends_at is not None and self.ends_at <= utcnow()


@dataclass(frozen=True)
class Contribution:
    """How many contents of a kind somebody gave."""

    title: str
    count: int


def visible_person(viewer: Viewer, person_id: int) -> User | None:
    """Somebody whose page the viewer may open: oneself, members of a shared community, and for
    administrators everybody; None for all others, whether they exist or not."""
    query = select(User).options(joinedload(User.school)).where(User.id == person_id)
    user = db.session.scalar(query.where(User.state != "erased"))
    if user is None:
        return None
    if user.id == viewer.id or can(viewer, "site.administer"):
        return user
    shared = db.session.scalar(select(User.id).where(User.id == user.id, known_to(viewer)))
    return user if shared is not None else None


def _own_communities(viewer: Viewer) -> Select[int]:
    return select(Membership.community_id).where(
        Membership.user_id == viewer.id, Membership.state == MembershipState.ACTIVE
    )


def _everywhere(viewer: Viewer, user: User) -> bool:
    return user.id == viewer.id or can(viewer, "site.administer")


def _open(*visibilities: str) -> ColumnElement[bool]:
    """Communities whose outside is shown to those who are not in them."""
    return and_(Community.state == CommunityState.ACTIVE, Community.visibility.in_(visibilities))


def roles_of(viewer: Viewer, user: User) -> list[HeldHere]:
    """Roles with their terms, past ones too, in communities that the viewer may know of.

    Who is merely a member somewhere is known to the members there alone.
    """
    outside = and_(_open(Visibility.PUBLIC, Visibility.LISTED), Role.key != "member")
    known = or_(Community.id.in_(_own_communities(viewer)), outside)
    query = (
        select(
            Role.key, Role.title, Community.title.label("community"), Community.slug,
            Community.id.in_(_own_communities(viewer)).label("shared"),
            Appointment.starts_at, Appointment.ends_at,
        )
        .select_from(Appointment)
        .join(Role, Role.id == Appointment.role_id)
        .join(Community, Community.id == Role.community_id)
        .where(Appointment.user_id == user.id, Appointment.starts_at <= utcnow())
        .where(true() if _everywhere(viewer, user) else known)
        .order_by(Appointment.ends_at.is_not(None), Appointment.starts_at.desc(), Appointment.id)
        .limit(100)
    )  # fmt: skip
    return [
        HeldHere(
            row.key,
            role_title(row.key, row.title),
            row.community,
            row.slug,
            row.shared,
            row.starts_at,
            row.ends_at,
        )
        for row in db.session.execute(query)
    ]


def contributions_of(viewer: Viewer, user: User) -> list[Contribution]:
    """How much somebody contributed, by form, in communities that the viewer may read."""
    readable = or_(Community.id.in_(_own_communities(viewer)), _open(Visibility.PUBLIC))
    query = (
        select(Content.kind, func.count(Content.id))
        .join(Community, Community.id == Content.community_id)
        .where(Content.author_id == user.id)
        .where(true() if _everywhere(viewer, user) else readable)
        .where(Content.held_at.is_(None), Content.hidden_at.is_(None))
        .group_by(Content.kind)
    )
    types = registry().content_types()
    counted = [
        Contribution(str(types[kind].title), count)
        for kind, count in db.session.execute(query)
        if kind in types
    ]
    return sorted(counted, key=lambda c: (-c.count, c.title))
