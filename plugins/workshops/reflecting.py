"""Looking back: a few questions of the master's, and what participants answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, func, select

from core.api import Activity, Actor, DomainError, db, drop_draft, operation, record, upsert
from plugins.workshops import events
from plugins.workshops.holding import ensure_time_for, locked, seat_of
from plugins.workshops.models import Answer, Question, Workshop
from plugins.workshops.passing import Basis, note_passed
from plugins.workshops.stages import StageKind
from plugins.workshops.words import _

MOST_QUESTIONS = 10
QUESTION_LENGTH = 300


def questions_of(workshop: Workshop) -> Sequence[Question]:
    """What is asked, in order."""
    query = select(Question).where(Question.activity_id == workshop.activity_id)
    return db.session.scalars(query.order_by(Question.position, Question.id)).all()


@operation
def set_questions(actor: Actor, workshop: Workshop, lines: str) -> None:
    """Ask these questions, a line each. Raises DomainError for none or too many, and once somebody
    has answered: their answers would belong to other questions."""
    workshop = locked(workshop.id)
    texts = list(dict.fromkeys(line.strip() for line in lines.splitlines() if line.strip()))
    if not 1 <= len(texts) <= MOST_QUESTIONS:
        raise DomainError(_("Ask from one to ten questions, a line for each."))
    if any(len(text) > QUESTION_LENGTH for text in texts):
        raise DomainError(_("A question has at most 300 characters."))
    there = [question.text for question in questions_of(workshop)]
    if there == texts:
        return
    if _answers(workshop):
        raise DomainError(_("Somebody has answered already, so the questions stay as they are."))
    db.session.execute(delete(Question).where(Question.activity_id == workshop.activity_id))
    db.session.add_all(
        Question(activity_id=workshop.activity_id, position=position, text=text)
        for position, text in enumerate(texts)
    )


def _answers(workshop: Workshop) -> int:
    query = (
        select(func.count())
        .select_from(Answer)
        .join(Question, Question.id == Answer.question_id)
        .where(Question.activity_id == workshop.activity_id)
    )
    return db.session.scalar(query) or 0


def draft_place(activity: Activity) -> str:
    """Where core keeps what is typed at the end."""
    return f"workshops.reflection:{activity.id}"


@operation
def answer(actor: Actor, workshop: Workshop, answers: Mapping[int, str]) -> None:
    """Answer the questions; until the stage is over the answers can be changed. Raises DomainError
    outside of it, and where a question is left without an answer."""
    workshop = locked(workshop.id)
    place = seat_of(workshop, actor)
    ensure_time_for(workshop, StageKind.REFLECTION, place)
    questions = questions_of(workshop)
    if not all(answers.get(question.id, "").strip() for question in questions):
        raise DomainError(_("Answer each question, with a few words at least."))
    for question in questions:
        key = {"question_id": question.id, "place_id": place.id}
        upsert(Answer, key, {"words": answers[question.id].strip()})
    drop_draft(actor, draft_place(workshop.activity))
    record(events.REFLECTED, actor, activity=workshop.activity)
    note_passed(actor, workshop, place, StageKind.REFLECTION, Basis.ANSWERS)
