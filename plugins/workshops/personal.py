"""What workshops keep about a person: given out when they ask, forgotten when they leave."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import delete, select, update

from core.api import SYSTEM, Activity, DataRecord, User, db, remove_contents
from plugins.workshops import places
from plugins.workshops.holding import hold_all
from plugins.workshops.models import (
    Answer,
    Criterion,
    Extension,
    Mark,
    Master,
    Passed,
    Place,
    Question,
    Review,
    ReviewState,
    Work,
)
from plugins.workshops.words import _


def exported(user: User) -> Iterator[DataRecord]:
    """Where somebody took part, what they passed and answered, what they wrote of others' works and
    heard of their own. Their works themselves are contents, which core gives out."""
    yield from _places(user)
    yield from _reviews(user)
    yield from _feedback(user)
    for number in db.session.scalars(select(Master.workshop_id).where(Master.user_id == user.id)):
        yield DataRecord(_("Leads a workshop"), {"workshop": number})


def _places(user: User) -> Iterator[DataRecord]:
    query = select(Place, Activity.title).join(Activity, Activity.id == Place.activity_id)
    for place, title in db.session.execute(query.where(Place.user_id == user.id)):
        facts: dict[str, Any] = {
            "workshop": title,
            "state": place.state,
            "asked": place.asked_at.isoformat(),
        }
        yield DataRecord(_("Place in a workshop"), facts)
        for row in db.session.scalars(select(Passed).where(Passed.place_id == place.id)):
            yield DataRecord(_("Passed stage of a workshop"), _passed(title, row))
        for more in db.session.scalars(select(Extension).where(Extension.place_id == place.id)):
            until = more.until.isoformat() if more.until else None
            facts = {"workshop": title, "stage": more.kind, "reason": more.reason, "until": until}
            yield DataRecord(_("More time in a workshop"), facts)
        answers = select(Question.text, Answer.words).join(
            Answer, Answer.question_id == Question.id
        )
        given = db.session.execute(answers.where(Answer.place_id == place.id))
        said = {row.text: row.words for row in given}
        if said:
            yield DataRecord(_("Reflection on a workshop"), {"workshop": title, "answers": said})


def _passed(title: str, row: Passed) -> dict[str, Any]:
    return {
        "workshop": title, "stage": row.kind, "hours": row.hours, "basis": row.basis,
        "when": row.passed_at.isoformat(),
    }  # fmt: skip


def _reviews(user: User) -> Iterator[DataRecord]:
    query = select(Review).where(Review.reviewer_id == user.id).order_by(Review.id)
    for review in db.session.scalars(query):
        marks = db.session.execute(
            select(Criterion.title, Mark.points, Mark.words)
            .join(Mark, Mark.criterion_id == Criterion.id)
            .where(Mark.review_id == review.id)
        )
        facts = {
            "work": review.work_id, "state": review.state, "words": review.words,
            "marks": [[title, points, words] for title, points, words in marks],
        }  # fmt: skip
        yield DataRecord(_("Review of a work"), facts)


def _feedback(user: User) -> Iterator[DataRecord]:
    """What a master wrote to one's works, and what one wrote as a master."""
    query = select(Work).where((Work.author_id == user.id) | (Work.feedback_by_id == user.id))
    for work in db.session.scalars(query.where(Work.feedback_at.is_not(None))):
        facts = {"work": work.title, "words": work.feedback, "own": work.author_id == user.id}
        yield DataRecord(_("Feedback on a work"), facts)


def erased(user: User) -> None:
    """Forget somebody. Their works go, but for those that they let everybody see, which stay
    without a name; so do reviews that they finished. Whoever waits gets their seat."""
    hold_all(_concerned(user))
    query = select(Place.workshop_id).where(Place.user_id == user.id).order_by(Place.workshop_id)
    workshops = list(db.session.scalars(query))
    hers = select(Work.id).where(Work.author_id == user.id, ~Work.is_example)
    remove_contents(SYSTEM, list(db.session.scalars(hers.where(Work.shown_at.is_(None)))))
    db.session.execute(
        delete(Review).where(Review.reviewer_id == user.id, Review.state != ReviewState.DONE)
    )
    for model, column in (
        (Review, Review.reviewer_id), (Work, Work.author_id), (Work, Work.feedback_by_id),
    ):  # fmt: skip
        db.session.execute(update(model).where(column == user.id).values({column: None}))
    for held in (Place, Master):
        db.session.execute(delete(held).where(held.user_id == user.id))
    for number in workshops:
        places.forget(SYSTEM, number)


def _concerned(user: User) -> Iterator[int]:
    """Every workshop in which a row names somebody."""
    wrote = (Work.author_id == user.id) | (Work.feedback_by_id == user.id)
    reviewed = select(Work.workshop_id).join(Review, Review.work_id == Work.id)
    for query in (
        select(Place.workshop_id).where(Place.user_id == user.id),
        select(Master.workshop_id).where(Master.user_id == user.id),
        select(Work.workshop_id).where(wrote),
        reviewed.where(Review.reviewer_id == user.id),
    ):
        yield from db.session.scalars(query.distinct())
