"""Reading who is qualified, who looks after whom, and what wards do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import joinedload

from core.api import (
    Activity,
    Community,
    Content,
    Face,
    Page,
    School,
    User,
    Viewer,
    db,
    face_columns,
    face_of,
    holders_at,
    paginate,
    utcnow,
)
from plugins.consultations.balance import valid_on
from plugins.consultations.models import Question, QuestionState
from plugins.consultations.tutoring_models import Evidence, Ward


@dataclass(frozen=True, kw_only=True)
class Qualified(Face):
    """Somebody with evidence, as the register shows it."""

    evidence: Evidence
    valid: bool
    ends_soon: bool


def register(community: Community, day: date) -> Page[Row[Any]]:
    """All evidence of a community, by the names of its people."""
    query = (
        select(Evidence, valid_on(day).label("valid"), *face_columns())
        .join(User, User.id == Evidence.user_id)
        .outerjoin(School, School.id == User.school_id)
        .where(Evidence.community_id == community.id)
        .order_by(User.surname, User.given_name, User.id, Evidence.id)
    )
    return paginate(query, 50)


def qualified_in(rows: Sequence[Row[Any]], warn_until: date) -> list[Qualified]:
    """Rows of the register with their faces."""
    return [
        face_of(
            row, Qualified, evidence=row.Evidence, valid=bool(row.valid),
            ends_soon=bool(row.valid) and row.Evidence.valid_until is not None
            and row.Evidence.valid_until <= warn_until,
        )
        for row in rows
    ]  # fmt: skip


def wards_in(community: Community) -> Page[Row[Any]]:
    """Who looks after whom in a community, by tutors."""
    query = (
        select(Ward, *face_columns())
        .join(User, User.id == Ward.tutor_id)
        .outerjoin(School, School.id == User.school_id)
        .options(joinedload(Ward.user), joinedload(Ward.school))
        .where(Ward.community_id == community.id)
        .order_by(User.surname, User.given_name, User.id, Ward.id)
    )
    return paginate(query, 50)


def own_wards(community: Community, viewer: Viewer, day: date) -> Sequence[Ward]:
    """Whom the viewer looks after."""
    query = select(Ward).options(joinedload(Ward.user), joinedload(Ward.school))
    query = query.where(Ward.community_id == community.id, Ward.tutor_id == viewer.id)
    query = query.where(or_(Ward.until.is_(None), Ward.until >= day))
    return db.session.scalars(query.order_by(Ward.id)).all()


@dataclass(frozen=True, kw_only=True)
class Protege(Face):
    """A ward with what they asked: ``waiting`` for an answer, ``overdue`` beyond the term."""

    seen_on: date | None
    asked: int
    waiting: int
    overdue: int
    written: int


def proteges(community: Community, viewer: Viewer, day: date) -> Page[Row[Any]]:
    """Everybody the viewer looks after, with what they do in the community; one query."""
    asked = _questions_of(community, viewer)
    written = (
        select(func.count())
        .where(Content.author_id == User.id, Content.community_id == community.id)
        .correlate(User)
        .scalar_subquery()
    )
    query = (
        select(
            User.last_seen_on, asked.c.asked, asked.c.waiting, asked.c.overdue,
            written.label("written"), *face_columns(),
        )
        .outerjoin(School, School.id == User.school_id)
        .outerjoin(asked, asked.c.asker_id == User.id)
        .where(User.state == "active", User.id != viewer.id, _looked_after(community, viewer, day))
        .where(User.id.in_(holders_at(community.id, utcnow())))
        .order_by(func.coalesce(asked.c.waiting, 0).desc(), User.surname, User.given_name, User.id)
    )  # fmt: skip
    return paginate(query, 25)


def _questions_of(community: Community, viewer: Viewer) -> Any:
    """How much each asked of what the viewer may read."""
    waits = Question.state == QuestionState.WAITING
    late = and_(waits, Question.due_at < utcnow())
    return (
        select(
            Question.asker_id, func.count().label("asked"),
            func.sum(case((waits, 1), else_=0)).label("waiting"),
            func.sum(case((late, 1), else_=0)).label("overdue"),
        )
        .join(Activity, Activity.id == Question.activity_id)
        .where(Activity.community_id == community.id, _readable(viewer))
        .group_by(Question.asker_id)
        .subquery()
    )  # fmt: skip


def _readable(viewer: Viewer) -> ColumnElement[bool]:
    return or_(~Question.private, Question.tutor_id == viewer.id)


def _looked_after(community: Community, viewer: Viewer, day: date) -> ColumnElement[bool]:
    return (
        exists()
        .where(Ward.community_id == community.id, Ward.tutor_id == viewer.id, Ward.since <= day)
        .where(or_(Ward.until.is_(None), Ward.until >= day))
        .where(or_(Ward.user_id == User.id, Ward.school_id == User.school_id))
        .correlate(User)
    )


def protege_of(row: Row[Any]) -> Protege:
    """A row of :func:`proteges` with its face."""
    return face_of(
        row, Protege, seen_on=row.last_seen_on, asked=row.asked or 0, waiting=row.waiting or 0,
        overdue=row.overdue or 0, written=row.written,
    )  # fmt: skip


def questions_of_wards(community: Community, viewer: Viewer) -> Sequence[Row[Any]]:
    """The latest questions of those whom the viewer looks after, as far as they may be read."""
    query: Select[Any] = (
        select(
            Question.id.label("number"), Question.title, Question.state, Question.due_at,
            Question.last_at, Question.activity_id, Activity.title.label("line"), *face_columns(),
        )
        .join(Activity, Activity.id == Question.activity_id)
        .join(Content, Content.id == Question.id)
        .join(User, User.id == Question.asker_id)
        .outerjoin(School, School.id == User.school_id)
        .where(Activity.community_id == community.id, Activity.state == "published")
        .where(Content.hidden_at.is_(None), Content.held_at.is_(None))
        .where(_readable(viewer), _looked_after(community, viewer, utcnow().date()))
        .order_by(Question.last_at.desc(), Question.id.desc())
        .limit(20)
    )  # fmt: skip
    return db.session.execute(query).all()


def schools_in(community: Community) -> Sequence[tuple[int, str]]:
    """The schools at which people of the community work."""
    query = (
        select(School.id, School.short_name)
        .join(User, User.school_id == School.id)
        .where(User.id.in_(holders_at(community.id, utcnow())))
        .distinct()
        .order_by(School.short_name)
        .limit(500)
    )
    return [(row.id, row.short_name) for row in db.session.execute(query)]


def user_named(user_id: int) -> User | None:
    """Somebody with an account."""
    return db.session.scalar(select(User).where(User.id == user_id, User.state == "active"))
