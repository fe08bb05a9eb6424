"""Contents: what people wrote or uploaded, in whatever plugin, and what hangs on them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.activities.models import Activity
from core.files.models import File
from core.people.models import User
from core.platform.db import Base, utcnow
from core.platform.html import plain


class Content(Base):
    """A row for everything that a person wrote or uploaded; the plugin's own row has the same id.

    ``held_at``: waits for approval; ``hidden_at``: taken out of sight, with a reason, never erased;
    ``taken_back``: by its author first, whoever hid it after that.
    ``submission`` is the mark of the form it came from: sent twice, it is stored once.
    ``members_only``: outsiders do not see it, though everybody may look into the community.
    """

    __tablename__ = "contents"
    __table_args__ = (
        Index("ix_contents_activity_id_kind_id", "activity_id", "kind", "id"),
        # What waits for approval is counted on every page of those who approve.
        Index("ix_contents_community_id_held_at", "community_id", "held_at"),
        Index("ix_contents_author_id_submission", "author_id", "submission", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    community_id: Mapped[int | None] = mapped_column(
        ForeignKey("communities.id", ondelete="CASCADE")
    )
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activities.id", ondelete="CASCADE"))
    author_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    edited_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    held_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]
    hidden_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    hidden_reason: Mapped[str] = mapped_column(default="")
    taken_back: Mapped[bool] = mapped_column(default=False)
    submission: Mapped[str | None]
    members_only: Mapped[bool] = mapped_column(default=False)

    author: Mapped[User | None] = relationship(User, foreign_keys=[author_id])
    activity: Mapped[Activity | None] = relationship(Activity)

    @property
    def is_visible(self) -> bool:
        return self.held_at is None and self.hidden_at is None


class ContentReader(Base):
    """Somebody who may read a content that stands in no community, and what stands in it."""

    __tablename__ = "content_readers"

    content_id: Mapped[int] = mapped_column(
        ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Revision(Base):
    """What a content said before an edit; ``version`` is the one it was."""

    __tablename__ = "revisions"

    content_id: Mapped[int] = mapped_column(
        ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str]
    editor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


class Draft(Base):
    """What somebody has typed and not sent.

    ``place`` says where, such as ``forum.reply:17``; ``url`` is the page on which it is typed, and
    ``page`` a mark of that page as it was opened once, to tell two devices apart. ``fields`` are
    what stands in each field of a form with many; ``body`` are then their texts, to be read.
    """

    __tablename__ = "drafts"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    place: Mapped[str] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(default="")
    page: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    body: Mapped[str]
    fields: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow)

    @property
    def text(self) -> str:
        """The words alone, for a plain text area."""
        return plain(self.body)


class Reaction(Base):
    """A small sign from one person under a content."""

    __tablename__ = "reactions"

    content_id: Mapped[int] = mapped_column(
        ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    sign: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


class Comment(Base):
    """A remark on another content; itself a content with the same id."""

    __tablename__ = "comments"

    id: Mapped[int] = mapped_column(ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True)
    on_id: Mapped[int] = mapped_column(ForeignKey("contents.id", ondelete="CASCADE"), index=True)
    body: Mapped[str]

    content: Mapped[Content] = relationship(Content, foreign_keys=[id])


class Attachment(Base):
    """A file that belongs to a content, in the order the author gave."""

    __tablename__ = "attachments"

    content_id: Mapped[int] = mapped_column(
        ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True
    )
    file_id: Mapped[int] = mapped_column(
        ForeignKey("files.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    position: Mapped[int] = mapped_column(default=0)

    file: Mapped[File] = relationship(File)
