"""A person's own: the copy they may ask for, and what goes when they ask to be forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import delete, exists, or_, select

from core.contents.attachments import attachments_of
from core.contents.models import Attachment, Content, ContentReader, Draft, Reaction
from core.contents.naming import forget_name
from core.contents.queries import content_bodies, kind_title
from core.contract.manifest import DataRecord
from core.files.models import File
from core.files.store import remove
from core.files.uploads import forget_person, unfinished_of
from core.people.models import User
from core.platform.db import after_commit, db, required_unit
from core.platform.i18n import core_domain

_ = core_domain.gettext

BATCH = 500


def export(user: User) -> Iterable[DataRecord]:
    """What a person wrote, drafted, marked and uploaded."""
    yield DataRecord(_("What I wrote"), {"contents": list(_contents(user))})
    yield DataRecord(_("Drafts"), {"drafts": list(_drafts(user))})
    yield DataRecord(_("Reactions"), {"reactions": list(_reactions(user))})
    yield DataRecord(_("Uploaded files"), {"files": list(_files(user))})
    yield DataRecord(_("What was given me to read"), {"given": list(_given(user))})


def _contents(user: User) -> Iterator[dict[str, Any]]:
    last = 0
    query = select(Content).where(Content.author_id == user.id).order_by(Content.id).limit(BATCH)
    while rows := db.session.scalars(query.where(Content.id > last)).all():
        yield from _described(rows)
        last = rows[-1].id


def _described(rows: Sequence[Content]) -> Iterator[dict[str, Any]]:
    bodies = content_bodies({row.id: row.kind for row in rows}, strictly=True)
    files = attachments_of([row.id for row in rows])
    for row in rows:
        yield {
            "kind": kind_title(row.kind),
            "url": url_for("contents.show", content=row.id, _external=True),
            "written": row.created_at.isoformat(),
            "changed": row.edited_at.isoformat() if row.edited_at else None,
            "hidden": row.hidden_reason or None,
            "body": bodies.get(row.id),
            "files": [file.name for file in files[row.id]],
        }


def _drafts(user: User) -> Iterator[dict[str, Any]]:
    query = select(Draft).where(Draft.user_id == user.id).order_by(Draft.updated_at)
    for draft in db.session.scalars(query):
        saved = draft.updated_at.isoformat()
        yield {
            "page": draft.url, "title": draft.title, "body": draft.body, "fields": draft.fields,
            "saved": saved,
        }  # fmt: skip


def _reactions(user: User) -> Iterator[dict[str, Any]]:
    query = select(Reaction).where(Reaction.user_id == user.id).order_by(Reaction.created_at)
    for reaction in db.session.scalars(query):
        url = url_for("contents.show", content=reaction.content_id, _external=True)
        yield {"sign": reaction.sign, "url": url, "given": reaction.created_at.isoformat()}


def _given(user: User) -> Iterator[dict[str, Any]]:
    """Where it stands, not what it says: those are the words of others."""
    query = (
        select(Content.id, Content.kind)
        .join(ContentReader, ContentReader.content_id == Content.id)
        .where(ContentReader.user_id == user.id)
        .order_by(Content.id)
    )
    for row in db.session.execute(query):
        url = url_for("contents.show", content=row.id, _external=True)
        yield {"kind": kind_title(row.kind), "url": url}


def _files(user: User) -> Iterator[dict[str, Any]]:
    for file in db.session.scalars(select(File).where(File.owner_id == user.id).order_by(File.id)):
        yield {
            "name": file.name,
            "bytes": file.size,
            "url": url_for("files.download", file=file.id, name=file.name, _external=True),
            "uploaded": file.created_at.isoformat(),
        }
    for upload in unfinished_of(user.id):
        if upload.file_id is None:
            begun = upload.created_at.isoformat()
            yield {"name": upload.name, "bytes": upload.size, "begun": begun}


def erase(user: User) -> None:
    """Forget what concerns the person alone, inside the operation that erases them.

    What they wrote for others stays under the nameless account that is left: discussions and
    decisions rest on it. Their drafts, reactions, photo and unused uploads go, and so does their
    name in what others wrote.
    """
    required_unit()
    db.session.execute(delete(Draft).where(Draft.user_id == user.id))
    db.session.execute(delete(Reaction).where(Reaction.user_id == user.id))
    forget_name(user)
    db.session.execute(delete(ContentReader).where(ContentReader.user_id == user.id))
    used = exists().where(Attachment.file_id == File.id)
    query = select(File.id).where(File.owner_id == user.id, or_(File.portrait, ~used))
    unused = list(db.session.scalars(query))
    forget_person(user.id)
    if unused:
        after_commit(lambda: remove(unused))
