"""Bytes are shared: who adds or removes some holds their digest meanwhile."""

from __future__ import annotations

from sqlalchemy import select, text

from core.files.models import File
from core.platform.db import db


def hold(digest: str) -> None:
    """Nobody else adds or removes bytes with this digest until the operation ends.

    On SQLite there is one writer at a time anyway.
    """
    if db.engine.dialect.name == "postgresql":
        number = int(digest[:15], 16)
        db.session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})


def is_needed(digest: str) -> bool:
    """Whether a row names these bytes."""
    return bool(db.session.scalar(select(File.id).where(File.sha256 == digest).limit(1)))
