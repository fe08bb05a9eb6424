"""Streams: what was said in a room, numbered without gaps."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.platform.db import Base


class StreamRow(Base):
    """One stream, and the number that its newest entry has.

    ``address`` says whose it is and of what: name, activity, and the plugin's own row in it.
    """

    __tablename__ = "streams"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(unique=True)
    activity_id: Mapped[int | None] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), index=True
    )
    last_number: Mapped[int] = mapped_column(default=0)


class StreamEntry(Base):
    """Something that happened in a stream: no words of it, only what it was and to which row.

    ``mark`` is what the sender's browser called it: sent twice, it is stored once.
    """

    __tablename__ = "stream_entries"
    __table_args__ = (
        Index(
            "ix_stream_entries_stream_id_author_id_mark",
            "stream_id",
            "author_id",
            "mark",
            unique=True,
        ),
    )

    stream_id: Mapped[int] = mapped_column(
        ForeignKey("streams.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject_id: Mapped[int]
    author_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    mark: Mapped[str | None]
