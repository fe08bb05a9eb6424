"""What is read of how people want to be told."""

from __future__ import annotations

from sqlalchemy import select

from core.contract.notices import Level
from core.notices.models import (
    DIGEST_DAY,
    DIGEST_HOUR,
    QUIET_FROM,
    QUIET_UNTIL,
    NoticeChoice,
    NoticeSettings,
)
from core.platform.db import db


def settings_of(user_id: int | None) -> NoticeSettings:
    """How somebody wants to be told in general; what everybody begins with if they never chose."""
    return db.session.get(NoticeSettings, user_id) or unchosen()


def unchosen() -> NoticeSettings:
    """What everybody begins with; never stored."""
    return NoticeSettings(
        level=int(Level.DIRECT), quiet_from=QUIET_FROM, quiet_until=QUIET_UNTIL,
        digest_hour=DIGEST_HOUR, digest_day=DIGEST_DAY,
    )  # fmt: skip


def chosen_by(user_id: int | None) -> dict[str, str]:
    """The channels that somebody chose themself, by kind; one query."""
    query = select(NoticeChoice.kind, NoticeChoice.channel)
    rows = db.session.execute(query.where(NoticeChoice.user_id == user_id))
    return {row.kind: row.channel for row in rows}
