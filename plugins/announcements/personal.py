"""What announcements keep about a person: given out when they ask, nameless when they leave."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select, update

from core.api import DataRecord, User, db
from plugins.announcements.models import Announcement, Recipient
from plugins.announcements.words import _


def exported(user: User) -> Iterator[DataRecord]:
    """What was announced to somebody, when they opened it and when they signed. What they wrote
    themself core gives out."""
    query = (
        select(Announcement.title, Recipient)
        .join(Announcement, Announcement.id == Recipient.announcement_id)
        .where(Recipient.user_id == user.id)
        .order_by(Recipient.id)
    )
    for title, row in db.session.execute(query):
        facts = {
            "title": title, "addressed": row.created_at.isoformat(),
            "opened": row.seen_at.isoformat() if row.seen_at else None,
            "acknowledged": row.acknowledged_at.isoformat() if row.acknowledged_at else None,
        }  # fmt: skip
        yield DataRecord(_("Announcement"), facts)


def erased(user: User) -> None:
    """Their line on a sheet stays, for the count, and is nobody's."""
    db.session.execute(
        update(Recipient).where(Recipient.user_id == user.id).values(user_id=None),
        execution_options={"synchronize_session": False},
    )
