"""Questions: asked, with a term for the answer, handed over, taken back and thanked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from core.api import (
    HOLD,
    SYSTEM,
    Actor,
    Content,
    DomainError,
    File,
    Refused,
    able_to,
    attach,
    changed,
    changed_for,
    db,
    drop_draft,
    enqueue,
    let_read,
    must_wait,
    new_content,
    notify,
    operation,
    record,
    remove_contents,
    sent_before,
    upsert,
    utcnow,
)
from plugins.consultations import balance, events, notices
from plugins.consultations.finding import consults, ensure_goes_on, held_line, team_ids
from plugins.consultations.models import (
    Consent,
    Line,
    Question,
    QuestionState,
    Rating,
    Reply,
)
from plugins.consultations.terms import end_of_term, today_in
from plugins.consultations.words import _

QUESTION = "consultations.question"
TERM = "consultations.term"
SOON, LATE = "soon", "late"
# So long before the end of a term whoever is to answer is reminded.
BEFORE = timedelta(hours=24)
# What open pages show of questions, and of what waits for somebody.
PART = "questions"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question as its form gives it; ``wanted`` is the consultant asked for, 0 for anybody."""

    title: str
    body: str
    private: bool = True
    consent: bool = False
    wanted: int = 0
    files: Sequence[File] = ()
    submission: str = ""
    draft: str = ""


@operation
def ask(actor: Actor, line: Line, asked: Asked) -> Question:
    """Ask a line. A form that is sent twice gives the same question.

    Raises DomainError where no questions are taken.
    """
    sent = sent_before(actor, asked.submission)
    if sent is not None:
        return db.session.get_one(Question, sent.id)
    line = held_line(line.id)
    if not line.by_question:
        raise DomainError(_("This line takes no questions in writing."))
    question = _stored(actor, line, asked)
    drop_draft(actor, asked.draft)
    record(events.ASKED, actor, activity=line.activity)
    if question.content.held_at is None:
        accept(question)
    return question


def _stored(actor: Actor, line: Line, asked: Asked) -> Question:
    activity = line.activity
    place = None if asked.private else activity
    held = place is not None and must_wait(actor, activity.community)
    content = new_content(actor, QUESTION, place, held=held, submission=asked.submission)
    tutor = balance.tutor_of(actor.id, activity.community_id, today_in(line.zone_name))
    question = Question(
        id=content.id, content=content, line_id=line.id, line=line, activity_id=activity.id,
        activity=activity, asker_id=actor.id, title=asked.title, body=asked.body,
        private=asked.private, consultant_id=_wanted(line, asked.wanted, actor.id), tutor_id=tutor,
        state=QuestionState.WAITING, last_at=utcnow(),
        consent=Consent.GIVEN if asked.consent else Consent.UNASKED,
    )  # fmt: skip
    db.session.add(question)
    db.session.flush()
    attach(content, asked.files)
    if asked.private:
        team = set(db.session.scalars(team_ids(line.id)))
        let_read(content, team | {n for n in (actor.id, tutor) if n is not None})
    return question


def _wanted(line: Line, user_id: int, asker_id: int | None) -> int | None:
    there = {load.user_id for load in balance.loads_of(line) if load.available}
    there.discard(asker_id)
    return user_id if user_id in there else None


def accept(question: Question) -> None:
    """The term begins, and somebody is chosen to answer; inside an operation."""
    line = question.line
    if question.consultant_id is None:
        question.consultant_id = balance.next_consultant(line, question.asker_id, question.tutor_id)
    begin_term(question)
    notify(
        notices.ASKED, those_who_answer(question), by=question.asker_id,
        content=question.content, once=f"{notices.ASKED}:{question.id}",
    )  # fmt: skip
    if question.tutor_id is not None:
        notify(
            notices.WARD, {question.tutor_id} - set(those_who_answer(question)),
            by=question.asker_id, content=question.content, once=f"{notices.WARD}:{question.id}",
        )  # fmt: skip


def those_who_answer(question: Question) -> list[int]:
    """Whoever the question waits for; without anybody the whole team."""
    if question.consultant_id is not None:
        return [question.consultant_id]
    return list(db.session.scalars(team_ids(question.line_id)))


def begin_term(question: Question) -> None:
    line, now = question.line, utcnow()
    question.state = QuestionState.WAITING
    question.due_at = end_of_term(now, line.answer_days, line.zone_name)
    enqueue(TERM, at=question.due_at, key=f"{LATE}:{question.id}", question=question.id, what=LATE)
    if question.due_at - BEFORE > now:
        moment = question.due_at - BEFORE
        enqueue(TERM, at=moment, key=f"{SOON}:{question.id}", question=question.id, what=SOON)
    show_anew(question)


def show_anew(question: Question) -> None:
    people = [question.asker_id, question.consultant_id]
    changed_for([number for number in people if number is not None], PART)
    changed(question.activity, PART)


