"""Reading works and reviews: who may read which, and whose names are hidden from whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, Row, cast, func, select
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
    can,
    db,
    face_columns,
    face_of,
    is_outsider,
    paginate,
    visible_to,
)
from plugins.workshops.models import (
    Criterion,
    Level,
    Mark,
    Place,
    PlaceState,
    Review,
    ReviewState,
    Work,
    Workshop,
    WorkState,
)
from plugins.workshops.stages import Course, StageKind


def work_in(activity: Activity, number: int) -> Work | None:
    """A work of this activity, for the guard; who may read it is asked by the view."""
    query = select(Work).where(Work.id == number, Work.activity_id == activity.id)
    return db.session.scalar(query.options(joinedload(Work.content)))


def review_in(activity: Activity, number: int) -> Review | None:
    """A review in this activity, for the guard."""
    query = select(Review).where(Review.id == number, Review.activity_id == activity.id)
    return db.session.scalar(query.options(joinedload(Review.work).joinedload(Work.content)))


def criterion_in(activity: Activity, number: int) -> Criterion | None:
    """A criterion of this activity, for the guard."""
    return db.session.scalar(
        select(Criterion).where(Criterion.id == number, Criterion.activity_id == activity.id)
    )


def may_read(viewer: Viewer, work: Work, community: Community, *, leads: bool) -> bool:
    """Whether somebody may read a work: its author; masters, once it is handed in; whoever reviews
    it; participants, if it is an example; everybody, once it is shown and not hidden."""
    if viewer.id is not None and viewer.id == work.author_id:
        return True
    if leads and work.state != WorkState.DRAFT:
        return True
    if work.shown_at is not None:
        return work.content.is_visible or can(viewer, "contents.hide", community)
    if is_outsider(viewer, community) or work.state == WorkState.DRAFT:
        return False
    return _has_seat(viewer, work) if work.is_example else _reviews(viewer, work)


def _has_seat(viewer: Viewer, work: Work) -> bool:
    query = select(Place.id).where(
        Place.workshop_id == work.workshop_id, Place.user_id == viewer.id,
        Place.state == PlaceState.HELD,
    )  # fmt: skip
    return db.session.scalar(query) is not None


def _reviews(viewer: Viewer, work: Work) -> bool:
    return viewer.id is not None and review_by(work, viewer.id) is not None


def face_of_person(number: int | None) -> Face | None:
    """Who wrote something; None where they were forgotten."""
    query = (
        select(*face_columns())
        .select_from(User)
        .outerjoin(School, School.id == User.school_id)
        .where(User.id == number)
    )
    row = db.session.execute(query).first() if number is not None else None
    return face_of(row, Face) if row is not None else None


def review_by(work: Work, person: int) -> Review | None:
    """What somebody says, or is to say, of a work."""
    query = select(Review).where(Review.work_id == work.id, Review.reviewer_id == person)
    return db.session.scalar(query)


# ---- Reviews


@dataclass(frozen=True)
class Line:
    """What a review says to one criterion; ``level`` are the words of the chosen one."""

    title: str
    most: int
    points: int | None
    words: str
    level: str = ""


@dataclass(frozen=True)
class Shown:
    """A review as it is read; ``reviewer`` is None where the name is hidden."""

    review: Review
    reviewer: Face | None
    lines: Sequence[Line]


def reviews_on(work: Work, viewer: Viewer, *, names: bool) -> Sequence[Shown]:
    """Reviews of a work that are sent, in the order of their coming, three queries; ``names`` says
    whether the viewer may know who wrote them. One's own are named in any case."""
    query = (
        select(Review, *face_columns())
        .outerjoin(User, User.id == Review.reviewer_id)
        .outerjoin(School, School.id == User.school_id)
        .where(Review.work_id == work.id, Review.state == ReviewState.DONE)
        .order_by(Review.is_own.desc(), Review.done_at, Review.id)
    )
    rows = db.session.execute(query).all()
    lines = lines_of([row.Review.id for row in rows])
    return [
        Shown(row.Review, _reviewer(row, viewer, names), lines.get(row.Review.id, ()))
        for row in rows
    ]


def _reviewer(row: Any, viewer: Viewer, names: bool) -> Face | None:
    known = names or row.Review.is_own or row.Review.reviewer_id == viewer.id
    return face_of(row, Face) if known and row.Review.reviewer_id is not None else None


def lines_of(reviews: Sequence[int]) -> Mapping[int, Sequence[Line]]:
    """What reviews say to each criterion, by the review; one query."""
    level = (
        select(Level.text)
        .where(Level.criterion_id == Criterion.id, Level.points == Mark.points)
        .limit(1).correlate(Criterion, Mark).scalar_subquery()
    )  # fmt: skip
    query = (
        select(Mark, Criterion.title, Criterion.most, level.label("level"))
        .join(Criterion, Criterion.id == Mark.criterion_id)
        .where(Mark.review_id.in_(reviews))
        .order_by(Criterion.position, Criterion.id)
    )
    found: dict[int, list[Line]] = {}
    for row in db.session.execute(query):
        line = Line(row.title, row.most, row.Mark.points, row.Mark.words, row.level or "")
        found.setdefault(row.Mark.review_id, []).append(line)
    return found


