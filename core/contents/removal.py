"""Removing contents for good: nothing of them is left, neither words nor bytes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import partial
from itertools import islice

from sqlalchemy import Select, delete, exists, select

from core.access.actors import SYSTEM, Actor
from core.contents.models import Attachment, Comment, Content
from core.files.models import File
from core.files.store import remove_bytes
from core.platform.db import after_commit, db, operation

# So many at a time: databases take only so many values in a statement.
BATCH = 500


@operation
def remove_contents(actor: Actor, ids: Collection[int]) -> None:
    """Remove contents, with the rows of their plugin, comments, signs, history and notices, and the
    files that belong to nothing else: their bytes and the pictures made of them go too.

    There is no way back. What happened stays in the log, without saying to what. What stands in
    another content is for its plugin to name: nobody else knows.
    """
    for some in _batches([*ids, *_comments_on(ids)]):
        named = set(db.session.scalars(_files_of(some)))
        db.session.execute(delete(Content).where(Content.id.in_(some)))
        for digest in _remove_unnamed(named):
            after_commit(partial(remove_bytes, SYSTEM, digest))
    db.session.expire_all()


def _files_of(ids: Sequence[int]) -> Select[int]:
    return select(Attachment.file_id).where(Attachment.content_id.in_(ids))


def _remove_unnamed(ids: Collection[int]) -> set[str]:
    """Remove the rows of those files that no content names any more; the digests of their bytes."""
    named = exists().where(Attachment.file_id == File.id)
    unnamed = select(File.id, File.sha256).where(File.id.in_(ids), ~File.portrait, ~named)
    found = {row.id: row.sha256 for row in db.session.execute(unnamed)}
    db.session.execute(delete(File).where(File.id.in_(found)))
    return set(found.values())


def _comments_on(ids: Collection[int]) -> Iterator[int]:
    for some in _batches(ids):
        yield from db.session.scalars(select(Comment.id).where(Comment.on_id.in_(some)))


def _batches(ids: Collection[int]) -> Iterator[list[int]]:
    left = iter(ids)
    while some := list(islice(left, BATCH)):
        yield some
