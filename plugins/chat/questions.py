"""The queue of questions of a session: asking, voting, and what those who lead do with them."""

from __future__ import annotations

from sqlalchemy import delete, func, select

from core.api import (
    HOLD,
    Activity,
    Actor,
    Content,
    DomainError,
    Refused,
    db,
    new_content,
    operation,
    record,
    sent_before,
    utcnow,
)
from plugins.chat import events, text
from plugins.chat.messages import locked, show
from plugins.chat.models import Member, Question, QuestionState, Room, Vote
from plugins.chat.words import _

QUESTION = "chat.question"
# So many open questions of one person stand in the queue at a time.
MOST_OPEN = 5


@operation
def ask(
    actor: Actor, place: Activity, room_id: int, words: str, *, mark: str = "", held: bool = False
) -> Question:  # fmt: skip
    """Put a question into the queue, before a session or in it. A form sent twice asks once."""
    sent = sent_before(actor, mark)
    if sent is not None:
        return _asked_before(room_id, sent)
    text.needed(words)
    room = locked(place, room_id)
    _refuse(actor, room)
    content = new_content(actor, QUESTION, place, held=held, submission=mark)
    question = Question(id=content.id, content=content, room_id=room_id, text=words, votes=0)
    db.session.add(question)
    db.session.flush()
    show(place, room, "panel")
    record(events.ASKED, actor, activity=place, content=content)
    return question


def _asked_before(room_id: int, sent: Content) -> Question:
    question = db.session.get(Question, sent.id)
    if question is None or question.room_id != room_id:
        raise DomainError(_("This was sent somewhere else already. Write it anew."))
    return question


def _refuse(actor: Actor, room: Room) -> None:
    over = room.closes_at is not None and room.closes_at <= utcnow()
    if room.session_id is None or over:
        raise Refused(_("This session is over."))
    member = db.session.get(Member, {"room_id": room.id, "user_id": actor.id})
    if member is not None and (
        member.removed_at is not None
        or (member.silenced_until is not None and member.silenced_until > utcnow())
    ):
        raise Refused(
            _("You cannot write here for a while. Reason: %(reason)s", reason=member.reason)
        )
    open_ones = (
        select(func.count())
        .select_from(Question)
        .join(Question.content)
        .filter_by(author_id=actor.id)
        .where(Question.room_id == room.id, Question.state == QuestionState.OPEN)
    )
    if (db.session.scalar(open_ones) or 0) >= MOST_OPEN:
        raise DomainError(_("Five questions of yours wait already. Let others ask too."))


@operation
def vote(actor: Actor, place: Activity, question: Question) -> bool:
    """Want a question answered, or no longer; True if one does now."""
    db.session.refresh(question, with_for_update=HOLD | {"of": Question})
    if question.state != QuestionState.OPEN:
        raise DomainError(_("This question waits no longer."))
    key = {"question_id": question.id, "user_id": actor.id}
    there = db.session.get(Vote, key, populate_existing=True)
    if there is not None:
        db.session.delete(there)
    else:
        db.session.add(Vote(**key))
    db.session.flush()
    _count(question)
    show(place, question.room, "panel")
    return there is None


def _count(question: Question) -> None:
    count = select(func.count()).where(Vote.question_id == question.id)
    question.votes = db.session.scalar(count) or 0
    db.session.flush()


@operation
def settle(actor: Actor, place: Activity, question: Question, state: QuestionState) -> None:
    """Take a question up, call it answered, put it aside, or back into the queue.

    One is taken up at a time: what was taken up before counts as answered.
    """
    room = locked(place, question.room_id)
    if state is QuestionState.NOW:
        query = select(Question).where(
            Question.room_id == question.room_id, Question.state == QuestionState.NOW
        )
        for other in db.session.scalars(query):
            other.state = QuestionState.ANSWERED
    question.state = state
    db.session.flush()
    show(place, room, "panel")


def forget_votes(user_id: int) -> None:
    """Take the votes of somebody who leaves, inside the operation that erases them."""
    questions = select(Question).join(Vote, Vote.question_id == Question.id)
    theirs = list(db.session.scalars(questions.where(Vote.user_id == user_id)))
    db.session.execute(delete(Vote).where(Vote.user_id == user_id))
    for question in theirs:
        _count(question)