def levels_of(criteria: Sequence[Criterion]) -> Mapping[int, Sequence[Level]]:
    """The levels of rubrics, the highest first, by criterion."""
    query = select(Level).where(Level.criterion_id.in_([c.id for c in criteria]))
    found: dict[int, list[Level]] = {}
    for level in db.session.scalars(query.order_by(Level.points.desc())):
        found.setdefault(level.criterion_id, []).append(level)
    return found


def own_marks(review: Review) -> Mapping[int, Mark]:
    """What is stored of a review already, by criterion."""
    query = select(Mark).where(Mark.review_id == review.id)
    return {mark.criterion_id: mark for mark in db.session.scalars(query)}


def reviews_are_open(course: Course, now: datetime) -> bool:
    """Whether authors read what others wrote: once the mutual review is over, so that nobody
    answers in kind; at once where nothing follows it."""
    if not course.has(StageKind.REVIEW) or course.stages[-1].kind == StageKind.REVIEW:
        return True
    return course.reached(StageKind.FEEDBACK, now)


# ---- Lists


def works_of(workshop: Workshop) -> Page[Row[*tuple[Any, ...]]]:
    """Works that are handed in or went back, those without feedback first."""
    total = select(func.count()).where(Review.work_id == Work.id)
    percent = select(func.avg(Review.percent)).where(*_counted())
    query = (
        select(
            Work, total.correlate(Work).scalar_subquery().label("reviews"),
            total.where(Review.state == ReviewState.DONE)
            .correlate(Work).scalar_subquery().label("done"),
            percent.correlate(Work).scalar_subquery().label("percent"),
            *face_columns(),
        )
        .outerjoin(User, User.id == Work.author_id)
        .outerjoin(School, School.id == User.school_id)
        .where(Work.workshop_id == workshop.id, ~Work.is_example, Work.state != WorkState.DRAFT)
        .order_by(Work.feedback_at.is_not(None), Work.handed_in_at, Work.id)
    )  # fmt: skip
    return paginate(query)


def _counted() -> tuple[Any, ...]:
    """Reviews by others that are sent and not taken out."""
    return (
        Review.work_id == Work.id, ~Review.is_own, ~Review.is_out,
        Review.state == ReviewState.DONE,
    )  # fmt: skip


def percent_of(work: Work) -> int | None:
    """What others gave a work on average, of a hundred."""
    query = (
        select(func.avg(Review.percent)).select_from(Review).join(Work, Work.id == Review.work_id)
    )
    found = db.session.scalar(query.where(Work.id == work.id, *_counted()))
    return round(float(found)) if found is not None else None


def examples_of(workshop: Workshop) -> Sequence[Work]:
    """Works to try reviewing on."""
    query = select(Work).where(Work.workshop_id == workshop.id, Work.is_example)
    return db.session.scalars(query.order_by(Work.id)).all()


def shown_works(
    workshop: Workshop, viewer: Viewer, community: Community
) -> Page[Row[*tuple[Any, ...]]]:
    """Works that everybody may see, with their authors, the latest first."""
    query = (
        select(Work, *face_columns())
        .join(Content, Content.id == Work.id)
        .outerjoin(User, User.id == Work.author_id)
        .outerjoin(School, School.id == User.school_id)
        .where(Work.workshop_id == workshop.id, Work.shown_at.is_not(None))
        .where(visible_to(viewer, community))
        .order_by(Work.shown_at.desc(), Work.id.desc())
    )
    return paginate(query, 24)


def reviewers_of(workshop: Workshop) -> Page[Row[*tuple[Any, ...]]]:
    """Who reviews how many works and how many are done, those with something left first."""
    done = func.sum(cast(Review.state == ReviewState.DONE, Integer))
    begun = func.sum(cast(Review.state != ReviewState.ASSIGNED, Integer))
    counted = (
        select(
            Review.reviewer_id,
            func.count().label("given"),
            begun.label("begun"),
            done.label("done"),
        )
        .join(Work, Work.id == Review.work_id)
        .where(Work.workshop_id == workshop.id, ~Work.is_example, Review.reviewer_id.is_not(None))
        .group_by(Review.reviewer_id)
        .subquery()
    )
    query = (
        select(counted.c.given, counted.c.begun, counted.c.done, Place.reviews, *face_columns())
        .join(User, User.id == counted.c.reviewer_id)
        .outerjoin(School, School.id == User.school_id)
        .outerjoin(Place, (Place.user_id == User.id) & (Place.workshop_id == workshop.id))
        .order_by(counted.c.done - counted.c.given, User.surname, User.id)
    )
    return paginate(query, 50)
