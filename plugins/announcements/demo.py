"""Announcements of the demo: one pinned, one that half of its readers have acknowledged, one that
is still to go out, and one that is over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from core.api import SYSTEM, Community, User, db, from_text, operation, utcnow
from plugins.announcements import operations
from plugins.announcements.models import Announcement, Recipient
from plugins.announcements.operations import Written

PINNED = (
    "Открыта запись на декабрьские мастер-классы",
    (
        "Каждый может провести мастер-класс или записаться слушателем. Заявки принимаем до "
        "пятницы: напишите тему и удобное время.\n\nЗаписи выложим в методический кабинет."
    ),
)
TO_SIGN = (
    "Порядок проверки олимпиадных работ",
    (
        "Уважаемые коллеги! Утверждён порядок проверки работ муниципального этапа. Проверяем по "
        "двое, работы обезличены, спорные баллы решает председатель жюри.\n\nПрошу ознакомиться до "
        "конца недели."
    ),
)
LATER = (
    "Для тьюторов: собираемся на следующей неделе",
    "Обсудим вопросы, которые слушатели задают чаще всего, и поделим дежурства.",
)
OVER = (
    "Расписание осенних каникул",
    "В дни каникул консультации идут по сокращённому расписанию, с 10 до 13 часов.",
)


def announced(community: Community, cast: Any) -> None:
    """Announce a few things in a demo community."""
    _fill(SYSTEM, community, cast)


@operation
def _fill(actor: object, community: Community, cast: Any) -> None:
    author, now = cast.coordinator, utcnow()
    everybody = community.is_open_to_all
    pinned = _sent(author, community, PINNED, pinned=True, is_public=everybody)
    _age(pinned, 2)
    to_sign = _sent(
        author, community, TO_SIGN, pinned=True, must_acknowledge=True,
        ends_at=now + timedelta(days=6),
    )  # fmt: skip
    _age(to_sign, 1)
    _half_signed(to_sign)
    over = _sent(author, community, OVER, pinned=False, ends_at=now + timedelta(days=1))
    over.ends_at = now - timedelta(days=9)
    _age(over, 24)
    later = _written(
        author, community, LATER, roles=["tutor"], starts_at=now + timedelta(days=5), pinned=False
    )
    operations.let_go(author, later.id)


def _written(
    author: User, community: Community, said: tuple[str, str], **values: Any
) -> Announcement:
    title, text = said
    written = Written(title=title, body=from_text(text), values=values)
    return operations.write(author, community.id, written)


def _sent(author: User, community: Community, said: tuple[str, str], **values: Any) -> Announcement:
    made = _written(author, community, said, **values)
    return operations.let_go(author, made.id)


def _age(announcement: Announcement, days: float) -> None:
    moment = utcnow() - timedelta(days=days)
    announcement.sent_at = announcement.content.created_at = moment


def _half_signed(announcement: Announcement) -> None:
    query = select(Recipient).where(Recipient.announcement_id == announcement.id)
    for place, row in enumerate(db.session.scalars(query.order_by(Recipient.id)).all()):
        if place % 2 == 0:
            row.seen_at = row.acknowledged_at = utcnow() - timedelta(hours=20 - place % 12)
