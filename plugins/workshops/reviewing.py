"""What works are reviewed by, and the reviews themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select

from core.api import Actor, DomainError, db, drop_draft, operation, record, upsert, utcnow
from plugins.workshops import events, passing, running
from plugins.workshops.holding import ensure_open, ensure_time_for, locked, masters_of, seat_of
from plugins.workshops.models import (
    Criterion,
    Grading,
    Level,
    Mark,
    Review,
    ReviewState,
    Work,
    Workshop,
)
from plugins.workshops.stages import StageKind
from plugins.workshops.words import _

MOST_CRITERIA = 20
MOST_LEVELS = 10
MOST_POINTS = 100
# «3 – The aim can be checked»
LEVEL = re.compile(r"\s*(\d{1,3})\s*[-–—:.)]?\s+(\S.*)")


@dataclass(frozen=True, kw_only=True)
class Task:
    """What participants try, and how their works are reviewed."""

    task: str
    grading: Grading
    reviews_per_work: int
    self_review: bool
    hides_authors: bool
    hides_reviewers: bool
    replace_days: int


@operation
def set_task(actor: Actor, workshop: Workshop, task: Task) -> None:
    """Say what is to be done in practice and in review. Once somebody has begun to review, how
    works are graded and whose name is hidden stays as it is."""
    workshop = locked(workshop.id)
    frozen = ("grading", "hides_authors", "hides_reviewers")
    changed = any(getattr(workshop, name) != getattr(task, name) for name in frozen)
    if changed and _has_begun(workshop):
        raise DomainError(_("Reviews have begun: how they are done stays as it is."))
    for name, value in vars(task).items():
        setattr(workshop, name, value)
    running.schedule(workshop)


def _has_begun(workshop: Workshop) -> bool:
    query = select(Review.id).where(
        Review.activity_id == workshop.activity_id, Review.state != ReviewState.ASSIGNED
    )
    return db.session.scalar(query.limit(1)) is not None


@dataclass(frozen=True, kw_only=True)
class CriterionDraft:
    """A criterion as a form gives it; ``levels`` are lines such as «3 – The aim can be checked»."""

    title: str
    hint: str = ""
    most: int = 10
    levels: str = ""


@operation
def add_criterion(actor: Actor, workshop: Workshop, draft: CriterionDraft) -> Criterion:
    """Look at one thing more. Raises DomainError once somebody has begun to review."""
    workshop = locked(workshop.id)
    _ensure_changeable(workshop)
    there = db.session.scalar(
        select(func.count()).where(Criterion.activity_id == workshop.activity_id)
    )
    if (there or 0) >= MOST_CRITERIA:
        raise DomainError(_("There are enough criteria already."))
    levels = read_levels(draft.levels) if workshop.grading == Grading.RUBRIC else []
    criterion = Criterion(
        activity_id=workshop.activity_id, position=there or 0, title=draft.title, hint=draft.hint,
        most=max((points for points, _text in levels), default=draft.most),
    )  # fmt: skip
    db.session.add(criterion)
    db.session.flush()
    db.session.add_all(Level(criterion_id=criterion.id, points=p, text=t) for p, t in levels)
    return criterion


def read_levels(lines: str) -> list[tuple[int, str]]:
    """The levels of a rubric, the lowest first. Raises DomainError for lines that are none."""
    found: dict[int, str] = {}
    for line in lines.splitlines():
        if not line.strip():
            continue
        match = LEVEL.fullmatch(line)
        if match is None or int(match[1]) > MOST_POINTS:
            raise DomainError(_("A level is a number of points and words: “3 – The aim is clear”."))
        found[int(match[1])] = match[2].strip()[:500]
    if not 2 <= len(found) <= MOST_LEVELS or max(found) == 0:
        raise DomainError(_("Give from two to ten levels with different points, a line for each."))
    return sorted(found.items())


@operation
def remove_criterion(actor: Actor, criterion: Criterion, workshop: Workshop) -> None:
    """Look at one thing less. Raises DomainError once somebody has begun to review."""
    workshop = locked(workshop.id)
    _ensure_changeable(workshop)
    db.session.execute(delete(Criterion).where(Criterion.id == criterion.id))


def _ensure_changeable(workshop: Workshop) -> None:
    if _has_begun(workshop):
        raise DomainError(_("Reviews have begun: the criteria stay as they are."))


# ---- Reviews


@dataclass(frozen=True)
class Said:
    """What a review says to one criterion."""

    points: int | None = None
    words: str = ""


def draft_place(review: Review) -> str:
    """Where core keeps what is typed into a review."""
    return f"workshops.review:{review.id}"


@operation
def try_example(actor: Actor, workshop: Workshop, work: Work) -> Review:
    """Begin to review an example, before one reviews works of others; its master does so, too."""
    workshop = locked(workshop.id)
    ensure_open(workshop)
    if actor.id not in masters_of(workshop.id):
        seat_of(workshop, actor)
    query = select(Review).where(Review.work_id == work.id, Review.reviewer_id == actor.id)
    found = db.session.scalar(query)
    if found is None:
        found = Review(
            activity_id=workshop.activity_id, work_id=work.id, reviewer_id=actor.id,
            state=ReviewState.ASSIGNED, assigned_at=utcnow(),
        )  # fmt: skip
        db.session.add(found)
        db.session.flush()
    return found


@operation
def save_review(
    actor: Actor, review: Review, words: str, marks: Mapping[int, Said], *, done: bool
) -> None:
    """Store what somebody says of a work; ``done`` sends it. A review that was sent can be changed
    until the stage is over.

    Raises DomainError outside of the mutual review, unless more time was given, and for a review
    that says nothing to a criterion.
    """
    workshop = locked(_workshop_of(review))
    review = db.session.get_one(Review, review.id, populate_existing=True)
    if review.reviewer_id != actor.id:
        raise DomainError(_("Somebody else reviews this work now."))
    _ensure_time(actor, workshop, review)
    criteria = criteria_of(workshop)
    said = {c.id: _within(c, marks.get(c.id, Said()), workshop) for c in criteria}
    done = done or review.state == ReviewState.DONE
    if done:
        _check_complete(workshop, words, said)
    drop_draft(actor, draft_place(review))
    review.words = words
    for number, mark in said.items():
        key = {"review_id": review.id, "criterion_id": number}
        upsert(Mark, key, {"points": mark.points, "words": mark.words})
    review.percent = percent_of(workshop, criteria, said) if done else None
    if done and review.state != ReviewState.DONE:
        review.done_at = utcnow()
        record(events.REVIEWED, actor, activity=workshop.activity, review=review.id)
    review.state = ReviewState.DONE if done else ReviewState.BEGUN
    if not review.work.is_example and done:
        passing.note_reviews(actor, workshop, seat_of(workshop, actor))


def _workshop_of(review: Review) -> int:
    return db.session.scalars(select(Work.workshop_id).where(Work.id == review.work_id)).one()


def _ensure_time(actor: Actor, workshop: Workshop, review: Review) -> None:
    if review.work.is_example:
        ensure_open(workshop)
        return
    ensure_time_for(workshop, StageKind.REVIEW, seat_of(workshop, actor))


def _within(criterion: Criterion, said: Said, workshop: Workshop) -> Said:
    if workshop.grading == Grading.WORDS:
        return Said(None, said.words)
    if said.points is not None and not 0 <= said.points <= criterion.most:
        raise DomainError(
            _("“%(title)s”: from 0 to %(most)s points.", title=criterion.title, most=criterion.most)
        )
    return said


def _check_complete(workshop: Workshop, words: str, said: Mapping[int, Said]) -> None:
    graded = workshop.grading != Grading.WORDS
    for mark in said.values():
        if (graded and mark.points is None) or (not graded and not mark.words.strip()):
            raise DomainError(_("Say something to every criterion before you send the review."))
    if not words.strip() and not (said and not graded):
        raise DomainError(_("Write a few words: what works well, and what could be better?"))


def percent_of(
    workshop: Workshop, criteria: Sequence[Criterion], said: Mapping[int, Said]
) -> int | None:
    """What the points of a review come to, of a hundred; None where none are given."""
    most = sum(criterion.most for criterion in criteria)
    if workshop.grading == Grading.WORDS or not most:
        return None
    return round(100 * sum(mark.points or 0 for mark in said.values()) / most)


def criteria_of(workshop: Workshop) -> Sequence[Criterion]:
    """What reviews look at, in order."""
    query = select(Criterion).where(Criterion.activity_id == workshop.activity_id)
    return db.session.scalars(query.order_by(Criterion.position, Criterion.id)).all()


@operation
def take_out(actor: Actor, review: Review, out: bool) -> None:
    """Take an unfit review out of sight, or let the author of the work read it again; it counts
    nowhere meanwhile."""
    workshop = locked(_workshop_of(review))
    review = db.session.get_one(Review, review.id, populate_existing=True)
    review.is_out = out
    if out:
        record(
            events.TAKEN_OUT, actor, activity=workshop.activity, subject_id=review.reviewer_id,
            review=review.id,
        )  # fmt: skip
