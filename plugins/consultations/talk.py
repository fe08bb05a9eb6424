"""Reading what was said in a room."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from core.api import (
    Content,
    Face,
    File,
    School,
    User,
    attachments_of,
    db,
    face_columns,
    face_of,
)
from plugins.consultations.meeting_models import Remark, Room, RoomGuest
from plugins.consultations.models import Consultant

# So many lines stand on the page of a room.
MOST = 300


@dataclass(frozen=True, kw_only=True)
class Said:
    """A line of a room."""

    id: int
    author: Face | None
    at: datetime
    body: str
    files: Sequence[File] = ()


def lines_of(room: Room) -> Sequence[Said]:
    """The latest lines of a room, the oldest first; two queries."""
    query = _lines().where(Remark.room_id == room.id).order_by(Remark.id.desc()).limit(MOST)
    return list(_read(query).values())[::-1]


def lines_with(ids: Collection[int]) -> Mapping[int, Said]:
    """These lines, by id; two queries."""
    return _read(_lines().where(Remark.id.in_(ids))) if ids else {}


def _lines() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Remark.id.label("number"), Remark.body, Remark.has_files, Content.created_at,
            Content.author_id, *face_columns(),
        )
        .join(Content, Content.id == Remark.id)
        .outerjoin(User, User.id == Content.author_id)
        .outerjoin(School, School.id == User.school_id)
        .where(Content.hidden_at.is_(None))
    )  # fmt: skip


def _read(query: Select[*tuple[Any, ...]]) -> dict[int, Said]:
    found = db.session.execute(query).all()
    with_files = [row.number for row in found if row.has_files]
    files = attachments_of(with_files) if with_files else {}
    return {
        row.number: Said(
            id=row.number, author=face_of(row, Face) if row.author_id else None,
            at=row.created_at, body=row.body, files=files.get(row.number, ()),
        )
        for row in found
    }  # fmt: skip


def guests_in(room: Room) -> Sequence[Face]:
    """Those who talk with the consultant, by name; one query."""
    query = (
        select(*face_columns())
        .select_from(RoomGuest)
        .join(User, User.id == RoomGuest.user_id)
        .outerjoin(School, School.id == User.school_id)
        .where(RoomGuest.room_id == room.id)
        .order_by(User.surname, User.given_name, User.id)
    )
    return [face_of(row, Face) for row in db.session.execute(query)]


def video_of(room: Room) -> str:
    """Where the consultant meets people on the screen, if anywhere."""
    query = select(Consultant.room_url).where(
        Consultant.line_id == room.line_id, Consultant.user_id == room.consultant_id
    )
    return db.session.scalar(query) or ""
