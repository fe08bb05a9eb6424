"""What is found by its words, and what is waiting to be read for it.

A document never says who may see it: that is asked of the living rows each time. What the engines
keep beside it (``search_index``) has no model; see :mod:`core.search.engines`.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.platform.db import Base, utcnow


class SearchDocument(Base):
    """The words of one content, activity, community or person; it goes when its subject goes.

    ``within_id`` is the content that a content stands in, ``plugin`` the owner of its kind. The
    engines look into ``title_stems``, ``text_stems``, ``around_stems`` (what it stands in is
    called), ``heading`` (the title's own words, for what is still being typed) and ``facts``
    (marks to narrow by, such as ``c12``: they never widen).
    """

    __tablename__ = "search_documents"

    id: Mapped[int] = mapped_column(primary_key=True)
    content_id: Mapped[int | None] = mapped_column(
        ForeignKey("contents.id", ondelete="CASCADE"), unique=True
    )
    activity_id: Mapped[int | None] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), unique=True
    )
    community_id: Mapped[int | None] = mapped_column(
        ForeignKey("communities.id", ondelete="CASCADE"), unique=True
    )
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), unique=True
    )
    within_id: Mapped[int | None] = mapped_column(
        ForeignKey("contents.id", ondelete="CASCADE"), index=True
    )
    plugin: Mapped[str] = mapped_column(default="core")
    created_at: Mapped[datetime]
    title_stems: Mapped[str] = mapped_column(default="")
    around_stems: Mapped[str] = mapped_column(default="")
    heading: Mapped[str] = mapped_column(default="")
    facts: Mapped[str] = mapped_column(default="")
    text_stems: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")


class SearchWaiting(Base):
    """Something changed and is to be read anew; stored with the change, so that no kill loses it.

    ``what`` is content, activity, community, person or school. Rows are only added and removed:
    two changes make two rows, and whoever took the first in leaves the second. ``edited`` is False
    where nothing of its own has changed, and the words that are kept are still its words.
    """

    __tablename__ = "search_waiting"
    __table_args__ = (
        Index("ix_search_waiting_order", "tries", "id"),
        Index("ix_search_waiting_what_subject_id", "what", "subject_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str]
    subject_id: Mapped[int]
    edited: Mapped[bool] = mapped_column(default=True)
    tries: Mapped[int] = mapped_column(default=0)
    since: Mapped[datetime] = mapped_column(default=utcnow)
