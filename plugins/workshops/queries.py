"""Reading workshops: for their page, for lists of activities, and for those who lead them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, select
from sqlalchemy.orm import joinedload

from core.api import (
    Activity,
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
)
from plugins.workshops.models import (
    Extension,
    Master,
    Passed,
    Place,
    PlaceState,
    Review,
    ReviewState,
    Work,
    Workshop,
    WorkState,
)
from plugins.workshops.stages import StageKind
from plugins.workshops.words import _l

FACES = 12


def workshop_at(activity: Activity) -> Workshop:
    """The workshop of an activity, with its content."""
    query = select(Workshop).where(Workshop.activity_id == activity.id)
    return db.session.scalars(query.options(joinedload(Workshop.content))).one()


def place_in(activity: Activity, number: int) -> Place | None:
    """Somebody's place in this activity, for the guard."""
    return db.session.scalar(
        select(Place).where(Place.id == number, Place.activity_id == activity.id)
    )


def _faces(workshop: Workshop, joined: Any, where: ColumnElement[bool]) -> Any:
    return (
        select(*face_columns())
        .select_from(joined)
        .join(User, User.id == joined.user_id)
        .outerjoin(School, School.id == User.school_id)
        .where(joined.workshop_id == workshop.id, where)
    )


def masters_with_faces(workshop: Workshop) -> Sequence[Face]:
    """Who leads a workshop."""
    query = _faces(workshop, Master, User.state == "active").order_by(User.surname, User.id)
    return [face_of(row, Face) for row in db.session.execute(query)]


def guests_of(workshop: Workshop) -> Sequence[Face]:
    """Some of those who have a place."""
    query = _faces(workshop, Place, Place.state == PlaceState.HELD)
    query = query.order_by(Place.asked_at, Place.id).limit(FACES)
    return [face_of(row, Face) for row in db.session.execute(query)]


def leads(viewer: Viewer, activity: Activity, masters: Sequence[Face] | None = None) -> bool:
    """Whether the viewer may do what masters do: members who are named, and whoever has the
    right."""
    if viewer.id is None:
        return False
    if can(viewer, "workshops.run", activity.community, activity):
        return True
    if is_outsider(viewer, activity.community):
        return False
    if masters is not None:
        return any(face.id == viewer.id for face in masters)
    query = select(Master.user_id).join(Workshop, Workshop.id == Master.workshop_id)
    mine = query.where(Workshop.activity_id == activity.id, Master.user_id == viewer.id)
    return db.session.scalar(mine) is not None


# ---- One's own part


@dataclass(frozen=True)
class Part:
    """What a participant has done so far, and what is left; of somebody without a place nothing.

    ``extensions`` has the moment until which somebody has time of their own, by stage;
    ``to_review`` are reviews that are not sent yet, ``reviews`` all of them.
    """

    place: Place | None = None
    work: Work | None = None
    extensions: Mapping[str, datetime] = field(default_factory=dict)
    passed: Mapping[str, Passed] = field(default_factory=dict)
    reviews: Sequence[Review] = ()

    @property
    def has_seat(self) -> bool:
        return self.place is not None and self.place.state == PlaceState.HELD

    @property
    def state(self) -> str:
        return self.place.state if self.place is not None else ""

    @property
    def to_review(self) -> int:
        return sum(review.state != ReviewState.DONE for review in self.reviews)

    @property
    def handed_in(self) -> bool:
        return self.work is not None and self.work.state == WorkState.HANDED_IN

    @property
    def hours(self) -> int:
        return sum(row.hours for row in self.passed.values())

    def own_time(self, kind: StageKind, now: datetime) -> datetime | None:
        """Until when somebody has more time than others, if they have."""
        until = self.extensions.get(kind)
        return until if until is not None and until > now else None


def part_of(workshop: Workshop, viewer: Viewer) -> Part:
    """The viewer's part in a workshop: one query, three more for whoever has a place."""
    if viewer.id is None:
        return Part()
    mine = and_(
        Work.workshop_id == Place.workshop_id, Work.author_id == Place.user_id, ~Work.is_example
    )
    query = select(Place, Work).outerjoin(Work, mine)
    row = db.session.execute(
        query.where(Place.workshop_id == workshop.id, Place.user_id == viewer.id)
    ).first()
    if row is None:
        return Part()
    number = row.Place.id
    more = db.session.scalars(select(Extension).where(Extension.place_id == number))
    passed = db.session.scalars(select(Passed).where(Passed.place_id == number))
    return Part(
        row.Place, row.Work,
        extensions={each.kind: each.until for each in more if each.until is not None},
        passed={each.kind: each for each in passed},
        reviews=_reviews_by(workshop, viewer),
    )  # fmt: skip


def own_passed(workshop: Workshop, viewer: Viewer) -> Mapping[str, Passed]:
    """What the viewer passed, by stage; one query, none for a guest."""
    if viewer.id is None:
        return {}
    query = select(Passed).join(Place, Place.id == Passed.place_id)
    mine = query.where(Place.workshop_id == workshop.id, Place.user_id == viewer.id)
    return {row.kind: row for row in db.session.scalars(mine)}


