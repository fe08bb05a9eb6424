"""Lists of people of a community: members, those who ask to be, and who holds which role."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, exists, select
from sqlalchemy.orm import aliased

from core.access.models import Appointment, Role
from core.access.standing import role_title
from core.communities.faces import Face, face_columns, face_of
from core.communities.models import Community, Membership, MembershipState
from core.communities.queries import in_term
from core.people.models import School, User
from core.platform.db import db, utcnow
from core.platform.paging import Page, paginate
from core.platform.words import contains_words, folded

# Who has not been here for so long is shown as dormant to those who manage.
DORMANT_AFTER = timedelta(days=90)
BY_NAME = (folded(User.surname), folded(User.given_name), User.id)
PEOPLE_WORDS = (
    User.surname, User.given_name, User.patronymic, User.subjects, User.helps_with,
    School.short_name, School.name,
)  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """Whom somebody looks for among the members."""

    words: str = ""
    role: str = ""
    school: int = 0


@dataclass(frozen=True, kw_only=True)
class Member(Face):
    """A member as the list shows them; ``roles`` is what they hold beside membership, each by its
    key and its title."""

    position: str
    subjects: str
    helps_with: str
    joined_at: datetime | None
    last_seen_on: date | None
    roles: tuple[tuple[str, str], ...] = ()

    @property
    def is_dormant(self) -> bool:
        seen = self.last_seen_on or (self.joined_at.date() if self.joined_at else None)
        return seen is not None and seen < utcnow().date() - DORMANT_AFTER


def members(community: Community, wanted: Wanted) -> Page[Member]:
    """People who belong to a community, by name, a page at a time: two queries."""
    query = (
        select(
            *face_columns(),
            User.position,
            User.subjects,
            User.helps_with,
            Membership.joined_at,
            User.last_seen_on,
        )
        .select_from(Membership)
        .join(User, User.id == Membership.user_id)
        .outerjoin(School, School.id == User.school_id)
        .where(*_active_in(community), contains_words(wanted.words, *PEOPLE_WORDS))
        .order_by(*BY_NAME)
    )
    if wanted.school:
        query = query.where(User.school_id == wanted.school)
    if wanted.role:
        query = query.where(_holds(community, wanted.role))
    page = paginate(query)
    roles = _roles_held(community, [row.id for row in page.items])
    return Page(
        [_member(row, roles.get(row.id, ())) for row in page.items], page.number, page.total
    )


def _active_in(community: Community) -> tuple[Any, ...]:
    return (
        Membership.community_id == community.id,
        Membership.state == MembershipState.ACTIVE,
    )


def _holds(community: Community, key: str) -> Any:
    held = (
        select(Appointment.id)
        .join(Role, Role.id == Appointment.role_id)
        .where(Role.community_id == community.id, Role.key == key, Appointment.user_id == User.id)
        .correlate(User)
    )
    return exists(in_term(held))


def _member(row: Row[Any], roles: Sequence[tuple[str, str]]) -> Member:
    return face_of(
        row, Member, position=row.position, subjects=row.subjects, helps_with=row.helps_with,
        joined_at=row.joined_at, last_seen_on=row.last_seen_on, roles=tuple(roles),
    )  # fmt: skip


def _roles_held(community: Community, people: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    query = (
        select(Appointment.user_id, Role.key, Role.title)
        .join(Role, Role.id == Appointment.role_id)
        .where(Role.community_id == community.id, Role.key != "member")
        .where(Appointment.user_id.in_(people))
        .order_by(Role.id, Appointment.id)
    )
    held: dict[int, list[tuple[str, str]]] = {}
    for row in db.session.execute(in_term(query)) if people else ():
        roles, role = held.setdefault(row.user_id, []), (row.key, role_title(row.key, row.title))
        if role not in roles:
            roles.append(role)
    return held


def schools_of(community: Community) -> list[tuple[int, str]]:
    """The schools at which members work, for the filter."""
    query = (
        select(School.id, School.short_name)
        .join(User, User.school_id == School.id)
        .join(Membership, Membership.user_id == User.id)
        .where(*_active_in(community))
        .distinct()
        .order_by(School.short_name)
    )
    return [(row.id, row.short_name) for row in db.session.execute(query)]


def member_schools(community: Community) -> list[School]:
    """Schools that are members themselves."""
    query = select(School).join(Membership, Membership.school_id == School.id)
    return list(db.session.scalars(query.where(*_active_in(community)).order_by(School.short_name)))


def people_named(community: Community, words: str, most: int = 10) -> list[Face]:
    """The first few members that fit some words, to choose one of them."""
    query = (
        select(*face_columns())
        .select_from(Membership)
        .join(User, User.id == Membership.user_id)
        .outerjoin(School, School.id == User.school_id)
        .where(*_active_in(community), contains_words(words, *PEOPLE_WORDS))
        .order_by(*BY_NAME)
    )
    return [face_of(row, Face) for row in db.session.execute(query.limit(most))]


def member_face(community: Community, user_id: int) -> Face | None:
    """A member by their id; None for anybody else."""
    query = (
        select(*face_columns())
        .select_from(Membership)
        .join(User, User.id == Membership.user_id)
        .outerjoin(School, School.id == User.school_id)
        .where(*_active_in(community), User.id == user_id)
    )
    row = db.session.execute(query).one_or_none()
    return face_of(row, Face) if row else None


@dataclass(frozen=True, kw_only=True)
class Request(Face):
    """Somebody who asks to be a member, asked, or was put out."""

    membership_id: int
    position: str
    state: str
    note: str
    reason: str
    requested_at: datetime
    decided_at: datetime | None
    decided_by: str


def requests(community: Community) -> Page[Request]:
    """Those who wait, the longest waiting first."""
    waiting = Membership.state == MembershipState.REQUESTED
    page = paginate(_requests(community, waiting).order_by(Membership.requested_at, Membership.id))
    return Page([_request(row) for row in page.items], page.number, page.total)


def turned_away(community: Community, most: int = 20) -> list[Request]:
    """Those who were refused or excluded, the latest first."""
    states = (MembershipState.REFUSED, MembershipState.EXCLUDED)
    query = _requests(community, Membership.state.in_(states))
    rows = db.session.execute(query.order_by(Membership.decided_at.desc()).limit(most))
    return [_request(row) for row in rows]


def _requests(community: Community, which: Any) -> Any:
    decider = aliased(User)
    return (
        select(
            *face_columns(), User.position, Membership.id.label("membership_id"),
            Membership.state, Membership.note, Membership.reason, Membership.requested_at,
            Membership.decided_at, decider.surname.label("decider"),
        )
        .select_from(Membership)
        .join(User, User.id == Membership.user_id)
        .outerjoin(School, School.id == User.school_id)
        .outerjoin(decider, decider.id == Membership.decided_by_id)
        .where(Membership.community_id == community.id, which)
    )  # fmt: skip


def _request(row: Row[Any]) -> Request:
    return face_of(
        row, Request, membership_id=row.membership_id, position=row.position, state=row.state,
        note=row.note, reason=row.reason, requested_at=row.requested_at,
        decided_at=row.decided_at, decided_by=row.decider or "",
    )  # fmt: skip


def account_with(email: str) -> User | None:
    """The person who signs in with this address, if there is one."""
    return db.session.scalar(select(User).where(User.email == email, User.state == "active"))
