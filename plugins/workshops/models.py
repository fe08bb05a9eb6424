"""Workshops: their stages, who has a place, works, reviews, and what was thought of it all."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.api import Activity, Base, Content
from plugins.workshops.stages import StageKind


class Admission(enum.StrEnum):
    """OPEN: whoever signs up has a place while there are any. APPROVAL: a master decides."""

    OPEN = "open"
    APPROVAL = "approval"


class PlaceState(enum.StrEnum):
    """HELD is a seat; WAITING gets the next one that is free; ASKED waits for a master's word."""

    ASKED = "asked"
    HELD = "held"
    WAITING = "waiting"
    REFUSED = "refused"
    LEFT = "left"


class Grading(enum.StrEnum):
    """How works are reviewed: in words alone, with points, or by the levels of a rubric."""

    WORDS = "words"
    POINTS = "points"
    RUBRIC = "rubric"


class WorkState(enum.StrEnum):
    """RETURNED: the master asks for a better version; HANDED_IN: others may read it."""

    DRAFT = "draft"
    HANDED_IN = "handed_in"
    RETURNED = "returned"


class ReviewState(enum.StrEnum):
    """ASSIGNED may still go to somebody else; BEGUN is kept, though it is not sent yet."""

    ASSIGNED = "assigned"
    BEGUN = "begun"
    DONE = "done"


class Workshop(Base):
    """What people sign up for. ``held`` and ``waiting`` are kept with the row, which is held while
    they change, so that seats are never given twice.

    ``stage_by_hand`` is the stage that a master went to at ``switched_at``, "" for none. ``rounds``
    grows with every allocation of reviews, and its ``seed`` makes each reproducible. A reviewer who
    has not begun ``replace_days`` before the end of the reviews is replaced; 0: nobody is.
    """

    __tablename__ = "workshops_workshops"

    id: Mapped[int] = mapped_column(ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True)
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), unique=True
    )
    about: Mapped[str] = mapped_column(default="")
    audience: Mapped[str] = mapped_column(default="")
    seats: Mapped[int | None]
    admission: Mapped[str] = mapped_column(default=Admission.OPEN)
    zone_name: Mapped[str] = mapped_column(default="")
    held: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)

    stage_by_hand: Mapped[str] = mapped_column(default="")
    switched_at: Mapped[datetime | None]
    sequence: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]

    task: Mapped[str] = mapped_column(default="")
    grading: Mapped[str] = mapped_column(default=Grading.WORDS)
    reviews_per_work: Mapped[int] = mapped_column(default=2)
    self_review: Mapped[bool] = mapped_column(default=False)
    hides_authors: Mapped[bool] = mapped_column(default=False)
    hides_reviewers: Mapped[bool] = mapped_column(default=False)
    replace_days: Mapped[int] = mapped_column(default=2)
    seed: Mapped[int]
    rounds: Mapped[int] = mapped_column(default=0)

    content: Mapped[Content] = relationship(Content)
    activity: Mapped[Activity] = relationship(Activity)

    @property
    def is_full(self) -> bool:
        """Whether no seat is left, or somebody waits for the next one already."""
        return self.seats is not None and (self.held >= self.seats or self.waiting > 0)


