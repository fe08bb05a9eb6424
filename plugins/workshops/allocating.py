"""Giving works to reviewers, in one transaction: at first, for latecomers, and anew when somebody
leaves or does not begin."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select

from core.api import Actor, Content, DomainError, db, notify, operation, record, utcnow
from plugins.workshops import events, notices
from plugins.workshops.allocation import Allocation, Pair
from plugins.workshops.holding import course_of, locked
from plugins.workshops.models import (
    Place,
    PlaceState,
    Review,
    ReviewState,
    Work,
    Workshop,
    WorkState,
)
from plugins.workshops.stages import StageKind
from plugins.workshops.words import _


@operation
def distribute(actor: Actor, workshop: Workshop) -> int:
    """Give every work its reviewers; how many reviews are new. What somebody has begun stays, and
    so does, where it can, what is assigned already."""
    workshop = locked(workshop.id)
    works = _works(workshop)
    reviewers = _reviewers(workshop, works)
    _relieve_those_who_left(workshop)
    there = _reviews(workshop)
    workshop.rounds += 1
    seed = workshop.seed + workshop.rounds
    allocation = Allocation(
        works={work.id: work.author_id for work in works}, reviewers=reviewers,
        wished=workshop.reviews_per_work, seed=seed,
    )  # fmt: skip
    begun = {pair for pair, row in there.items() if row.state != ReviewState.ASSIGNED}
    wanted = allocation.spread(begun=begun, waiting=there.keys() - begun)
    new = wanted - there.keys()
    _remove([there[pair] for pair in sorted(there.keys() - wanted)])
    _add(workshop, new)
    if workshop.self_review:
        _add_own(workshop, works, reviewers)
    record(
        events.ALLOCATED, actor, activity=workshop.activity, seed=seed, works=len(works),
        reviewers=len(reviewers), given=len(new), taken=len(there.keys() - wanted),
    )  # fmt: skip
    until = course_of(workshop).until(StageKind.REVIEW, utcnow())
    notify(
        notices.TO_REVIEW, sorted({person for _work, person in new}), about=workshop.activity,
        until=until.isoformat() if until else "",
        once=f"{notices.TO_REVIEW}:{workshop.id}:{workshop.rounds}",
    )  # fmt: skip
    return len(new)


def distribute_again(actor: Actor, workshop: Workshop) -> None:
    """Somebody came late or left, inside an operation that holds the workshop; nothing happens
    outside of the mutual review."""
    if workshop.rounds and course_of(workshop).is_on(StageKind.REVIEW, utcnow()):
        distribute(actor, workshop)


@operation
def distribute_by_hand(actor: Actor, workshop: Workshop) -> int:
    """The same, because a master wants it now. Raises DomainError outside of the mutual review."""
    return distribute(actor, _under_review(workshop))


@operation
def replace_by_hand(actor: Actor, workshop: Workshop) -> int:
    """Replace those who have not begun now. Raises DomainError outside of the mutual review."""
    return replace_idle(actor, _under_review(workshop))


def _under_review(workshop: Workshop) -> Workshop:
    workshop = locked(workshop.id)
    if not course_of(workshop).is_on(StageKind.REVIEW, utcnow()):
        raise DomainError(_("Works are distributed during the mutual review."))
    return workshop


@operation
def replace_idle(actor: Actor, workshop: Workshop) -> int:
    """Take the works of those who have not begun and give them to others; how many were replaced.

    Nobody is replaced where nobody would be left to review.
    """
    workshop = locked(workshop.id)
    idle = _idle(workshop)
    busy = _reviewers(workshop, _works(workshop)) - idle
    if not idle or not busy:
        return 0
    for place in db.session.scalars(
        select(Place).where(Place.workshop_id == workshop.id, Place.user_id.in_(idle))
    ):
        place.reviews = False
    db.session.flush()
    record(events.REPLACED, actor, activity=workshop.activity, people=sorted(idle))
    notify(
        notices.REPLACED, sorted(idle), about=workshop.activity,
        once=f"{notices.REPLACED}:{workshop.id}:{workshop.rounds}",
    )  # fmt: skip
    distribute(actor, workshop)
    return len(idle)


def _idle(workshop: Workshop) -> set[int]:
    """Those who have works to review and have begun none."""
    reviews = _reviews(workshop)
    waiting = {n for (_work, n), row in reviews.items() if row.state == ReviewState.ASSIGNED}
    return waiting - {n for (_work, n), row in reviews.items() if row.state != ReviewState.ASSIGNED}


def _works(workshop: Workshop) -> Sequence[Work]:
    """What there is to review: handed in by somebody who still takes part, and not hidden."""
    query = (
        select(Work)
        .join(Work.content)
        .join(Place, (Place.user_id == Work.author_id) & (Place.workshop_id == Work.workshop_id))
        .where(Work.workshop_id == workshop.id, ~Work.is_example)
        .where(Work.state == WorkState.HANDED_IN, Place.state == PlaceState.HELD)
        .where(Content.hidden_at.is_(None))
        .order_by(Work.id)
    )
    return db.session.scalars(query).all()


def _reviewers(workshop: Workshop, works: Sequence[Work]) -> set[int]:
    """Whoever handed in a work reviews, unless they were replaced."""
    query = select(Place.user_id).where(
        Place.workshop_id == workshop.id, Place.state == PlaceState.HELD, Place.reviews
    )
    return set(db.session.scalars(query)) & {work.author_id for work in works if work.author_id}


def _reviews(workshop: Workshop) -> dict[Pair, Review]:
    """Reviews of others' works by their pairs; those of forgotten people have none."""
    query = (
        select(Review)
        .join(Review.work)
        .where(Work.workshop_id == workshop.id, ~Work.is_example, ~Review.is_own)
        .where(Review.reviewer_id.is_not(None))
        .execution_options(populate_existing=True)
    )
    return {(row.work_id, row.reviewer_id or 0): row for row in db.session.scalars(query)}


