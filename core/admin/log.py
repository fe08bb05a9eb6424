"""The log of who did what, for the administrator: filtered, the latest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Row, Select, or_, select
from sqlalchemy.orm import aliased

from core.access.actors import full_name
from core.communities.models import Community
from core.contract.registry import registry
from core.events.models import EventRow
from core.people.models import User
from core.platform.dates import current_zone
from core.platform.db import db
from core.platform.words import contains_words

SIZE = 25


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for in the log; ``before`` is the id from which older entries follow."""

    kind: str = ""
    person: str = ""
    community: int = 0
    since: date | None = None
    until: date | None = None
    before: int = 0


@dataclass(frozen=True)
class Entry:
    """One line of the log; without an actor it was the site itself, or somebody unknown."""

    id: int
    title: str
    occurred_at: datetime
    actor_id: int | None
    actor: str
    subject_id: int | None
    subject: str
    community: str
    slug: str
    facts: dict[str, Any]


def entries(wanted: Wanted) -> tuple[list[Entry], int]:
    """The entries of a page, and the id to continue with (0 at the end): one query.

    Pages follow by id rather than by number, so that the millionth entry is as near as the first.
    """
    actor, subject = aliased(User), aliased(User)
    query = (
        select(
            EventRow.id, EventRow.kind, EventRow.occurred_at, EventRow.facts,
            EventRow.actor_id, actor.surname, actor.given_name, actor.patronymic,
            EventRow.subject_id, subject.surname.label("subject_surname"),
            subject.given_name.label("subject_given_name"),
            subject.patronymic.label("subject_patronymic"),
            Community.title.label("community"), Community.slug,
        )
        .outerjoin(actor, actor.id == EventRow.actor_id)
        .outerjoin(subject, subject.id == EventRow.subject_id)
        .outerjoin(Community, Community.id == EventRow.community_id)
        .order_by(EventRow.id.desc())
        .limit(SIZE + 1)
    )  # fmt: skip
    rows = db.session.execute(_narrowed(query, wanted)).all()
    shown = [_entry(row) for row in rows[:SIZE]]
    return shown, shown[-1].id if len(rows) > SIZE else 0


def _narrowed(query: Select[*tuple[Any, ...]], wanted: Wanted) -> Select[*tuple[Any, ...]]:
    if wanted.kind:
        query = query.where(EventRow.kind == wanted.kind)
    if wanted.community:
        query = query.where(EventRow.community_id == wanted.community)
    if wanted.since:
        query = query.where(EventRow.occurred_at >= _first_minute(wanted.since))
    if wanted.until:
        query = query.where(EventRow.occurred_at < _first_minute(wanted.until + timedelta(days=1)))
    if wanted.before:
        query = query.where(EventRow.id < wanted.before)
    if wanted.person:
        names = (User.surname, User.given_name, User.patronymic)
        meant = select(User.id).where(contains_words(wanted.person, *names))
        query = query.where(or_(EventRow.actor_id.in_(meant), EventRow.subject_id.in_(meant)))
    return query


def _first_minute(day: date) -> datetime:
    return datetime.combine(day, time(), current_zone())


def _entry(row: Row[Any]) -> Entry:
    subject_parts = (row.subject_surname, row.subject_given_name, row.subject_patronymic)
    return Entry(
        id=row.id,
        title=title_of(row.kind),
        occurred_at=row.occurred_at,
        actor_id=row.actor_id,
        actor=_name(row.actor_id, row.surname, row.given_name, row.patronymic),
        subject_id=row.subject_id if row.subject_id != row.actor_id else None,
        subject=_name(row.subject_id, *subject_parts),
        community=row.community or "",
        slug=row.slug or "",
        facts=row.facts,
    )


def _name(user_id: int | None, *parts: str) -> str:
    return full_name(*parts) if user_id is not None else ""


def kinds() -> Sequence[tuple[str, str]]:
    """Every kind that core and the installed plugins record, with its title, by title."""
    titles = ((kind, str(title)) for kind, title in registry().event_kinds().items())
    return sorted(titles, key=lambda pair: pair[1])


def title_of(kind: str) -> str:
    """A kind in words; one whose plugin is not installed any more is named by its own code."""
    return str(registry().event_kinds().get(kind, kind))
