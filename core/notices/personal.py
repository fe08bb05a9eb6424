"""What the room keeps about a person: given out when they ask, gone when they go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import delete, select, update

from core.contract.manifest import DataRecord
from core.contract.notices import Channel, Level
from core.contract.registry import registry
from core.notices.models import Follow, MailRefusal, Notice, NoticeChoice, NoticeSettings
from core.notices.words import CHANNELS, LEVELS
from core.people.models import User
from core.platform.db import db, required_unit
from core.platform.i18n import core_domain

_ = core_domain.gettext


def export(user: User) -> Iterator[DataRecord]:
    """What they were told, how they want to be told, and what they follow."""
    yield DataRecord(_("Notifications"), {"notices": list(_notices(user))})
    yield DataRecord(_("Notification settings"), {"choices": list(_choices(user))})
    yield DataRecord(_("What you follow"), {"follows": list(_follows(user))})


def _notices(user: User) -> Iterator[dict[str, Any]]:
    query = select(Notice).where(Notice.user_id == user.id).order_by(Notice.id)
    for notice in db.session.scalars(query):
        yield {
            "kind": _title(notice.kind),
            "told": notice.created_at.isoformat(),
            "read": notice.read_at.isoformat() if notice.read_at else None,
            "letter": notice.mailed_at.isoformat() if notice.mailed_at else None,
        }


def _title(kind: str) -> str:
    known = registry().notice_kinds().get(kind)
    return str(known.title) if known is not None else kind


def _choices(user: User) -> Iterable[dict[str, Any]]:
    settings = db.session.get(NoticeSettings, user.id)
    if settings is not None:
        names = ("quiet_from", "quiet_until", "digest_hour", "digest_day")
        yield {"level": str(LEVELS[Level(settings.level)].title)} | {
            name: getattr(settings, name) for name in names
        }
    query = select(NoticeChoice).where(NoticeChoice.user_id == user.id).order_by(NoticeChoice.kind)
    for choice in db.session.scalars(query):
        channel = str(CHANNELS[Channel(choice.channel)].title)
        yield {"kind": _title(choice.kind), "channel": channel}
    refusal = db.session.get(MailRefusal, user.id)
    if refusal is not None:
        yield {"refused_by_mail_server": refusal.created_at.isoformat(), "code": refusal.code}


def _follows(user: User) -> Iterator[dict[str, Any]]:
    query = select(Follow).where(Follow.user_id == user.id).order_by(Follow.id)
    for row in db.session.scalars(query):
        yield {
            "content": row.content_id, "activity": row.activity_id, "community": row.community_id,
            "level": str(LEVELS[Level(row.level)].title),
        }  # fmt: skip


def erase(user: User) -> None:
    """Forget all of it, inside the operation that erases the person, and that others' notices are
    of their doing."""
    required_unit()
    for model in (Notice, NoticeChoice, NoticeSettings, Follow, MailRefusal):
        db.session.execute(delete(model).where(model.user_id == user.id))
    db.session.execute(
        update(Notice).where(Notice.actor_id == user.id).values(actor_id=None),
        execution_options={"synchronize_session": False},
    )
