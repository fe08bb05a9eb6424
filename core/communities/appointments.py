"""What is read of appointments: who holds a role, who held it, on what basis."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, or_, select

from core.access.models import Appointment, Role
from core.access.standing import role_title
from core.communities.faces import Face, face_columns, face_of
from core.communities.models import Community, Membership
from core.communities.queries import in_term
from core.communities.roster import BY_NAME
from core.people.models import School, User
from core.platform.db import db, utcnow
from core.platform.paging import Page, paginate


@dataclass(frozen=True, kw_only=True)
class Appointed(Face):
    """One appointment with the person it is of."""

    appointment_id: int
    role_key: str
    role_title: str
    starts_at: datetime
    ends_at: datetime | None
    basis: str

    @property
    def is_to_come(self) -> bool:
        return self.starts_at > utcnow()

    @property
    def last_moment(self) -> datetime | None:
        """The last one at which it holds: a term until the 30th ends as the 31st begins."""
        return self.ends_at - timedelta.resolution if self.ends_at else None

    @property
    def never_began(self) -> bool:
        """Ended before it began."""
        return self.ends_at is not None and self.ends_at <= self.starts_at


def present_appointments(community: Community) -> list[Appointed]:
    """Appointments that hold now or will, but for plain membership, by role and name."""
    query = _trusted(community).where(
        or_(Appointment.ends_at.is_(None), Appointment.ends_at > utcnow())
    )
    rows = db.session.execute(query.order_by(Role.id, User.surname, Appointment.starts_at))
    return [_appointed(row) for row in rows]


def past_appointments(community: Community) -> Page[Appointed]:
    """Appointments that have ended, the latest first, a page at a time."""
    query = _trusted(community).where(Appointment.ends_at <= utcnow())
    return _page(query.order_by(Appointment.ends_at.desc(), Appointment.id))


def holders_of(community: Community, key: str) -> Page[Appointed]:
    """Who holds a role at this moment, by name, a page at a time."""
    query = in_term(_appointments(community).where(Role.key == key))
    return _page(query.order_by(*BY_NAME, Appointment.starts_at))


def _page(query: Select[Any]) -> Page[Appointed]:
    page = paginate(query)
    return Page([_appointed(row) for row in page.items], page.number, page.total)


def _trusted(community: Community) -> Select[Any]:
    """Appointments to roles that somebody decided on."""
    return _appointments(community).where(Role.key.not_in(("member", "guest")))


def _appointments(community: Community) -> Select[Any]:
    return (
        select(
            *face_columns(), Appointment.id.label("appointment_id"), Role.key.label("role_key"),
            Role.title.label("role_title"), Appointment.starts_at, Appointment.ends_at,
            Appointment.basis,
        )
        .select_from(Appointment)
        .join(Role, Role.id == Appointment.role_id)
        .join(User, User.id == Appointment.user_id)
        .outerjoin(School, School.id == User.school_id)
        .where(Role.community_id == community.id)
    )  # fmt: skip


def _appointed(row: Row[Any]) -> Appointed:
    return face_of(
        row, Appointed, appointment_id=row.appointment_id, role_key=row.role_key,
        role_title=role_title(row.role_key, row.role_title), starts_at=row.starts_at,
        ends_at=row.ends_at, basis=row.basis,
    )  # fmt: skip


def appointment_in(community: Community, number: int) -> Appointment | None:
    """An appointment of this community by its id."""
    return db.session.scalar(
        select(Appointment)
        .join(Role, Role.id == Appointment.role_id)
        .where(Appointment.id == number, Role.community_id == community.id)
    )


def membership_in(community: Community, number: int) -> Membership | None:
    """A membership of this community by its id."""
    return db.session.scalar(
        select(Membership).where(Membership.id == number, Membership.community_id == community.id)
    )
