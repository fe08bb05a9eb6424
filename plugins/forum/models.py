"""Sections, topics, posts, what each person has read, and the agenda of problems."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.api import Base, Content

# So many posts stand on one page of a topic, so many topics on one page of a list.
POSTS_A_PAGE = 50
TOPICS_A_PAGE = 25


class SectionKind(enum.StrEnum):
    """FORMAL sections are about the work, INFORMAL ones for talk among colleagues."""

    FORMAL = "formal"
    INFORMAL = "informal"


class TopicKind(enum.StrEnum):
    """GOVERNANCE topics are the only place to discuss the work of leaders and moderators."""

    DISCUSSION = "discussion"
    GOVERNANCE = "governance"


class Section(Base):
    """A part of a forum: what its topics are about, and in which tone."""

    __tablename__ = "forum_sections"

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), index=True
    )
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    kind: Mapped[str] = mapped_column(default=SectionKind.FORMAL)
    position: Mapped[int] = mapped_column(default=0)


class Topic(Base):
    """A discussion. What the list of topics shows is kept here, so that a list reads one table.

    ``last_number`` is the number of the newest post; numbers begin with 1 and have no gaps.
    ``post_count`` leaves out hidden posts, ``held_count`` are those that wait for approval.
    ``visible``: neither hidden nor held. A topic that was merged leads to another one.
    """

    __tablename__ = "forum_topics"
    __table_args__ = (
        Index("ix_forum_topics_list", "activity_id", "pinned", "last_post_at"),
        Index("ix_forum_topics_section", "section_id", "pinned", "last_post_at"),
        Index("ix_forum_topics_active", "activity_id", "last_post_at"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id", ondelete="CASCADE"))
    section_id: Mapped[int] = mapped_column(ForeignKey("forum_sections.id", ondelete="CASCADE"))
    title: Mapped[str]
    kind: Mapped[str] = mapped_column(default=TopicKind.DISCUSSION)
    visible: Mapped[bool] = mapped_column(default=True)
    pinned: Mapped[bool] = mapped_column(default=False)
    locked: Mapped[bool] = mapped_column(default=False)
    answered: Mapped[bool] = mapped_column(default=False)
    decision: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    last_number: Mapped[int] = mapped_column(default=0)
    post_count: Mapped[int] = mapped_column(default=0)
    held_count: Mapped[int] = mapped_column(default=0)
    last_post_at: Mapped[datetime]
    last_author_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    merged_into_id: Mapped[int | None] = mapped_column(
        ForeignKey("forum_topics.id", ondelete="CASCADE"), index=True
    )

    content: Mapped[Content] = relationship(Content)
    section: Mapped[Section] = relationship(Section)


class Post(Base):
    """One post of a topic. ``number`` is None while it waits for approval.

    ``thread`` sorts the threaded view: the numbers of the posts it answers and its own, one behind
    the other.
    """

    __tablename__ = "forum_posts"
    __table_args__ = (
        UniqueConstraint("topic_id", "number"),
        Index("ix_forum_posts_thread", "topic_id", "thread"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True)
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), index=True
    )
    topic_id: Mapped[int] = mapped_column(ForeignKey("forum_topics.id", ondelete="CASCADE"))
    number: Mapped[int | None]
    parent_id: Mapped[int | None] = mapped_column(
        ForeignKey("forum_posts.id", ondelete="SET NULL"), index=True
    )
    thread: Mapped[str] = mapped_column(default="")
    body: Mapped[str]
    is_answer: Mapped[bool] = mapped_column(default=False)
    has_files: Mapped[bool] = mapped_column(default=False)

    content: Mapped[Content] = relationship(Content)
    topic: Mapped[Topic] = relationship(Topic)


class Read(Base):
    """How far a person has read a topic: the number of the last post they were shown."""

    __tablename__ = "forum_reads"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    topic_id: Mapped[int] = mapped_column(
        ForeignKey("forum_topics.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    number: Mapped[int]


class Reader(Base):
    """A member who follows the forums of a community.

    Whatever was last written in before ``since`` counts as read; it moves on with the reader, so
    that counting what is unread looks at recent topics alone.
    """

    __tablename__ = "forum_readers"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    community_id: Mapped[int] = mapped_column(
        ForeignKey("communities.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    since: Mapped[datetime]


class ProblemState(enum.StrEnum):
    PLANNED = "planned"
    OPENED = "opened"
    CANCELLED = "cancelled"


class Problem(Base):
    """A problem that the moderators want discussed; at ``opens_at`` it becomes a topic."""

    __tablename__ = "forum_problems"
    __table_args__ = (Index("ix_forum_problems_due", "state", "opens_at"),)

    id: Mapped[int] = mapped_column(ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True)
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), index=True
    )
    section_id: Mapped[int] = mapped_column(ForeignKey("forum_sections.id", ondelete="CASCADE"))
    title: Mapped[str]
    body: Mapped[str]
    opens_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default=ProblemState.PLANNED)
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("forum_topics.id", ondelete="SET NULL"))

    content: Mapped[Content] = relationship(Content)
    section: Mapped[Section] = relationship(Section)
