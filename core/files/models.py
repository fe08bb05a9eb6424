"""Uploaded files: what is known of them; their bytes lie in the content-addressed store."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.files.media import INLINE
from core.platform.db import Base, utcnow
from core.platform.i18n import core_domain

_ = core_domain.gettext


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
        """Whether it shows in a page."""
        return self.media_type in INLINE

    @property
    def readable_size(self) -> str:
        return readable_size(self.size)


def readable_size(size: int) -> str:
    """A number of bytes as people say it."""
    if size < 1024 * 1024:
        return _("%(n)s KB", n=max(1, round(size / 1024)))
    return _("%(n)s MB", n=f"{size / 1024 / 1024:.1f}".removesuffix(".0"))
