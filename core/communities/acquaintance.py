"""Who knows whom: people meet in communities, and know those who are in one with them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, and_, select, true
from sqlalchemy.orm import aliased

from core.access.actors import Viewer
from core.access.standing import can
from core.communities.faces import Face, face_columns, face_of
from core.communities.models import Community, CommunityState, Membership, MembershipState
from core.communities.readers import people_named
from core.people.models import School, User
from core.platform.db import db


def known_to(viewer: Viewer) -> ColumnElement[bool]:
    """For queries about people: members of a community with the viewer, whose pages they may
    open; for administrators everybody with an account."""
    everybody = can(viewer, "site.administer")
    return and_(User.state == "active", true() if everybody else _share_a_community(viewer))


def _share_a_community(viewer: Viewer) -> ColumnElement[bool]:
    theirs = aliased(Membership)
    shared = (
        select(Membership.id)
        .join(theirs, theirs.community_id == Membership.community_id)
        .where(Membership.user_id == viewer.id, Membership.state == MembershipState.ACTIVE)
        .where(theirs.user_id == User.id, theirs.state == MembershipState.ACTIVE)
        .correlate(User)
    )
    return shared.exists()


def acquaintances(viewer: Viewer, ids: Collection[int]) -> dict[int, Face]:
    """Those of these people whom the viewer knows, by id; one query."""
    query = (
        select(*face_columns())
        .select_from(User)
        .outerjoin(School, School.id == User.school_id)
        .where(User.id.in_(ids), known_to(viewer))
    )
    return {row.id: face_of(row, Face) for row in db.session.execute(query)} if ids else {}


def acquaintances_named(viewer: Viewer, words: str, limit: int = 8) -> Sequence[Face]:
    """People the viewer knows whose surname or name begins like this, themself left out; one
    query."""
    return people_named(and_(known_to(viewer), User.id != viewer.id), words, limit)


def shared_communities(viewer: Viewer, person_id: int) -> Sequence[Community]:
    """Communities in which both the viewer and somebody are members, by title; one query."""
    mine, theirs = aliased(Membership), aliased(Membership)
    query = (
        select(Community)
        .join(mine, mine.community_id == Community.id)
        .join(theirs, theirs.community_id == Community.id)
        .where(mine.user_id == viewer.id, mine.state == MembershipState.ACTIVE)
        .where(theirs.user_id == person_id, theirs.state == MembershipState.ACTIVE)
        .where(Community.state == CommunityState.ACTIVE)
        .order_by(Community.title, Community.id)
    )
    return db.session.scalars(query).all()
