"""Who may read an upload, and which ones nobody needs any more."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import exists, select

from core.access.actors import Viewer
from core.access.guard import Place, unseen
from core.contents.models import Attachment, Content
from core.contents.places import check, place_of_content
from core.errors import DomainError
from core.files.models import File
from core.people.models import User
from core.platform.db import db, utcnow

# Between an upload and the form that names it may lie an evening; longer, and it is forgotten.
PATIENCE = timedelta(days=1)


def readable(file_id: int, viewer: Viewer) -> tuple[File, Content | None, Place | None]:
    """A file that the viewer may read, and the content and place that open it to them.

    Raises what the guard would raise for the content.
    """
    file = db.session.get(File, file_id)
    if file is None:
        raise unseen(viewer)
    refusal: DomainError = unseen(viewer)
    for content in _contents_with(file):
        place = place_of_content(content, viewer)
        try:
            check(viewer, content, place)
        except DomainError as error:
            refusal = error
            continue
        return file, content, place
    if file.portrait or (viewer.id is not None and viewer.id == file.owner_id):
        return file, None, None
    raise refusal


def _contents_with(file: File) -> Sequence[Content]:
    query = (
        select(Content)
        .join(Attachment, Attachment.content_id == Content.id)
        .where(Attachment.file_id == file.id)
        .order_by(Content.id)
    )
    return db.session.scalars(query).all()


def forgotten_files(limit: int) -> list[int]:
    """Uploads that belong to no content a day later, and photos that were replaced."""
    attached = exists().where(Attachment.file_id == File.id)
    query = (
        select(File.id, File.portrait, User.photo)
        .outerjoin(User, User.id == File.owner_id)
        .where(File.created_at < utcnow() - PATIENCE, ~attached)
        .order_by(File.id)
    )
    rows = db.session.execute(query)
    found = [r.id for r in rows if not (r.portrait and f"/files/{r.id}/" in (r.photo or ""))]
    return found[:limit]


def known_digests(digests: Collection[str]) -> set[str]:
    """Those of these digests that some row names."""
    return set(db.session.scalars(select(File.sha256).where(File.sha256.in_(digests))))
