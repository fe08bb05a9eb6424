"""What is written below a question: answers of the team, and what the asker adds; the end of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.api import (
    Actor,
    DomainError,
    File,
    Refused,
    Viewer,
    attach,
    can,
    db,
    drop_draft,
    is_blank,
    must_wait,
    new_content,
    note_revision,
    notify,
    operation,
    over_because,
    record,
    search_again,
    sent_before,
    utcnow,
)
from plugins.consultations import asking, balance, events, notices
from plugins.consultations.finding import consults, ensure_goes_on, held_line
from plugins.consultations.models import Question, QuestionState, Reply
from plugins.consultations.words import _

REPLY = "consultations.reply"


@dataclass(frozen=True, kw_only=True)
class Written:
    """What is written below a question; ``draft`` is the place of the draft that it was."""

    body: str
    files: Sequence[File] = ()
    submission: str = ""
    draft: str = ""


@operation
def reply(actor: Actor, question: Question, written: Written) -> Reply:
    """Answer a question, or go on asking. A form that is sent twice gives the same reply.

    Raises Refused for others than the asker and the team, and where nothing can be written.
    """
    sent = sent_before(actor, written.submission)
    if sent is not None:
        return db.session.get_one(Reply, sent.id)
    if is_blank(written.body) and not written.files:
        raise DomainError(_("Write something first."))
    held_line(question.line_id)
    question = asking.held(question.id)
    answers = answers_in(actor, question)
    refusal = why_not(actor, question)
    if refusal is not None:
        raise Refused(refusal)
    row = _stored_reply(actor, question, written, answers=answers)
    drop_draft(actor, written.draft)
    record(events.ANSWERED if answers else events.CLARIFIED, actor, activity=question.activity)
    if row.content.held_at is None:
        _take_effect(question, row)
        _tell_of_reply(question, row)
    return row


def why_not(person: Actor | Viewer, question: Question) -> str | None:
    """Why nobody, or this person, can write below a question now."""
    activity = question.activity
    over = over_because(activity.community, activity)
    if over:
        return over
    if not question.content.is_visible:
        return _("A moderator has to let this question through before anything is written here.")
    if not question.private and not can(person, "consultations.ask", activity.community, activity):
        return _("Only members of the community write here for everybody.")
    return None


def answers_in(actor: Actor, question: Question) -> bool:
    """Whether somebody writes for the team here, or as the asker; Refused for everybody else."""
    if actor.id is not None and actor.id == question.asker_id:
        return False
    if not consults(actor, question.line_id):
        raise Refused(_("Only the asker and the consultants write here."))
    return True


def _stored_reply(actor: Actor, question: Question, written: Written, *, answers: bool) -> Reply:
    place = None if question.private else question.activity
    waits = place is not None and must_wait(actor, place.community)
    content = new_content(actor, REPLY, place, held=waits, submission=written.submission)
    row = Reply(
        id=content.id, content=content, question_id=question.id, question=question,
        activity_id=question.activity_id, body=written.body, is_answer=answers,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    attach(content, written.files)
    return row


def _take_effect(question: Question, row: Reply) -> None:
    """The question is answered by what everybody in it can read now, or waits again; the line is
    held."""
    now = utcnow()
    question.last_at = now
    if row.is_answer:
        question.state, question.consultant_id = QuestionState.ANSWERED, row.content.author_id
        if question.answered_at is None:
            question.answered_at = now
            late = question.due_at is not None and now > question.due_at
            question.late = question.late or late
    elif question.state != QuestionState.WAITING:
        if not balance.goes_on(question.line, question.consultant_id):
            question.consultant_id = balance.next_consultant(
                question.line, question.asker_id, question.tutor_id
            )
        asking.begin_term(question)


def _tell_of_reply(question: Question, row: Reply) -> None:
    asker = [question.asker_id] if question.asker_id is not None else []
    kind = notices.ANSWERED if row.is_answer else notices.CLARIFIED
    people = asker if row.is_answer else asking.those_who_answer(question)
    notify(
        kind, people, by=row.content.author_id, content=row.content, about=question.content,
        once=f"{kind}:{row.id}",
    )  # fmt: skip
    asking.show_anew(question)


@operation
def reply_shown(actor: Actor, reply_id: int) -> None:
    """A reply was approved: now it counts, unless others have written since. One that is shown
    again is no news."""
    row = db.session.get_one(Reply, reply_id)
    if not row.content.is_visible:
        return
    held_line(row.question.line_id)
    question = asking.held(row.question_id)
    if question.last_at < row.content.created_at:
        _take_effect(question, row)
    _tell_of_reply(question, row)


@operation
def change_reply(actor: Actor, row: Reply, body: str, *, seen: int) -> None:
    """Let the author write a reply anew; what it said before is kept. Raises Conflict."""
    if row.content.author_id != actor.id or is_blank(body):
        raise Refused(_("Only its author can change this."))
    refusal = why_not(actor, row.question)
    if refusal is not None:
        raise Refused(refusal)
    note_revision(actor, row.content, row.body, seen_version=seen)
    row.body = body
    search_again([row.id])
    asking.show_anew(row.question)


@operation
def close(actor: Actor, question: Question) -> None:
    """It is done. Whoever writes on opens it again. Nothing happens where it is closed already.

    Raises Refused in the archive, and for others than the asker and the team.
    """
    question = asking.held(question.id)
    ensure_goes_on(question.activity)
    answers_in(actor, question)
    if question.state == QuestionState.CLOSED:
        return
    question.state = QuestionState.CLOSED
    record(events.CLOSED, actor, activity=question.activity)
    asking.show_anew(question)
