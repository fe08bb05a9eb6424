"""Lines, their teams, questions with what was written about them, and the knowledge base."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.api import Activity, Base, Content, User, utcnow


class QuestionState(enum.StrEnum):
    """WAITING for an answer (or for one to what the asker wrote since), ANSWERED, CLOSED."""

    WAITING = "waiting"
    ANSWERED = "answered"
    CLOSED = "closed"


class Consent(enum.StrEnum):
    """Whether the asker lets the answer be published without names; UNASKED: nobody asked yet."""

    UNASKED = ""
    ASKED = "asked"
    GIVEN = "given"
    REFUSED = "refused"


class Line(Base):
    """A theme with a team, and the ways in which one can turn to it.

    ``answer_days``: an answer is promised until the end of that day after the question, by the
    clock of ``zone_name``. A place is booked at least ``notice_hours`` and at most ``ahead_days``
    before, and can be given up until ``cutoff_hours`` before; a person has at most ``most_open``
    bookings ahead, and ``most_monthly`` in thirty days. ``needs_evidence``: only those whose
    qualification is recorded and valid can be consultants.
    """

    __tablename__ = "consultations_lines"

    id: Mapped[int] = mapped_column(ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True)
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), unique=True
    )
    about: Mapped[str] = mapped_column(default="")
    zone_name: Mapped[str] = mapped_column(default="")
    by_question: Mapped[bool] = mapped_column(default=True)
    by_slot: Mapped[bool] = mapped_column(default=True)
    by_queue: Mapped[bool] = mapped_column(default=True)
    answer_days: Mapped[int] = mapped_column(default=3)
    notice_hours: Mapped[int] = mapped_column(default=12)
    cutoff_hours: Mapped[int] = mapped_column(default=12)
    ahead_days: Mapped[int] = mapped_column(default=28)
    most_open: Mapped[int] = mapped_column(default=2)
    most_monthly: Mapped[int] = mapped_column(default=4)
    needs_evidence: Mapped[bool] = mapped_column(default=True)

    content: Mapped[Content] = relationship(Content)
    activity: Mapped[Activity] = relationship(Activity)


class Consultant(Base):
    """Somebody in the team of a line. From ``away_from`` until ``away_until`` (both included) they
    have a break, and ``substitute_id`` stands in. ``most_open``: so many questions wait for them at
    once; None is as many as come. ``room_url``: where they meet people on the screen."""

    __tablename__ = "consultations_consultants"
    __table_args__ = (UniqueConstraint("line_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), index=True
    )
    line_id: Mapped[int] = mapped_column(ForeignKey("consultations_lines.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    most_open: Mapped[int | None]
    room_url: Mapped[str] = mapped_column(default="")
    away_from: Mapped[date | None] = mapped_column(Date)
    away_until: Mapped[date | None] = mapped_column(Date)
    substitute_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    break_begun: Mapped[bool] = mapped_column(default=False)

    line: Mapped[Line] = relationship(Line)
    user: Mapped[User] = relationship(User, foreign_keys=[user_id])

    def is_away(self, day: date) -> bool:
        """Whether they have a break on this day."""
        if self.away_from is None or day < self.away_from:
            return False
        return self.away_until is None or day <= self.away_until


class Question(Base):
    """What somebody asked. A private one stands in no community: it is given to the asker, the team
    and the asker's tutor (``tutor_id``). ``consultant_id``: for whom it waits. ``due_at``: until
    when an answer is promised; None while it waits for approval. ``late``: the first answer was not
    there by then."""

    __tablename__ = "consultations_questions"
    __table_args__ = (
        Index("ix_consultations_questions_state", "activity_id", "state", "due_at"),
        Index("ix_consultations_questions_load", "consultant_id", "state"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id", ondelete="CASCADE"))
    line_id: Mapped[int] = mapped_column(
        ForeignKey("consultations_lines.id", ondelete="CASCADE"), index=True
    )
    asker_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    consultant_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    tutor_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    title: Mapped[str]
    body: Mapped[str]
    private: Mapped[bool] = mapped_column(default=True)
    state: Mapped[str] = mapped_column(default=QuestionState.WAITING)
    due_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    late: Mapped[bool] = mapped_column(default=False)
    answered_at: Mapped[datetime | None]
    last_at: Mapped[datetime] = mapped_column(default=utcnow)
    consent: Mapped[str] = mapped_column(default=Consent.UNASKED)

    content: Mapped[Content] = relationship(Content)
    line: Mapped[Line] = relationship(Line)
    activity: Mapped[Activity] = relationship(Activity)

    def is_overdue(self, now: datetime) -> bool:
        """Whether the promised answer is late."""
        waits = self.state == QuestionState.WAITING
        return waits and self.due_at is not None and self.due_at < now


class Reply(Base):
    """A line of the thread below a question: of the team (``is_answer``) or of the asker."""

    __tablename__ = "consultations_replies"

    id: Mapped[int] = mapped_column(ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True)
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), index=True
    )
    question_id: Mapped[int] = mapped_column(
        ForeignKey("consultations_questions.id", ondelete="CASCADE"), index=True
    )
    body: Mapped[str]
    is_answer: Mapped[bool]

    content: Mapped[Content] = relationship(Content)
    question: Mapped[Question] = relationship(Question)


class Article(Base):
    """An answer for everybody, without names. Until the asker agrees it is given to the asker and
    the team alone and ``published_at`` is None; then it stands in the community. Nobody is its
    author, so that no page names one."""

    __tablename__ = "consultations_articles"
    __table_args__ = (
        Index("ix_consultations_articles_list", "activity_id", "published_at"),
        UniqueConstraint("question_id"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id", ondelete="CASCADE"))
    question_id: Mapped[int | None] = mapped_column(
        ForeignKey("consultations_questions.id", ondelete="SET NULL")
    )
    title: Mapped[str]
    question: Mapped[str]
    answer: Mapped[str]
    published_at: Mapped[datetime | None]

    content: Mapped[Content] = relationship(Content)


class Rating(Base):
    """Thanks for an answer or a conversation (``content_id``): from 1 to 5, and words."""

    __tablename__ = "consultations_ratings"
    __table_args__ = (Index("ix_consultations_ratings_consultant", "consultant_id"),)

    content_id: Mapped[int] = mapped_column(
        ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), index=True
    )
    consultant_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    stars: Mapped[int]
    words: Mapped[str] = mapped_column(default="")
    rated_at: Mapped[datetime] = mapped_column(default=utcnow)
