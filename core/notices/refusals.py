"""Addresses that mail servers refuse for good: nobody writes there any more, and it is seen."""

from __future__ import annotations

from sqlalchemy import delete, func, select

from core.access.actors import Actor
from core.notices.models import MailRefusal
from core.platform.db import db, operation, upsert, utcnow


@operation
def note_refusal(actor: Actor, user_id: int, code: int) -> None:
    """A server said that it will never take letters to this person's address."""
    upsert(MailRefusal, {"user_id": user_id}, {"code": code, "created_at": utcnow()})


@operation
def forget_refusal(actor: Actor, user_id: int) -> None:
    """The person has another address, or asks for another try."""
    db.session.execute(delete(MailRefusal).where(MailRefusal.user_id == user_id))


def refusal_of(user_id: int | None) -> MailRefusal | None:
    """That a server refuses a person's address, if one does."""
    return db.session.get(MailRefusal, user_id)


def refused_addresses() -> int:
    """To how many people no letters go."""
    return db.session.scalar(select(func.count()).select_from(MailRefusal)) or 0
