"""What people wrote, drafted, marked and uploaded in the activities of a plugin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, cast, literal, or_, select

from core.access.actors import SYSTEM
from core.activities.models import Activity
from core.contents.models import (
    Attachment,
    Comment,
    Content,
    ContentReader,
    Draft,
    Reaction,
    Revision,
)
from core.contract.traces import Trace, begins_with
from core.files.models import File
from core.files.store import remove_bytes
from core.platform.db import db
from core.platform.i18n import core_domain

_l = core_domain.lazy


def written_in(plugin: str) -> Select[tuple[int]]:
    """The ids of everything written with a plugin, and of the comments on it, however deep."""
    activities = select(Activity.id).where(Activity.plugin == plugin)
    own = or_(begins_with(Content.kind, f"{plugin}."), Content.activity_id.in_(activities))
    tree = select(Content.id).where(own).cte(recursive=True)
    remarks = select(Comment.id).join(tree, Comment.on_id == tree.c.id)
    return select(tree.union(remarks).c.id)


def _within(column: Any) -> Callable[[str], ColumnElement[bool]]:
    def of(plugin: str) -> ColumnElement[bool]:
        condition: ColumnElement[bool] = column.in_(written_in(plugin))
        return condition

    return of


def _files(plugin: str) -> ColumnElement[bool]:
    """Uploads that belong to what was written there and to nothing else."""
    here = select(Attachment.file_id).where(Attachment.content_id.in_(written_in(plugin)))
    elsewhere = select(Attachment.file_id).where(Attachment.content_id.not_in(written_in(plugin)))
    return File.id.in_(here) & File.id.not_in(elsewhere) & ~File.portrait


def _drafts(plugin: str) -> ColumnElement[bool]:
    """Of its own texts, and of comments on what was written there."""
    written = written_in(plugin).subquery()
    comments = select(literal("core.comment:").concat(cast(written.c.id, Text)))
    return or_(begins_with(Draft.place, f"{plugin}."), Draft.place.in_(comments))


def _bytes_of(plugin: str) -> Callable[[], None]:
    digests = set(db.session.scalars(select(File.sha256).where(_files(plugin))))

    def remove() -> None:
        for digest in sorted(digests):
            remove_bytes(SYSTEM, digest)

    return remove


TRACES = (
    Trace(_l("Uploaded files"), File, _files, before=_bytes_of),
    Trace(_l("Attachments"), Attachment, _within(Attachment.content_id)),
    Trace(_l("Reactions"), Reaction, _within(Reaction.content_id)),
    Trace(_l("Former versions"), Revision, _within(Revision.content_id)),
    Trace(_l("Readers"), ContentReader, _within(ContentReader.content_id)),
    Trace(_l("Drafts"), Draft, _drafts),
    Trace(_l("Contents and comments"), Content, _within(Content.id)),
)