def _relieve_those_who_left(workshop: Workshop) -> None:
    """Whoever left does not finish what they began."""
    seated = select(Place.user_id).where(
        Place.workshop_id == workshop.id, Place.state == PlaceState.HELD
    )
    works = select(Work.id).where(Work.workshop_id == workshop.id, ~Work.is_example)
    db.session.execute(
        delete(Review)
        .where(Review.work_id.in_(works), Review.state != ReviewState.DONE)
        .where(Review.reviewer_id.is_(None) | Review.reviewer_id.not_in(seated))
        .execution_options(synchronize_session=False)
    )


def _remove(reviews: Sequence[Review]) -> None:
    db.session.execute(delete(Review).where(Review.id.in_([row.id for row in reviews])))


def _add(workshop: Workshop, pairs: set[Pair], *, own: bool = False) -> None:
    now = utcnow()
    db.session.add_all(
        Review(
            activity_id=workshop.activity_id, work_id=work, reviewer_id=person, is_own=own,
            state=ReviewState.ASSIGNED, assigned_at=now,
        )
        for work, person in sorted(pairs)
    )  # fmt: skip
    db.session.flush()


def _add_own(workshop: Workshop, works: Sequence[Work], reviewers: set[int]) -> None:
    """Everybody looks at their own work, too."""
    there = select(Review.work_id).where(Review.activity_id == workshop.activity_id, Review.is_own)
    known = set(db.session.scalars(there))
    own = {(w.id, w.author_id) for w in works if w.author_id in reviewers and w.id not in known}
    _add(workshop, {(work, person or 0) for work, person in own}, own=True)


def reviewed_authors(workshop: Workshop) -> list[int]:
    """Authors whose works somebody else has reviewed."""
    query = (
        select(Work.author_id)
        .join(Review, Review.work_id == Work.id)
        .where(Work.workshop_id == workshop.id, ~Work.is_example, Work.author_id.is_not(None))
        .where(Review.state == ReviewState.DONE, ~Review.is_own, ~Review.is_out)
        .distinct()
    )
    return [number for number in db.session.scalars(query) if number is not None]
