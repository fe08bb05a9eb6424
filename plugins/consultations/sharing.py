"""The knowledge base: answers for everybody, without names, where the asker agrees."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import select

from core.api import (
    SYSTEM,
    Actor,
    Content,
    DomainError,
    Refused,
    User,
    changed,
    db,
    forget_former,
    is_blank,
    let_read,
    new_content,
    note_revision,
    notify,
    operation,
    plain,
    record,
    search_again,
    utcnow,
)
from plugins.consultations import asking, events, notices
from plugins.consultations.finding import consults, team_ids
from plugins.consultations.models import Article, Consent, Question
from plugins.consultations.words import _

ARTICLE = "consultations.article"
# Letters at the end of a surname that change from case to case.
ENDING = 2
SHORTEST = 4


@dataclass(frozen=True, kw_only=True)
class Draft:
    """An answer as the team prepares it; ``version`` is the one that the form began with."""

    title: str
    question: str
    answer: str
    version: int = 0


@operation
def prepare(actor: Actor, question: Question, draft: Draft) -> Article:
    """Write an answer for everybody. It is published at once where the asker has agreed, else the
    asker is asked. Raises DomainError where a name stands in it, Conflict when somebody was
    faster."""
    question = asking.held(question.id)
    if not consults(actor, question.line_id):
        raise Refused(_("Only the consultants of this line can do this."))
    _check(question, draft)
    article = db.session.scalar(select(Article).where(Article.question_id == question.id))
    if article is None:
        article = _new(question, draft)
    else:
        former = f"<h2>{article.title}</h2>{article.question}{article.answer}"
        # The history names nobody either.
        note_revision(SYSTEM, article.content, former, seen_version=draft.version)
        article.title, article.question = draft.title, draft.question
        article.answer = draft.answer
    search_again([article.id])
    if question.consent == Consent.GIVEN:
        _publish(actor, question, article)
    else:
        _ask_for_consent(actor, question, article)
    return article


def _check(question: Question, draft: Draft) -> None:
    if is_blank(draft.question) or is_blank(draft.answer):
        raise DomainError(_("Write both the question and the answer."))
    asker = db.session.get(User, question.asker_id or 0)
    if asker is not None and names(asker, f"{draft.title} {draft.question} {draft.answer}"):
        raise DomainError(_("The asker's name still stands in the text. Take it out."))


def names(person: User, html: str) -> bool:
    """Whether somebody's surname (in any case) or address stands in a text."""
    text = plain(html).casefold().replace("ё", "е")
    surname = person.surname.casefold().replace("ё", "е")
    stem = surname[: max(SHORTEST, len(surname) - ENDING)]
    found = re.search(rf"\b{re.escape(stem)}\w{{0,{ENDING + 1}}}\b", text)
    return found is not None or bool(person.email and person.email.casefold() in text)


def _new(question: Question, draft: Draft) -> Article:
    content = new_content(SYSTEM, ARTICLE)
    article = Article(
        id=content.id, content=content, activity_id=question.activity_id,
        question_id=question.id, title=draft.title, question=draft.question, answer=draft.answer,
    )  # fmt: skip
    db.session.add(article)
    db.session.flush()
    _give(content, question)
    return article


def _give(content: Content, question: Question) -> None:
    readers = set(db.session.scalars(team_ids(question.line_id)))
    let_read(content, readers | ({question.asker_id} if question.asker_id else set()))


def _ask_for_consent(actor: Actor, question: Question, article: Article) -> None:
    question.consent = Consent.ASKED
    if question.asker_id is not None:
        notify(
            notices.CONSENT, [question.asker_id], by=actor.id, content=article.content,
            once=f"{notices.CONSENT}:{article.id}:{article.content.version}",
        )  # fmt: skip


def _publish(actor: Actor, question: Question, article: Article) -> None:
    if article.published_at is not None:
        return
    article.published_at = utcnow()
    forget_former(article.content)
    _stand(article, question)
    record(events.PUBLISHED, actor, activity=question.activity, content=article.content)
    if question.asker_id is not None:
        notify(
            notices.PUBLISHED, [question.asker_id], by=actor.id, content=article.content,
            once=f"{notices.PUBLISHED}:{article.id}:{article.published_at.isoformat()}",
        )  # fmt: skip
    changed(question.activity, "knowledge")


def _stand(article: Article, question: Question) -> None:
    """Where an article stands: in the community once it is published, else with its readers."""
    published = article.published_at is not None
    article.content.activity_id = question.activity_id if published else None
    article.content.community_id = question.activity.community_id if published else None
    db.session.flush()
    search_again([article.id])


@operation
def decide(actor: Actor, question: Question, agrees: bool) -> None:
    """The asker agrees to a publication without names, or does not any more."""
    question = asking.held(question.id)
    if actor.id is None or actor.id != question.asker_id:
        raise Refused(_("Only whoever asked can decide on this."))
    question.consent = Consent.GIVEN if agrees else Consent.REFUSED
    article = db.session.scalar(select(Article).where(Article.question_id == question.id))
    if article is None:
        return
    if agrees:
        _publish(actor, question, article)
    elif article.published_at is not None:
        article.published_at = None
        _stand(article, question)
        record(events.WITHDRAWN, actor, activity=question.activity)
        changed(question.activity, "knowledge")
