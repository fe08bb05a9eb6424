"""One's own files: what they take, where they are, and away with those that are nowhere."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, exists, select

from core.access.actors import Viewer
from core.contents.models import Attachment, Content
from core.errors import Conflict, Missing
from core.files.models import File
from core.files.store import remove_bytes
from core.platform.db import db, operation
from core.platform.i18n import core_domain

_ = core_domain.gettext


def files_of(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    """Somebody's files, the newest first, with the first content that each belongs to."""
    first = (
        select(Attachment.content_id)
        .where(Attachment.file_id == File.id)
        .order_by(Attachment.content_id)
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(File, Content.id.label("content_id"), Content.kind)
        .outerjoin(Content, Content.id == first)
        .where(File.owner_id == viewer.id, ~File.portrait)
        .order_by(File.id.desc())
    )


def remove_unused(viewer: Viewer, file_id: int) -> None:
    """Remove a file of one's own that belongs to no content. Raises Conflict for one that does."""
    remove_bytes(viewer, _remove_row(viewer, file_id))


@operation
def _remove_row(actor: Viewer, file_id: int) -> str:
    # Held first and looked at then: whoever attaches it meanwhile is waited for.
    own = select(File).where(File.id == file_id, File.owner_id == actor.id, ~File.portrait)
    file = db.session.scalar(own.with_for_update(key_share=True))
    if file is None:
        raise Missing(_("There is no such file of yours."))
    if db.session.scalar(select(exists().where(Attachment.file_id == file_id))):
        raise Conflict(_("This file belongs to what you wrote. Take it out there first."))
    digest = file.sha256
    db.session.delete(file)
    return digest
