"""Comments on any content: a service of core, so that no plugin writes them again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, exists, func, select

from core.access.actors import Actor, Viewer
from core.contents import events
from core.contents.attachments import attach, attachments_of
from core.contents.models import Attachment, Comment, Content
from core.contents.operations import note_revision, sent_before, submission_mark
from core.contents.places import visible_to
from core.contents.queries import Author, addresses, author_columns, author_of
from core.contract.manifest import ContentView
from core.errors import Conflict, DomainError
from core.events.log import record
from core.files.models import File
from core.people.models import School, User
from core.platform.db import db, operation, utcnow
from core.platform.html import excerpt, is_blank
from core.platform.i18n import core_domain

_ = core_domain.gettext

KIND = "core.comment"
# Under a content stand the latest ones; a page of their own holds all.
SHOWN = 50


@dataclass(frozen=True)
class CommentLine:
    """A comment as a page shows it; ``hidden_reason`` is None where it is not hidden."""

    id: int
    on_id: int
    body: str
    author: Author
    created_at: datetime
    edited_at: datetime | None
    held: bool
    hidden_reason: str | None
    files: Sequence[File] = ()


@dataclass(frozen=True)
class Comments:
    """The latest comments on one content, and how many there are in all."""

    on_id: int
    lines: Sequence[CommentLine] = ()
    total: int = 0

    @property
    def earlier(self) -> int:
        return self.total - len(self.lines)


def comments_of(content_ids: Sequence[int], viewer: Viewer) -> dict[int, Comments]:
    """The comments on many contents that the viewer may see; no id is left out. One query, and one
    more where any has files."""
    lines: dict[int, list[CommentLine]] = defaultdict(list)
    place = func.row_number().over(partition_by=Comment.on_id, order_by=Comment.id.desc())
    total = func.count().over(partition_by=Comment.on_id)
    ranked = (
        select(Comment.id, place.label("place"), total.label("total"))
        .join(Comment.content)
        .where(Comment.on_id.in_(content_ids), visible_to(viewer))
        .subquery()
    )
    query = (
        _lines()
        .add_columns(ranked.c.total)
        .join(ranked, ranked.c.id == Comment.id)
        .where(ranked.c.place <= SHOWN)
        .order_by(Comment.id)
    )
    rows = db.session.execute(query).all() if content_ids else []
    totals = {row.on_id: row.total for row in rows}
    for line in comment_lines(rows):
        lines[line.on_id].append(line)
    return {n: Comments(n, lines.get(n, []), totals.get(n, 0)) for n in content_ids}


def comments_on(content: Content, viewer: Viewer) -> Select[Any]:
    """All comments on one content that the viewer may see, the oldest first; for a page of them."""
    return _lines().where(Comment.on_id == content.id, visible_to(viewer)).order_by(Comment.id)


def _lines() -> Select[Any]:
    files = exists().where(Attachment.content_id == Comment.id)
    return (
        select(
            Comment.id, Comment.on_id, Comment.body, Content.created_at, Content.edited_at,
            Content.held_at, Content.hidden_at, Content.hidden_reason, files.label("has_files"),
            *author_columns(),
        )
        .join(Comment.content)
        .outerjoin(User, User.id == Content.author_id)
        .outerjoin(School, School.id == User.school_id)
    )  # fmt: skip


def comment_lines(rows: Sequence[Row[Any]]) -> list[CommentLine]:
    """The comments in rows of :func:`comments_on`; one query where any has files."""
    files = attachments_of([row.id for row in rows if row.has_files])
    return [
        CommentLine(
            row.id, row.on_id, row.body, author_of(row), row.created_at, row.edited_at,
            row.held_at is not None, row.hidden_reason if row.hidden_at else None,
            files.get(row.id, ()),
        )
        for row in rows
    ]  # fmt: skip


@operation
def add_comment(
    actor: Actor,
    target: Content,
    body: str,
    *,
    files: Sequence[File] = (),
    held: bool = False,
    submission: str = "",
) -> Content:
    """Comment on a content; ``body`` is clean HTML. ``held``: it waits for approval.

    A form with the same ``submission`` that is sent once more gives the same comment.
    """
    sent = sent_before(actor, submission)
    if sent is not None:
        return sent
    _check(target, body)
    content = Content(
        kind=KIND, community_id=target.community_id, activity_id=target.activity_id,
        author_id=actor.id, held_at=utcnow() if held else None,
        submission=submission_mark(actor, submission),
    )  # fmt: skip
    db.session.add(content)
    db.session.flush()
    db.session.add(Comment(id=content.id, on_id=target.id, body=body))
    if files:
        attach(content, files)
    record(
        events.COMMENTED, actor, activity=target.activity, content=content,
        subject_id=target.author_id, on=target.id,
    )  # fmt: skip
    return content


def _check(target: Content, body: str) -> None:
    if target.kind == KIND:
        raise DomainError(_("Comments cannot be commented on."))
    if not target.is_visible:
        raise Conflict(_("This was hidden meanwhile, so it cannot be commented on."))
    _check_body(body)


def _check_body(body: str) -> None:
    if is_blank(body):
        raise DomainError(_("Write something first."))


@operation
def edit_comment(
    actor: Actor, content: Content, body: str, files: Sequence[File] = (), *, seen_version: int
) -> None:
    """Change a comment and its files; what it said before stays in its history."""
    _check_body(body)
    comment = db.session.get_one(Comment, content.id)
    if comment.body == body and attachments_of([content.id])[content.id] == list(files):
        return
    note_revision(actor, content, comment.body, seen_version=seen_version)
    comment.body = body
    attach(content, files)
    record(events.EDITED, actor, activity=content.activity, content=content)


def comment_of(content: Content) -> Comment:
    """What belongs to a content of this kind; raises NoResultFound for other kinds."""
    return db.session.get_one(Comment, content.id)


def comment_views(ids: Sequence[int]) -> Mapping[int, ContentView]:
    """How comments are shown in logs and lists: on the page of what they are about."""
    query = (
        select(Comment.id, Comment.body, Comment.on_id, Content.kind)
        .join(Content, Content.id == Comment.on_id)
        .where(Comment.id.in_(ids))
    )
    rows = db.session.execute(query).all()
    urls = addresses({row.on_id: row.kind for row in rows})
    return {
        row.id: ContentView(
            title=_("Comment"),
            url=f"{urls[row.on_id]}#comment-{row.id}",
            excerpt=excerpt(row.body, 120),
        )
        for row in rows
        if row.on_id in urls
    }


def comment_targets(ids: Sequence[int]) -> Mapping[int, int]:
    """What comments are about, by their ids."""
    rows = db.session.execute(select(Comment.id, Comment.on_id).where(Comment.id.in_(ids)))
    return {row.id: row.on_id for row in rows}


def comment_bodies(ids: Sequence[int]) -> Mapping[int, str]:
    """What comments say, by their ids."""
    rows = db.session.execute(select(Comment.id, Comment.body).where(Comment.id.in_(ids)))
    return {row.id: row.body for row in rows}
