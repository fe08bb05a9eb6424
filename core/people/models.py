"""Schools, people and their signed-in sessions."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.access.actors import DEFAULT_ZONE, Named
from core.platform.db import Base, utcnow


class School(Base):
    """A school or another institution that people work at and that can itself be a member."""

    __tablename__ = "schools"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    short_name: Mapped[str] = mapped_column(unique=True)
    place: Mapped[str] = mapped_column(default="")
    category: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    def __str__(self) -> str:
        return self.short_name


class User(Named, Base):
    """A person with an account. ``state`` is active, suspended or erased."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str | None] = mapped_column(unique=True)
    password_hash: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="active")
    email_confirmed_at: Mapped[datetime | None]
    # An address that its owner has yet to confirm before it takes the place of `email`.
    pending_email: Mapped[str | None]
    surname: Mapped[str]
    given_name: Mapped[str]
    patronymic: Mapped[str] = mapped_column(default="")
    school_id: Mapped[int | None] = mapped_column(
        ForeignKey("schools.id", ondelete="SET NULL"), index=True
    )
    # What somebody called their school who did not find it in the list.
    other_school: Mapped[str] = mapped_column(default="")
    position: Mapped[str] = mapped_column(default="")
    subjects: Mapped[str] = mapped_column(default="")
    # What colleagues may ask them about, separated by commas.
    helps_with: Mapped[str] = mapped_column(default="")
    about: Mapped[str] = mapped_column(default="")
    photo: Mapped[str] = mapped_column(default="")
    locale: Mapped[str] = mapped_column(default="")
    zone_name: Mapped[str] = mapped_column(default=DEFAULT_ZONE)
    theme: Mapped[str] = mapped_column(default="auto")
    large_text: Mapped[bool] = mapped_column(default=False)
    # Others are not shown that they are here just now.
    invisible: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    last_seen_on: Mapped[date | None] = mapped_column(Date)

    school: Mapped[School | None] = relationship(School)

    @property
    def school_name(self) -> str:
        return self.school.short_name if self.school else self.other_school

    @property
    def help_offered(self) -> list[str]:
        """What colleagues may ask them about, one by one."""
        return [one for part in self.helps_with.split(",") if (one := part.strip())]


class SignedInSession(Base):
    """A browser in which somebody is signed in. The cookie carries the key, the row its digest."""

    __tablename__ = "sessions"

    digest: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    last_seen_at: Mapped[datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[datetime]
    address: Mapped[str] = mapped_column(default="")
    browser: Mapped[str] = mapped_column(default="")
