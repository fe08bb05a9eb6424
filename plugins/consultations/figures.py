"""Figures of a line for a stretch of days: what was asked, answered in time, booked, attended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any

from babel.numbers import format_decimal
from flask import Response
from sqlalchemy import ColumnElement, case, func, select

from core.api import Content, User, csv_file, current_locale, current_zone, db, short_name, utcnow
from plugins.consultations.meeting_models import Booking, BookingState, Room, Slot
from plugins.consultations.models import Article, Consultant, Line, Question, Rating
from plugins.consultations.words import _

# The year of a school begins in September.
SEPTEMBER = 9


@dataclass(frozen=True)
class Span:
    """From the first day until before ``until``, by the viewer's calendar."""

    first: date
    until: date

    def bounds(self) -> tuple[datetime, datetime]:
        """The same as moments."""
        zone = current_zone()
        begin = datetime(self.first.year, self.first.month, self.first.day, tzinfo=zone)
        end = datetime(self.until.year, self.until.month, self.until.day, tzinfo=zone)
        return begin.astimezone(UTC), end.astimezone(UTC)


def span_of(first: str, last: str) -> Span:
    """The stretch that an address asks for; the present school year without one."""
    today = utcnow().astimezone(current_zone()).date()
    year = today.year if today.month >= SEPTEMBER else today.year - 1
    begin = _day(first) or date(year, SEPTEMBER, 1)
    end = _day(last) or today
    return Span(begin, max(begin, end) + timedelta(days=1))


def _day(raw: str) -> date | None:
    try:
        found = date.fromisoformat(raw)
    except ValueError:
        return None
    return found if 1970 <= found.year <= 9000 else None


@dataclass(frozen=True, kw_only=True)
class Figures:
    """``hours`` is the median time to the first answer; ``stars`` the mean rating."""

    asked: int = 0
    answered: int = 0
    in_term: int = 0
    hours: float | None = None
    escalated: int = 0
    published: int = 0
    offered: int = 0
    booked: int = 0
    attended: int = 0
    missed: int = 0
    talks: int = 0
    stars: float | None = None
    ratings: int = 0

    @property
    def share_in_term(self) -> int | None:
        """Percent of the answers that came within the promised term."""
        return round(100 * self.in_term / self.answered) if self.answered else None


def of_line(line: Line, span: Span) -> Figures:
    """The figures of a line; five queries."""
    begin, end = span.bounds()
    asked = _questions(line, begin, end)
    slots = _slots(line, begin, end)
    query = select(func.count()).where(
        Article.activity_id == line.activity_id, Article.published_at >= begin,
        Article.published_at < end,
    )  # fmt: skip
    talks = select(func.count()).where(
        Room.line_id == line.id, Room.closed_at >= begin, Room.closed_at < end,
        Room.opened_at.is_not(None),
    )  # fmt: skip
    rated = select(func.avg(Rating.stars), func.count()).where(
        Rating.activity_id == line.activity_id, Rating.rated_at >= begin, Rating.rated_at < end
    )
    stars, ratings = db.session.execute(rated).one()
    return Figures(
        **asked, **slots, published=db.session.scalar(query) or 0,
        talks=db.session.scalar(talks) or 0, stars=float(stars) if stars else None,
        ratings=ratings,
    )  # fmt: skip


def _questions(line: Line, begin: datetime, end: datetime) -> dict[str, Any]:
    query = (
        select(Content.created_at, Question.answered_at, Question.late)
        .join(Content, Content.id == Question.id)
        .where(Question.line_id == line.id)
        .where(Content.created_at >= begin, Content.created_at < end)
    )
    rows = db.session.execute(query).all()
    done = [row for row in rows if row.answered_at is not None]
    lengths = [(row.answered_at - row.created_at).total_seconds() / 3600 for row in done]
    return {
        "asked": len(rows), "answered": len(done),
        "in_term": sum(not row.late for row in done),
        "escalated": sum(row.late for row in rows),
        "hours": median(lengths) if lengths else None,
    }  # fmt: skip


