"""Telling people of something: one statement, however many they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Integer,
    Select,
    Text,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from core.communities.readers import reader_ids
from core.contents.models import Content
from core.contract.notices import Channel, Level, NoticeKind
from core.contract.registry import registry
from core.jobs.outbox import enqueue
from core.notices.following import Place, Thing, with_level
from core.notices.models import MailRefusal, Notice, NoticeChoice
from core.people.models import User
from core.platform.db import Moment, db, required_unit, utcnow
from core.realtime.live import changed_for

# What open pages show of a person's notices.
BELL = "notices"
LETTERS = (Channel.MAIL, Channel.DAILY, Channel.WEEKLY)
COLUMNS = (
    "user_id", "kind", "bundle", "once", "community_id", "activity_id", "thing_id", "content_id",
    "actor_id", "facts", "created_at", "mail", "mail_since",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """What people are told of: its kind and place, and whose doing it was."""

    kind: NoticeKind
    place: Place
    content_id: int | None
    by: int | None
    once: str
    facts: dict[str, Any]

    @property
    def bundle(self) -> str:
        """Notices of one kind about one thing make one line."""
        column, number = next(iter(self.place.key.items()))
        return f"{self.kind.name}:{column}:{number}"


def notify(
    kind: str,
    people: Iterable[int] | Select[Any] | None = None,
    *,
    once: str,
    by: int | None = None,
    content: Content | None = None,
    about: Thing | None = None,
    **facts: Any,
) -> None:
    """Tell people of something, inside an operation or ``event_recorded``; one statement.

    ``people`` are ids of those whom it is addressed to, or a query for them; without them it is
    everybody of the community who follows closely enough. ``once`` names the occasion, such as
    ``forum.post:17``: of one occasion everybody is told once, so begin with the strongest reason.
    ``by`` is whoever did it, and is not told. ``content`` is what they are led to; ``about`` (by
    default the same) is what they follow, such as the topic of a post: what is about one thing
    makes one line. ``facts`` are plain JSON values for the kind's ``says``. Raises LookupError for
    a kind that no manifest declares.
    """
    required_unit()
    declared = registry().notice_kinds().get(kind)
    if declared is None:
        raise LookupError(f"no manifest declares the notice {kind!r}")
    thing = about or content
    if thing is None:
        raise ValueError("a notice is about a content, an activity or a community")
    place = Place.of(thing)
    occasion = Occasion(
        kind=declared, place=place, content_id=content.id if content is not None else None,
        by=by, once=once, facts=facts,
    )  # fmt: skip
    audience = _following(place) if people is None else _named(people)
    _insert(occasion, audience, named=people is not None)


def reach_of(kind: str, people: Iterable[int] | Select[Any]) -> dict[Channel, int]:
    """How a notice of a kind would come to these people: how many by which channel; one query.

    Whose address takes no letters is counted as told on the site. For kinds that do not depend on
    following. Raises KeyError for a kind that no manifest declares.
    """
    declared = registry().notice_kinds()[kind]
    choice = and_(NoticeChoice.user_id == User.id, NoticeChoice.kind == kind)
    channel = func.coalesce(NoticeChoice.channel, literal(str(declared.channel)))
    lost = or_(User.email_confirmed_at.is_(None), MailRefusal.user_id.is_not(None))
    by_mail = channel.in_([str(each) for each in LETTERS])
    way = case((and_(by_mail, lost), literal(str(Channel.PAGE))), else_=channel).label("way")
    query = (
        select(way, func.count())
        .select_from(User)
        .outerjoin(NoticeChoice, choice)
        .outerjoin(MailRefusal, MailRefusal.user_id == User.id)
        .where(_named(people), User.state == "active")
        .group_by(way)
    )
    return {Channel(name): count for name, count in db.session.execute(query)}


def _following(place: Place) -> ColumnElement[bool]:
    if place.community_id is None:
        raise ValueError("nobody in particular can be told of what stands in no community")
    return User.id.in_(reader_ids(place.community_id))


def _named(people: Iterable[int] | Select[Any]) -> ColumnElement[bool]:
    return User.id.in_(people if isinstance(people, Select) else set(people))


def _insert(occasion: Occasion, audience: ColumnElement[bool], *, named: bool) -> None:
    told = _told(occasion, audience, named=named)
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    reached = db.session.execute(
        insert(Notice)
        .from_select(list(COLUMNS), told)
        .on_conflict_do_nothing(index_elements=["user_id", "once"])
        .returning(Notice.user_id)
    ).scalars()
    changed_for(reached, BELL)
    waiting = select(Notice.id).where(Notice.mail == Channel.MAIL, Notice.once == occasion.once)
    if db.session.scalar(waiting.limit(1)) is not None:
        enqueue("core.post", key="post")


def _told(
    occasion: Occasion, audience: ColumnElement[bool], *, named: bool
) -> Select[*tuple[Any, ...]]:
    """The rows for everybody who wants to hear of it, as a query."""
    kind, place = occasion.kind, occasion.place
    choice = and_(NoticeChoice.user_id == User.id, NoticeChoice.kind == kind.name)
    channel = func.coalesce(NoticeChoice.channel, literal(str(kind.channel)))
    now = literal(utcnow(), Moment)
    query, level = with_level(select().select_from(User), place)
    return (
        query.add_columns(
            User.id, _text(kind.name), _text(occasion.bundle), _text(occasion.once),
            _number(place.community_id), _number(place.activity_id), _number(place.content_id),
            _number(occasion.content_id), _number(occasion.by), literal(occasion.facts, JSON),
            now, _mail(kind, channel, level, named=named), now,
        )
        .outerjoin(NoticeChoice, choice)
        .where(audience, User.state == "active", channel != Channel.OFF)
        .where(_close_enough(kind, level, named=named))
        .where(or_(literal(occasion.by, Integer).is_(None), User.id != occasion.by))
    )  # fmt: skip


def _text(value: str) -> ColumnElement[str]:
    return literal(value, Text)


def _number(value: int | None) -> ColumnElement[Any]:
    return literal(value, Integer)


def _close_enough(
    kind: NoticeKind, level: ColumnElement[int], *, named: bool
) -> ColumnElement[bool]:  # fmt: skip
    """What is addressed to somebody reaches all but those who switched the thing off."""
    if kind.level is None:
        return true()
    return level >= int(Level.DIRECT if named else kind.level)


def _mail(
    kind: NoticeKind, channel: ColumnElement[str], level: ColumnElement[int], *, named: bool
) -> ColumnElement[str]:
    """By which channel a letter is to come; none for what one only keeps track of."""
    by_mail: ColumnElement[bool] = channel.in_([str(each) for each in LETTERS])
    if not named and kind.level == Level.TRACK:
        by_mail = and_(by_mail, level >= int(Level.ALL))
    return case((by_mail, channel), else_=literal(""))


def retract(kind: str, community_id: int, once: str) -> None:
    """What some notices of a community asked for is done: to nobody they are news any more.

    Inside an operation; ``once`` is the beginning of theirs.
    """
    required_unit()
    db.session.execute(
        update(Notice)
        .where(Notice.community_id == community_id, Notice.kind == kind)
        .where(Notice.once.startswith(once, autoescape=True), Notice.read_at.is_(None))
        .values(read_at=utcnow(), mail=""),
        execution_options={"synchronize_session": False},
    )
