"""Uploaded files: what is known of them; their bytes lie in the content-addressed store."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.platform.db import Base, utcnow


class File(Base):
    """An upload. ``size`` is in bytes; ``media_type`` was found by looking at the content.

    Who sees a content sees the files that belong to it. A ``portrait`` is its owner's photo: it
    stands beside their name everywhere, so everybody sees it.
    """

    __tablename__ = "files"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    name: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str]
    sha256: Mapped[str] = mapped_column(index=True)
    portrait: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    @property
    def is_picture(self) -> bool:
        return self.media_type.startswith("image/")
