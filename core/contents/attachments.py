"""Files that belong to a content."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import delete, select

from core.contents.models import Attachment, Content
from core.files.models import File
from core.platform.db import db, required_unit


def attach(content: Content, files: Sequence[File]) -> None:
    """Let these files belong to a content, in this order and no others, inside the operation that
    stores it."""
    required_unit()
    db.session.execute(delete(Attachment).where(Attachment.content_id == content.id))
    for position, file in enumerate(dict.fromkeys(files)):
        db.session.add(Attachment(content_id=content.id, file_id=file.id, position=position))
    db.session.flush()


def attachments_of(content_ids: Sequence[int]) -> dict[int, list[File]]:
    """The files of many contents, in one query; every id has an answer."""
    if not content_ids:
        return {}
    found: dict[int, list[File]] = defaultdict(list)
    query = (
        select(Attachment.content_id, File)
        .join(Attachment.file)
        .where(Attachment.content_id.in_(content_ids))
        .order_by(Attachment.content_id, Attachment.position)
    )
    for content_id, file in db.session.execute(query):
        found[content_id].append(file)
    return {number: found.get(number, []) for number in content_ids}