def _reviews_by(workshop: Workshop, viewer: Viewer) -> Sequence[Review]:
    query = (
        select(Review)
        .join(Review.work)
        .where(Work.workshop_id == workshop.id, ~Work.is_example)
        .where(Review.reviewer_id == viewer.id)
        .options(joinedload(Review.work))
        .order_by(Review.is_own, Review.id)
    )
    return db.session.scalars(query).unique().all()


# ---- For those who lead it


@dataclass(frozen=True)
class Figures:
    """How far a workshop is, as numbers."""

    asked: int = 0
    wanting_time: int = 0
    works: int = 0
    unanswered: int = 0
    reviews: int = 0
    reviews_done: int = 0
    shown: int = 0
    examples: int = 0
    reflected: int = 0
    completed: int = 0


def figures_of(workshop: Workshop) -> Figures:
    """All of them, in one query."""
    works = select(func.count()).where(Work.workshop_id == workshop.id, ~Work.is_example)
    handed = works.where(Work.state == WorkState.HANDED_IN)
    places = select(func.count()).where(Place.workshop_id == workshop.id)
    reviews = (
        select(func.count())
        .select_from(Review)
        .join(Work, Work.id == Review.work_id)
        .where(Work.workshop_id == workshop.id, ~Work.is_example)
    )
    waiting = (
        select(func.count()).select_from(Extension).join(Place, Place.id == Extension.place_id)
    )
    passed = select(func.count()).select_from(Passed).join(Place, Place.id == Passed.place_id)
    passed = passed.where(Place.workshop_id == workshop.id)
    counts = {
        "asked": places.where(Place.state == PlaceState.ASKED),
        "wanting_time": waiting.where(Place.workshop_id == workshop.id, Extension.until.is_(None)),
        "works": handed,
        "unanswered": handed.where(Work.feedback_at.is_(None)),
        "reviews": reviews,
        "reviews_done": reviews.where(Review.state == ReviewState.DONE),
        "shown": works.where(Work.shown_at.is_not(None)),
        "examples": select(func.count()).where(Work.workshop_id == workshop.id, Work.is_example),
        "reflected": passed.where(Passed.kind == StageKind.REFLECTION),
        "completed": passed.where(Passed.kind == StageKind.RESULTS),
    }
    query = select(*(q.scalar_subquery().label(name) for name, q in counts.items()))
    return Figures(**db.session.execute(query).one()._mapping)


STATES: Mapping[str, Any] = {
    PlaceState.ASKED: _l("asks for a place"),
    PlaceState.WAITING: _l("waits for a free place"),
    PlaceState.HELD: _l("has a place"),
    PlaceState.REFUSED: _l("was refused"),
}


@dataclass(frozen=True, kw_only=True)
class Guest(Face):
    """Somebody who signed up, with their work."""

    place: Place
    work: Work | None


def people_of(workshop: Workshop) -> Page[Row[*tuple[Any, ...]]]:
    """Everybody who signed up: those who wait for an answer first, then seats, then the queue."""
    order = {PlaceState.ASKED: 0, PlaceState.HELD: 1, PlaceState.WAITING: 2}
    rank = case({str(state): number for state, number in order.items()}, value=Place.state, else_=3)
    return paginate(_people(workshop).order_by(rank, Place.asked_at, Place.id), 50)


def everybody_in(workshop: Workshop) -> Sequence[Guest]:
    """The same, all of it, for a table."""
    query = _people(workshop).order_by(User.surname, User.given_name, User.id)
    return [guest_of(row) for row in db.session.execute(query)]


def unseen_of(workshop: Workshop) -> Page[Row[*tuple[Any, ...]]]:
    """Participants of whom nobody knows yet that they saw the demonstration."""
    saw = select(Passed.place_id).where(Passed.kind == StageKind.DEMONSTRATION)
    query = _people(workshop).where(Place.state == PlaceState.HELD, Place.id.not_in(saw))
    return paginate(query.order_by(User.surname, User.given_name, User.id), 100)


def guest_of(row: Any) -> Guest:
    """One line of these lists."""
    return face_of(row, Guest, place=row.Place, work=row.Work)


def _people(workshop: Workshop) -> Any:
    mine = and_(
        Work.workshop_id == Place.workshop_id, Work.author_id == Place.user_id, ~Work.is_example
    )
    return (
        select(Place, Work, *face_columns())
        .join(User, User.id == Place.user_id)
        .outerjoin(School, School.id == User.school_id)
        .outerjoin(Work, mine)
        .where(Place.workshop_id == workshop.id, Place.state != PlaceState.LEFT)
    )


def passed_by(places: Sequence[int]) -> Mapping[int, Mapping[str, Passed]]:
    """What people passed, by place and stage."""
    found: dict[int, dict[str, Passed]] = {}
    for row in db.session.scalars(select(Passed).where(Passed.place_id.in_(places))):
        found.setdefault(row.place_id, {})[row.kind] = row
    return found


def extensions_of(places: Sequence[int]) -> Mapping[int, Sequence[Extension]]:
    """More time that people have or ask for, by place."""
    found: dict[int, list[Extension]] = {}
    for row in db.session.scalars(select(Extension).where(Extension.place_id.in_(places))):
        found.setdefault(row.place_id, []).append(row)
    return found