def _slots(line: Line, begin: datetime, end: datetime) -> dict[str, int]:
    here = (Slot.line_id == line.id, Slot.begins_at >= begin, Slot.begins_at < end, ~Slot.live)
    places = select(func.sum(Slot.capacity)).where(*here, Slot.cancelled_at.is_(None))
    taken = select(
        _sum(Booking.state != BookingState.CANCELLED),
        _sum(Booking.state == BookingState.ATTENDED), _sum(Booking.state == BookingState.MISSED),
    ).join(Slot, Slot.id == Booking.slot_id).where(*here)  # fmt: skip
    booked, attended, missed = db.session.execute(taken).one()
    return {
        "offered": db.session.scalar(places) or 0, "booked": booked or 0,
        "attended": attended or 0, "missed": missed or 0,
    }  # fmt: skip


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


@dataclass(frozen=True, kw_only=True)
class Work:
    """What somebody of a team has done."""

    name: str
    answered: int
    talks: int
    stars: float | None

    @property
    def rating(self) -> str:
        """The mean of the thanks, as people write it."""
        return decimal(self.stars)


def of_team(line: Line, span: Span) -> Sequence[Work]:
    """What each of the team has done; one query."""
    begin, end = span.bounds()

    def counted(model: Any, moment: Any) -> Any:
        here = (model.line_id == line.id, model.consultant_id == Consultant.user_id)
        query = select(func.count()).select_from(model).where(*here, moment >= begin, moment < end)
        return query.correlate(Consultant).scalar_subquery()

    stars = (
        select(func.avg(Rating.stars))
        .where(Rating.activity_id == line.activity_id, Rating.rated_at >= begin)
        .where(Rating.rated_at < end, Rating.consultant_id == Consultant.user_id)
        .correlate(Consultant)
        .scalar_subquery()
    )
    query = (
        select(
            User.surname, User.given_name, User.patronymic,
            counted(Question, Question.answered_at).label("answered"),
            counted(Room, Room.closed_at).label("talks"), stars.label("stars"),
        )
        .select_from(Consultant)
        .join(User, User.id == Consultant.user_id)
        .where(Consultant.line_id == line.id)
        .order_by(User.surname, User.given_name, User.id)
    )  # fmt: skip
    return [
        Work(
            name=short_name(row.surname, row.given_name, row.patronymic), answered=row.answered,
            talks=row.talks, stars=float(row.stars) if row.stars else None,
        )
        for row in db.session.execute(query)
    ]  # fmt: skip


def decimal(number: float | None) -> str:
    """As people write it: «4,7»; a dash for nothing."""
    return "—" if number is None else format_decimal(number, "0.0", current_locale())


def named(found: Figures) -> Sequence[tuple[str, str]]:
    """The figures with their names, in order."""
    share = found.share_in_term
    return [
        (_("Questions asked"), str(found.asked)),
        (_("Answered"), str(found.answered)),
        (_("Answered within the term, percent"), "—" if share is None else str(share)),
        (_("Waited beyond the term"), str(found.escalated)),
        (_("Median time to the first answer, hours"), decimal(found.hours)),
        (_("Published in the knowledge base"), str(found.published)),
        (_("Places offered"), str(found.offered)),
        (_("Places booked"), str(found.booked)),
        (_("Came"), str(found.attended)),
        (_("Did not come"), str(found.missed)),
        (_("Conversations held"), str(found.talks)),
        (_("Mean rating, of 5"), decimal(found.stars)),
    ]


def table(line: Line, span: Span) -> Response:
    """The figures as a table for Excel, the team below."""
    return csv_file(_rows(line, span), f"consultations-{line.activity_id}.csv")


def _rows(line: Line, span: Span) -> Iterator[Sequence[str | int]]:
    yield (_("Figure"), _("Value"))
    yield from named(of_line(line, span))
    yield ()
    yield (_("Consultant"), _("Answered"), _("Conversations held"), _("Mean rating, of 5"))
    for work in of_team(line, span):
        yield (work.name, work.answered, work.talks, decimal(work.stars))
