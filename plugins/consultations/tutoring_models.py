"""Who is qualified to consult, on what evidence and until when; who looks after whom."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.api import Base, Content, School, User, utcnow
from plugins.consultations.words import _l


class EvidenceKind(enum.StrEnum):
    """What qualifies a tutor by the regulations."""

    WINNER = "winner"
    METHODIST = "methodist"
    MENTOR = "mentor"
    HIGHEST = "highest"
    OTHER = "other"


EVIDENCE_TITLES = {
    EvidenceKind.WINNER: _l("Winner of the national project “Education”"),
    EvidenceKind.METHODIST: _l("Teacher-methodist"),
    EvidenceKind.MENTOR: _l("Teacher-mentor"),
    EvidenceKind.HIGHEST: _l("Highest qualification category"),
    EvidenceKind.OTHER: _l("Other evidence"),
}


class Evidence(Base):
    """A document that qualifies somebody, from one day until another (None: for good)."""

    __tablename__ = "consultations_evidence"
    __table_args__ = (Index("ix_consultations_evidence_person", "community_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("communities.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    document: Mapped[str]
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date, index=True)
    recorded_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    recorded_at: Mapped[datetime] = mapped_column(default=utcnow)
    warned: Mapped[bool] = mapped_column(default=False)

    def is_valid(self, day: date) -> bool:
        """Whether it qualifies on this day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


class Copies(Base):
    """Copies of a document, attached to the content with this number."""

    __tablename__ = "consultations_copies"

    id: Mapped[int] = mapped_column(ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True)
    evidence_id: Mapped[int] = mapped_column(
        ForeignKey("consultations_evidence.id", ondelete="CASCADE"), unique=True
    )

    content: Mapped[Content] = relationship(Content)


class Ward(Base):
    """A tutor looks after a person or all teachers of a school, on a basis (an order)."""

    __tablename__ = "consultations_wards"

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(
        ForeignKey("communities.id", ondelete="CASCADE"), index=True
    )
    tutor_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    school_id: Mapped[int | None] = mapped_column(
        ForeignKey("schools.id", ondelete="CASCADE"), index=True
    )
    basis: Mapped[str] = mapped_column(default="")
    since: Mapped[date] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)

    tutor: Mapped[User] = relationship(User, foreign_keys=[tutor_id])
    user: Mapped[User | None] = relationship(User, foreign_keys=[user_id])
    school: Mapped[School | None] = relationship(School)
