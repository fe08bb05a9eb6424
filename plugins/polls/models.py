"""Polls, what they ask, who may answer, who has, and what was answered."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.api import Activity, Base, Content, utcnow


class Privacy(enum.StrEnum):
    """NAMED: everybody sees who answered what; UNNAMED: pages show no names, though the site keeps
    them, so that one can change one's answer; SECRET: nobody can tell, the site neither."""

    NAMED = "named"
    UNNAMED = "unnamed"
    SECRET = "secret"  # noqa: S105  # a way of voting, not a password


class Results(enum.StrEnum):
    """From when on the results are shown to those who may look in."""

    ALWAYS = "always"
    ANSWERED = "answered"
    CLOSED = "closed"
    NEVER = "never"


class Audience(enum.StrEnum):
    """Who is asked: all members, holders of some roles, schools of some categories, or whoever has
    the link."""

    MEMBERS = "members"
    ROLES = "roles"
    CATEGORIES = "categories"
    LINK = "link"


class Poll(Base):
    """What is particular about a poll; its title and dates are those of its activity.

    ``electorate`` is how many may answer (schools, where each has one voice); None until the list
    is settled, and where there is none. ``series`` joins the rounds of one questionnaire.
    ``postponed`` are the moments at which it should have closed before it was given more time.
    """

    __tablename__ = "polls_polls"

    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), primary_key=True
    )
    about: Mapped[str] = mapped_column(default="")
    privacy: Mapped[str] = mapped_column(default=Privacy.UNNAMED)
    results: Mapped[str] = mapped_column(default=Results.ANSWERED)
    audience: Mapped[str] = mapped_column(default=Audience.MEMBERS)
    audience_keys: Mapped[list[str]] = mapped_column(JSON, default=list)
    by_school: Mapped[bool] = mapped_column(default=False)
    changeable: Mapped[bool] = mapped_column(default=False)
    electorate: Mapped[int | None]
    answer_count: Mapped[int] = mapped_column(default=0)
    token: Mapped[str | None] = mapped_column(unique=True)
    series: Mapped[str] = mapped_column(index=True)
    postponed: Mapped[list[str]] = mapped_column(JSON, default=list)
    close_reason: Mapped[str] = mapped_column(default="")
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    reminded_at: Mapped[datetime | None]

    activity: Mapped[Activity] = relationship(Activity, lazy="joined", innerjoin=True)

    @property
    def is_secret(self) -> bool:
        return self.privacy == Privacy.SECRET

    @property
    def by_link(self) -> bool:
        return self.audience == Audience.LINK


class PollSection(Base):
    """A page of a questionnaire; a quick question has one."""

    __tablename__ = "polls_sections"

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), index=True
    )
    title: Mapped[str] = mapped_column(default="")
    about: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)


class Question(Base):
    """Something that is asked.

    ``limits`` are those of its kind: the ends of a scale, the least and greatest number.
    ``after_id`` and ``after_options``: it is asked of those alone who chose one of these there.
    ``origin`` names the question through all rounds of its questionnaire.
    """

    __tablename__ = "polls_questions"

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), index=True
    )
    section_id: Mapped[int] = mapped_column(
        ForeignKey("polls_sections.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str]
    text: Mapped[str]
    hint: Mapped[str] = mapped_column(default="")
    required: Mapped[bool] = mapped_column(default=True)
    limits: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    after_id: Mapped[int | None] = mapped_column(
        ForeignKey("polls_questions.id", ondelete="SET NULL")
    )
    after_options: Mapped[list[int]] = mapped_column(JSON, default=list)
    position: Mapped[int] = mapped_column(default=0)
    origin: Mapped[str]


class Option(Base):
    """Something that can be chosen; of a matrix also what is judged (``is_row``)."""

    __tablename__ = "polls_options"

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), index=True
    )
    question_id: Mapped[int] = mapped_column(
        ForeignKey("polls_questions.id", ondelete="CASCADE"), index=True
    )
    text: Mapped[str]
    is_row: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    origin: Mapped[str]


