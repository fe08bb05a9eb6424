"""What the forum keeps about a person: given out when they ask, made nameless when they leave."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import delete, select, update

from core.api import Content, DataRecord, User, db, names_person, plain, without_person
from plugins.forum.models import Post, Problem, Read, Reader, Topic
from plugins.forum.words import _


def exported(user: User) -> Iterator[DataRecord]:
    """Everything a person wrote in forums, and how far they have read."""
    posts = (
        select(Post.body, Topic.title, Content.created_at, Content.edited_at)
        .join(Content, Content.id == Post.id)
        .join(Topic, Topic.id == Post.topic_id)
        .where(Content.author_id == user.id)
        .order_by(Content.id)
    )
    for body, title, written, edited in db.session.execute(posts):
        yield DataRecord(
            _("Forum post"),
            {
                "topic": title, "text": plain(body), "written": written.isoformat(),
                "edited": edited.isoformat() if edited else None,
            },
        )  # fmt: skip
    problems = (
        select(Problem.title, Problem.body, Problem.opens_at)
        .join(Content, Content.id == Problem.id)
        .where(Content.author_id == user.id)
        .order_by(Content.id)
    )
    for title, body, opens_at in db.session.execute(problems):
        facts = {"title": title, "text": plain(body), "opens": opens_at.isoformat()}
        yield DataRecord(_("Problem on a forum's agenda"), facts)
    reads = select(Topic.title, Read.number).join(Read, Read.topic_id == Topic.id)
    for title, number in db.session.execute(reads.where(Read.user_id == user.id)):
        yield DataRecord(_("Read in a forum"), {"topic": title, "up_to_post": number})


def erased(user: User) -> None:
    """Forget what a person read, and that it was them who wrote; discussions stay whole."""
    db.session.execute(delete(Read).where(Read.user_id == user.id))
    db.session.execute(delete(Reader).where(Reader.user_id == user.id))
    db.session.execute(
        update(Topic).where(Topic.last_author_id == user.id).values(last_author_id=None)
    )
    db.session.execute(
        update(Topic).where(Topic.decided_by_id == user.id).values(decided_by_id=None)
    )
    _forget_name(user)


def _forget_name(user: User) -> None:
    """Quotes and mentions in what others wrote name a person too."""
    for model, column in ((Post, "body"), (Topic, "decision"), (Problem, "body")):
        text = getattr(model, column)
        rows: Any = db.session.scalars(select(model).where(names_person(text, user)))
        for row in rows:
            setattr(row, column, without_person(getattr(row, column), user))
