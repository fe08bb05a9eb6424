"""Uploaded files: what is known of them; their bytes lie in the content-addressed store."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.files.kinds import INLINE, FileKind, icon_of, kind_of
from core.platform.db import Base, utcnow
from core.platform.i18n import core_domain

_ = core_domain.gettext


class File(Base):
    """An upload. ``size`` is in bytes; ``media_type`` was found by looking at the content.

    Who sees a content sees the files that belong to it. A ``portrait`` is its owner's photo: it
    stands beside their name everywhere, so everybody sees it. ``community_id`` is the community
    in whose room it counts: that of the content which took it up first. ``width`` and ``height``
    are those of a picture, ``glimpse`` is the address (``data:``) of a tiny one to show until it
    comes.
    """

    __tablename__ = "files"
    # Sums of sizes are read from these alone.
    __table_args__ = (
        Index("ix_files_owner_id_created_at_size", "owner_id", "created_at", "size"),
        Index("ix_files_community_id_size", "community_id", "size"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    community_id: Mapped[int | None] = mapped_column(
        ForeignKey("communities.id", ondelete="SET NULL")
    )
    name: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str]
    sha256: Mapped[str] = mapped_column(index=True)
    portrait: Mapped[bool] = mapped_column(default=False)
    width: Mapped[int | None]
    height: Mapped[int | None]
    glimpse: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    @property
    def is_picture(self) -> bool:
        """Whether it shows in a page."""
        return self.media_type in INLINE

    @property
    def kind(self) -> FileKind:
        return kind_of(self.media_type)

    @property
    def icon(self) -> str:
        """The name of the icon that says what it is."""
        return icon_of(self.media_type, self.name)

    @property
    def readable_size(self) -> str:
        return readable_size(self.size)


class Upload(Base):
    """A file that is coming in, piece by piece.

    ``size`` is what was announced; how much has come is the length of the file ``token`` in the
    folder of what arrives. ``accept`` are the kinds that its place takes. Once all has come and was
    taken in, ``file_id`` says what became of it.
    """

    __tablename__ = "uploads"

    token: Mapped[str] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    accept: Mapped[str]
    file_id: Mapped[int | None] = mapped_column(
        ForeignKey("files.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


def readable_size(size: int) -> str:
    """A number of bytes as people say it."""
    if size < 1024 * 1024:
        return _("%(n)s KB", n=max(1, round(size / 1024)) if size else 0)
    return _("%(n)s MB", n=f"{size / 1024 / 1024:.1f}".removesuffix(".0"))