class Voter(Base):
    """Somebody on the list of those who may answer, with their school as it was at the opening.

    ``answered`` is all that is kept of who took part in a secret poll.
    """

    __tablename__ = "polls_voters"
    __table_args__ = (Index("ix_polls_voters_school", "activity_id", "school_id"),)

    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    school_id: Mapped[int | None] = mapped_column(ForeignKey("schools.id", ondelete="SET NULL"))
    category: Mapped[str] = mapped_column(default="")
    answered: Mapped[bool] = mapped_column(default=False)


class Visitor(Base):
    """A browser from which somebody without a name answered by the link. Says nothing of what."""

    __tablename__ = "polls_visitors"

    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), primary_key=True
    )
    mark: Mapped[str] = mapped_column(primary_key=True)


class Ballot(Base):
    """What somebody answered. Those of a secret poll come out of the urn when it has closed, in an
    order of chance, and say neither who nor when.

    ``school_id`` is given where each school has one voice: then it is unique too.
    """

    __tablename__ = "polls_ballots"
    __table_args__ = (
        UniqueConstraint("activity_id", "user_id"),
        UniqueConstraint("activity_id", "school_id"),
        UniqueConstraint("activity_id", "mark"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    school_id: Mapped[int | None] = mapped_column(ForeignKey("schools.id", ondelete="SET NULL"))
    mark: Mapped[str | None]
    answered_at: Mapped[datetime | None]


class Answer(Base):
    """A piece of a ballot: one option chosen, one row judged, a number, a day, some words or a
    file."""

    __tablename__ = "polls_answers"
    __table_args__ = (Index("ix_polls_answers_tally", "question_id", "option_id", "row_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ballot_id: Mapped[int] = mapped_column(
        ForeignKey("polls_ballots.id", ondelete="CASCADE"), index=True
    )
    question_id: Mapped[int] = mapped_column(ForeignKey("polls_questions.id", ondelete="CASCADE"))
    option_id: Mapped[int | None] = mapped_column(
        ForeignKey("polls_options.id", ondelete="CASCADE")
    )
    row_id: Mapped[int | None] = mapped_column(ForeignKey("polls_options.id", ondelete="CASCADE"))
    number: Mapped[float | None] = mapped_column(Float)
    words: Mapped[str | None]
    file_id: Mapped[int | None] = mapped_column(
        ForeignKey("files.id", ondelete="CASCADE"), index=True
    )


class Urn(Base):
    """All the ballots of a secret poll that is open, sealed as one: each that is put in is mixed
    with the others, and the whole is sealed anew."""

    __tablename__ = "polls_urns"

    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), primary_key=True
    )
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class Unfinished(Base):
    """What somebody has answered and not sent yet: a person, or a browser that came by the link."""

    __tablename__ = "polls_unfinished"
    __table_args__ = (
        UniqueConstraint("activity_id", "user_id"),
        UniqueConstraint("activity_id", "mark"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    mark: Mapped[str | None]
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    section_id: Mapped[int | None]
    saved_at: Mapped[datetime] = mapped_column(default=utcnow)


class Handed(Base):
    """The files that somebody's answers to a poll name, as a content that keeps them."""

    __tablename__ = "polls_handed"
    __table_args__ = (UniqueConstraint("activity_id", "user_id"),)

    id: Mapped[int] = mapped_column(ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )

    content: Mapped[Content] = relationship(Content)


class Decision(Base):
    """What a poll decided, with its protocol; counted as it stood then."""

    __tablename__ = "polls_decisions"

    id: Mapped[int] = mapped_column(ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True)
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), unique=True
    )
    body: Mapped[str]

    content: Mapped[Content] = relationship(Content)


class Place(Base):
    """A poll that stands on the page of some content: of a discussion, or of a meeting."""

    __tablename__ = "polls_places"

    content_id: Mapped[int] = mapped_column(
        ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True
    )
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), primary_key=True, index=True
    )