class Master(Base):
    """Somebody who leads a workshop, whatever their role in the community."""

    __tablename__ = "workshops_masters"

    workshop_id: Mapped[int] = mapped_column(
        ForeignKey("workshops_workshops.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Stage(Base):
    """A stage that a workshop passes through; without ``begins_at`` a master begins it by hand.
    ``hours`` is what passing it counts for, in academic hours."""

    __tablename__ = "workshops_stages"

    workshop_id: Mapped[int] = mapped_column(
        ForeignKey("workshops_workshops.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), index=True
    )
    begins_at: Mapped[datetime | None] = mapped_column(index=True)
    hours: Mapped[int] = mapped_column(default=0)

    workshop: Mapped[Workshop] = relationship(Workshop)

    @property
    def what(self) -> StageKind:
        return StageKind(self.kind)


class Place(Base):
    """Somebody signed up; ``asked_at`` is their place in the queue. ``reviews`` says whether works
    are given to them to review; it is taken from those who did not begin in time."""

    __tablename__ = "workshops_places"
    __table_args__ = (
        UniqueConstraint("workshop_id", "user_id"),
        Index("ix_workshops_places_queue", "workshop_id", "state", "asked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), index=True
    )
    workshop_id: Mapped[int] = mapped_column(
        ForeignKey("workshops_workshops.id", ondelete="CASCADE")
    )
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    state: Mapped[str]
    asked_at: Mapped[datetime]
    reviews: Mapped[bool] = mapped_column(default=True)


class Extension(Base):
    """More time for one person in one stage. Without ``until`` it is asked for and not answered;
    ``reason`` is what they wrote."""

    __tablename__ = "workshops_extensions"

    place_id: Mapped[int] = mapped_column(
        ForeignKey("workshops_places.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")


class Passed(Base):
    """Somebody passed a stage: for how many hours it counts, and on what ground. What certificates
    are made from; the log says the same."""

    __tablename__ = "workshops_passed"

    place_id: Mapped[int] = mapped_column(
        ForeignKey("workshops_places.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(primary_key=True)
    hours: Mapped[int]
    basis: Mapped[str]
    passed_at: Mapped[datetime]


class Demonstration(Base):
    """What the master shows: live at an address for ``minutes``, recorded, or both, with files.

    Its content stands in no community until its stage has begun.
    """

    __tablename__ = "workshops_demonstrations"

    id: Mapped[int] = mapped_column(ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True)
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), unique=True
    )
    body: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    minutes: Mapped[int] = mapped_column(default=60)
    recording: Mapped[str] = mapped_column(default="")

    content: Mapped[Content] = relationship(Content)


class Work(Base):
    """What somebody tried at home, or an example of the master's.

    Its content stands in no community until the work is shown: then everybody there sees it.
    ``consent`` is the author's. ``feedback`` is the master's answer.
    """

    __tablename__ = "workshops_works"
    __table_args__ = (
        Index("ix_workshops_works_list", "activity_id", "is_example", "state"),
        Index("ix_workshops_works_own", "workshop_id", "author_id"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id", ondelete="CASCADE"))
    workshop_id: Mapped[int] = mapped_column(
        ForeignKey("workshops_workshops.id", ondelete="CASCADE")
    )
    author_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    is_example: Mapped[bool] = mapped_column(default=False)
    title: Mapped[str]
    body: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default=WorkState.DRAFT)
    handed_in_at: Mapped[datetime | None]
    is_late: Mapped[bool] = mapped_column(default=False)
    consent: Mapped[bool] = mapped_column(default=False)
    shown_at: Mapped[datetime | None]
    feedback: Mapped[str] = mapped_column(default="")
    feedback_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    feedback_at: Mapped[datetime | None]

    content: Mapped[Content] = relationship(Content)


class Criterion(Base):
    """What a review looks at. ``most`` points can be given; with levels one of them is chosen."""

    __tablename__ = "workshops_criteria"

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int]
    title: Mapped[str]
    hint: Mapped[str] = mapped_column(default="")
    most: Mapped[int] = mapped_column(default=10)


class Level(Base):
    """A level of a criterion, in the words of the rubric."""

    __tablename__ = "workshops_levels"

    id: Mapped[int] = mapped_column(primary_key=True)
    criterion_id: Mapped[int] = mapped_column(
        ForeignKey("workshops_criteria.id", ondelete="CASCADE"), index=True
    )
    points: Mapped[int]
    text: Mapped[str]


class Review(Base):
    """Somebody reviews a work; of a pair there is one, ever. ``percent`` is what its marks come to,
    None where nobody gives points. ``is_out``: the master took it out of sight."""

    __tablename__ = "workshops_reviews"
    __table_args__ = (UniqueConstraint("work_id", "reviewer_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), index=True
    )
    work_id: Mapped[int] = mapped_column(ForeignKey("workshops_works.id", ondelete="CASCADE"))
    reviewer_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    is_own: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(default=ReviewState.ASSIGNED)
    words: Mapped[str] = mapped_column(default="")
    percent: Mapped[int | None]
    assigned_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    is_out: Mapped[bool] = mapped_column(default=False)

    work: Mapped[Work] = relationship(Work)


class Mark(Base):
    """What a review says to one criterion."""

    __tablename__ = "workshops_marks"

    review_id: Mapped[int] = mapped_column(
        ForeignKey("workshops_reviews.id", ondelete="CASCADE"), primary_key=True
    )
    criterion_id: Mapped[int] = mapped_column(
        ForeignKey("workshops_criteria.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    points: Mapped[int | None]
    words: Mapped[str] = mapped_column(default="")


class Question(Base):
    """One question of the reflection."""

    __tablename__ = "workshops_questions"

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int]
    text: Mapped[str]


class Answer(Base):
    """What somebody answered to a question of the reflection."""

    __tablename__ = "workshops_answers"

    question_id: Mapped[int] = mapped_column(
        ForeignKey("workshops_questions.id", ondelete="CASCADE"), primary_key=True
    )
    place_id: Mapped[int] = mapped_column(
        ForeignKey("workshops_places.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    words: Mapped[str]
