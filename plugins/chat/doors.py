"""Whoever was removed from a room reads nothing more of it, wherever else it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select

from core.api import Viewer, activities_by_id, can, db
from plugins.chat.models import Member, Message, Room
from plugins.chat.words import _


def farewell(reason: str) -> str:
    """What somebody is told who was removed."""
    return _("You were removed from here. Reason: %(reason)s", reason=reason)


def kept_messages(ids: Sequence[int], viewer: Viewer) -> set[int]:
    """Those of these messages that were said in rooms out of which somebody was shown."""
    query = select(Message.id, Room.activity_id).join(Room, Room.id == Message.room_id)
    return _kept(query.where(Message.id.in_(ids)), viewer)


def kept_sessions(ids: Sequence[int], viewer: Viewer) -> set[int]:
    """The same of sessions, and so of the questions and minutes that stand in them."""
    query = select(Room.session_id, Room.activity_id)
    return _kept(query.where(Room.session_id.in_(ids)), viewer)


def _kept(query: Select[*tuple[Any, ...]], viewer: Viewer) -> set[int]:
    """Whoever leads there now is shown all again, as at the door of the room."""
    removed = (Member.user_id == viewer.id, Member.removed_at.is_not(None), ~Member.is_host)
    found = db.session.execute(query.join(Member, Member.room_id == Room.id).where(*removed)).all()
    places = activities_by_id({row.activity_id for row in found})
    led = {n for n, place in places.items() if can(viewer, "chat.moderate", place.community, place)}
    return {row[0] for row in found if row.activity_id not in led}


def removed_from(room_id: int) -> Select[int]:
    """A query for those who were removed from a room."""
    return select(Member.user_id).where(Member.room_id == room_id, Member.removed_at.is_not(None))
