"""What is read of sessions for lists, and of the settings of a chat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from core.api import Activity, Content, User, Viewer, rows, short_name, utcnow, visible_to
from plugins.chat.models import Minutes, Room, Session


@dataclass(frozen=True)
class SessionLine:
    """A session as a list shows it."""

    id: int
    title: str
    about: str
    opens_at: datetime
    closes_at: datetime
    cancelled: bool
    messages: int
    host: str
    minutes: bool

    @property
    def is_on(self) -> bool:
        return not self.cancelled and self.opens_at <= utcnow() < self.closes_at

    @property
    def is_over(self) -> bool:
        return self.cancelled or self.closes_at <= utcnow()


def sessions_query(activity: Activity, viewer: Viewer, *, past: bool) -> Select[*tuple[Any, ...]]:
    """Sessions to come (and on), the nearest first, or those that are over, the latest first."""
    over = Room.closes_at <= utcnow()
    query = (
        select(
            Session.id, Session.title, Session.about, Room.opens_at, Room.closes_at,
            Session.cancelled_at, Room.last_number, User.surname, User.given_name,
            User.patronymic, Minutes.published_at,
        )
        .join(Content, Content.id == Session.id)
        .join(Room, Room.session_id == Session.id)
        .outerjoin(User, User.id == Content.author_id)
        .outerjoin(Minutes, Minutes.session_id == Session.id)
        .where(Session.activity_id == activity.id, visible_to(viewer))
    )  # fmt: skip
    if past:
        return query.where(over).order_by(Room.closes_at.desc(), Session.id.desc())
    return query.where(~over).order_by(Room.opens_at, Session.id)


def session_line(row: Any) -> SessionLine:
    """A row of :func:`sessions_query`."""
    name = (row.surname, row.given_name, row.patronymic)
    return SessionLine(
        row.id, row.title, row.about, row.opens_at, row.closes_at, row.cancelled_at is not None,
        row.last_number, short_name(*(part or "" for part in name)), row.published_at is not None,
    )  # fmt: skip


def chat_settings(activity: Activity) -> Mapping[str, Any]:
    """What the form of a chat holds when it is opened again."""
    query = select(Room.slow_seconds).where(
        Room.activity_id == activity.id, Room.session_id.is_(None)
    )
    return {"slow_seconds": rows(query).scalar() or 0}