def look_at_term(question: int, what: str) -> None:
    """A job, at its moment: remind of a term, or escalate when it has passed."""
    row = db.session.get(Question, question)
    if row is None or row.activity.state != "published" or not row.content.is_visible:
        return
    if row.state == QuestionState.WAITING and row.due_at is not None:
        now = utcnow()
        if what == SOON and row.due_at - BEFORE <= now < row.due_at:
            remind(SYSTEM, row)
        elif what == LATE and row.due_at <= now:
            escalate(SYSTEM, row)


@operation
def remind(actor: Actor, question: Question) -> None:
    """A day is left to answer."""
    notify(
        notices.SOON, those_who_answer(question), content=question.content,
        once=f"{notices.SOON}:{question.id}:{question.due_at}",
    )  # fmt: skip


@operation
def escalate(actor: Actor, question: Question) -> None:
    """The term has passed: the whole team and those who lead the line are told; once a term."""
    question = held(question.id)
    due, before = question.due_at, question.escalated_at
    told = due is None or (before is not None and before >= due)
    if told or question.state != QuestionState.WAITING:
        return
    question.escalated_at = utcnow()
    question.late = question.late or question.answered_at is None
    record(events.ESCALATED, actor, activity=question.activity)
    once = f"{notices.LATE}:{question.id}:{question.due_at}"
    notify(notices.LATE, team_ids(question.line_id), content=question.content, once=once)
    team = set(db.session.scalars(team_ids(question.line_id)))
    leading = able_to(question.activity.community, "consultations.lead") - team
    notify(notices.LATE_HERE, leading, about=question.activity, once=once)
    show_anew(question)


@operation
def hand_over(actor: Actor, question: Question, user_id: int) -> None:
    """Let somebody of the team answer a question: oneself, or another.

    Raises Refused in the archive, DomainError for whoever cannot answer, or where nothing waits.
    """
    ensure_goes_on(question.activity)
    give(actor, question, user_id)


@operation
def give(actor: Actor, question: Question, user_id: int) -> None:
    """The same in the archive, too: of somebody who leaves nothing may be left waiting."""
    question = held(question.id)
    if not consults(_Person(user_id), question.line_id):
        raise DomainError(_("Choose somebody of the team."))
    if user_id == question.asker_id:
        raise DomainError(_("Whoever asked cannot answer: choose somebody else of the team."))
    if question.state != QuestionState.WAITING:
        raise DomainError(_("This question does not wait for an answer."))
    if question.consultant_id == user_id:
        return
    question.consultant_id = user_id
    record(events.HANDED_OVER, actor, activity=question.activity, subject_id=user_id)
    notify(
        notices.ASKED, [user_id], by=actor.id, content=question.content,
        once=f"{notices.ASKED}:{question.id}:{user_id}:{utcnow().isoformat()}",
    )  # fmt: skip
    show_anew(question)


@dataclass(frozen=True)
class _Person:
    id: int | None


@operation
def rate(
    actor: Actor, content: Content, activity_id: int, consultant_id: int | None, stars: int,
    words: str,
) -> None:  # fmt: skip
    """Thank for an answer or a conversation; a second time replaces the first."""
    key = {"content_id": content.id, "user_id": actor.id}
    values = {
        "activity_id": activity_id, "consultant_id": consultant_id, "stars": stars,
        "words": words, "rated_at": utcnow(),
    }  # fmt: skip
    upsert(Rating, key, values)
    record(events.RATED, actor, subject_id=consultant_id, stars=stars)
    if consultant_id is not None:
        notify(
            notices.THANKED, [consultant_id], by=actor.id, content=content,
            once=f"{notices.THANKED}:{content.id}:{actor.id}",
        )  # fmt: skip


@operation
def take_back(actor: Actor, question: Question) -> None:
    """Remove one's question for good, with its files, while nobody has written below it.

    Raises DomainError once somebody has, and Refused in the archive.
    """
    ensure_goes_on(question.activity)
    question = held(question.id)
    if actor.id is None or actor.id != question.asker_id:
        raise Refused(_("Only whoever asked can decide on this."))
    below = select(Reply.id).where(Reply.question_id == question.id)
    if db.session.scalar(below.limit(1)) is not None:
        raise DomainError(_("Somebody has written below it already. Close the question instead."))
    show_anew(question)
    remove_contents(actor, [question.id])


@operation
def visibility_changed(actor: Actor, question_id: int) -> None:
    """A question was approved: now its term begins."""
    question = db.session.get_one(Question, question_id)
    if question.due_at is None and question.content.is_visible:
        held_line(question.line_id)
        accept(question)


def held(question_id: int) -> Question:
    """A question that nobody else changes until the operation ends."""
    db.session.flush()
    query = select(Question).where(Question.id == question_id).with_for_update(**HOLD)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()
