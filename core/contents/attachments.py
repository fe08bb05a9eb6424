"""Files that belong to a content."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import delete, inspect, select

from core.contents.models import Attachment, Content
from core.errors import DomainError
from core.files.models import File
from core.files.space import check_community
from core.platform.db import db, required_unit
from core.platform.i18n import core_domain

_ = core_domain.gettext


def attach(content: Content, files: Sequence[File]) -> None:
    """Let these files belong to a content, in this order and no others, inside the operation that
    stores it. Raises DomainError when they do not fit into its community any more."""
    required_unit()
    _hold(files)
    if content.community_id is not None:
        _count_in(content.community_id, files)
    db.session.execute(delete(Attachment).where(Attachment.content_id == content.id))
    for position, file in enumerate(dict.fromkeys(files)):
        db.session.add(Attachment(content_id=content.id, file_id=file.id, position=position))
    db.session.flush()


def _hold(files: Sequence[File]) -> None:
    """Nobody removes these meanwhile. Raises DomainError when somebody has."""
    # What is known of a removed file cannot be read any more, its number excepted.
    ids = {number for file in files for number in inspect(file).identity or ()}
    held = select(File.id).where(File.id.in_(ids)).order_by(File.id)
    if ids and set(db.session.scalars(held.with_for_update(key_share=True))) != ids:
        raise DomainError(_("One of these files is no longer here. Choose it once more."))


def _count_in(community_id: int, files: Sequence[File]) -> None:
    """Files count where they were taken up first."""
    new = [file for file in dict.fromkeys(files) if file.community_id is None]
    if not new:
        return
    check_community(community_id, sum(file.size for file in new))
    for file in new:
        file.community_id = community_id


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
