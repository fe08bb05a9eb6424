"""The line of news of each chat, and how much of it is unread; asked on many pages, so short."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from flask import g, has_request_context
from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, case, func, or_, select
from sqlalchemy.orm import aliased

from core.api import Activity, Content, Face, Moment, Summary, User, Viewer, among, rows, utcnow
from plugins.chat import text
from plugins.chat.doors import farewell
from plugins.chat.models import Member, Message, Room, Session
from plugins.chat.words import _, ngettext

# Nobody counts further than this; badges say "99+".
MOST = 100
SOON = timedelta(days=7)
BRIEF = 90

Host = aliased(User)


def _unread() -> ColumnElement[int]:
    """What was said since the viewer looked in; nothing while they want to hear nothing, or when
    they were removed."""
    left = Room.last_number - func.coalesce(Member.read_number, 0)
    quiet = and_(
        Member.muted_until.is_not(None), Member.muted_until > bindparam("now", type_=Moment)
    )
    return case((or_(quiet, Member.removed_at.is_not(None)), 0), (left > MOST, MOST), else_=left)


def _mine() -> ColumnElement[bool]:
    viewer_id = bindparam("viewer_id", type_=Integer)
    return and_(Member.room_id == Room.id, Member.user_id == viewer_id)


@cache
def _counts() -> Select[*tuple[Any, ...]]:
    """Made once: putting a query together takes longer than the database takes to answer it."""
    return (
        select(Room.activity_id, _unread())
        .outerjoin(Member, _mine())
        .where(among(Room.activity_id, "activities"))
        .where(Room.session_id.is_(None))
    )


@cache
def _news() -> Select[*tuple[Any, ...]]:
    """A row for the standing room of each chat, and one for each session that is on or near."""
    now, soon = bindparam("now", type_=Moment), bindparam("soon", type_=Moment)
    people = (
        select(func.count()).where(Member.room_id == Room.id, Member.said_on.is_not(None))
        .correlate(Room).scalar_subquery()
    )  # fmt: skip
    return (
        select(
            Room.activity_id, Room.session_id, Room.opens_at, Room.last_number, Message.text,
            Content.hidden_at, User.surname, User.given_name, User.patronymic,
            Session.title, Session.agenda, Session.step, Member.removed_at, Member.reason,
            Host.surname.label("host_surname"), Host.given_name.label("host_given_name"),
            Host.patronymic.label("host_patronymic"),
            case((Room.session_id.is_(None), _unread()), else_=0).label("unread"),
            case((Room.session_id.is_not(None), people), else_=0).label("people"),
        )
        .outerjoin(Member, _mine())
        .outerjoin(Session, Session.id == Room.session_id)
        .outerjoin(
            Message, and_(Message.room_id == Room.id, Message.number == Room.last_number)
        )
        .outerjoin(Content, Content.id == func.coalesce(Session.id, Message.id))
        .outerjoin(User, and_(User.id == Content.author_id, Session.id.is_(None)))
        .outerjoin(Host, and_(Host.id == Content.author_id, Session.id.is_not(None)))
        .where(among(Room.activity_id, "activities"))
        .where(
            or_(
                Room.session_id.is_(None),
                and_(
                    Room.closes_at > now, Room.opens_at < soon,
                    Content.hidden_at.is_(None), Content.held_at.is_(None),
                ),
            )
        )
        .order_by(Room.session_id.is_not(None), Room.opens_at)
    )  # fmt: skip


def keep_unread(counts: Mapping[int, int]) -> None:
    """A query of this request has counted, by chats."""
    if has_request_context():
        g.chat_unread = dict(counts)


def unread(activities: Sequence[Activity], viewer: Viewer) -> Mapping[int, int]:
    """How much is unread in the standing rooms of some chats, for menus; one query, and none on
    the pages of a chat."""
    kept: Mapping[int, int] = g.get("chat_unread", {}) if has_request_context() else {}
    if all(activity.id in kept for activity in activities):
        return {a.id: min(kept[a.id], MOST) for a in activities if kept[a.id]}
    facts = {"activities": [a.id for a in activities], "viewer_id": viewer.id, "now": utcnow()}
    return {number: count for number, count in rows(_counts(), facts) if count}


def summaries(activities: Sequence[Activity], viewer: Viewer) -> Mapping[int, Summary]:
    """One line of news about each chat: what is on, what comes, what was said last; one query."""
    now = utcnow()
    facts = {
        "activities": [a.id for a in activities], "viewer_id": viewer.id, "now": now,
        "soon": now + SOON,
    }  # fmt: skip
    found: dict[int, list[Any]] = {a.id: [] for a in activities}
    for row in rows(_news(), facts):
        found[row.activity_id].append(row)
    return {number: _summary(lines, viewer, now) for number, lines in found.items()}


def _summary(lines: Sequence[Any], viewer: Viewer, now: datetime) -> Summary:
    room = next((line for line in lines if line.session_id is None), None)
    count = room.unread if room is not None and viewer.is_authenticated else 0
    state = ngettext("%(n)s unread message", "%(n)s unread messages", count) if count else ""
    live = next((line for line in lines if line.session_id and line.opens_at <= now), None)
    if live is not None:
        return Summary(
            text=_live(live), state=_minutes(live.opens_at, now), live=True, unread=count
        )
    coming = next((line for line in lines if line.session_id), None)
    if coming is not None:
        said = _("Session: “%(title)s”", title=coming.title)
        return Summary(text=said, state=state, due=None, unread=count)
    return Summary(text=_last(room), state=state, unread=count)


def _live(line: Any) -> str:
    parts = [
        _("“%(title)s”", title=line.title),
        _(
            "led by %(name)s",
            name=_name(line.host_surname, line.host_given_name, line.host_patronymic),
        ),
    ]
    if line.people:
        parts.append(ngettext("%(n)s person talking", "%(n)s people talking", line.people))
    if line.step is not None:
        parts.append(_("step %(n)s of %(all)s", n=line.step + 1, all=len(line.agenda)))
    return " · ".join(parts)


def _minutes(since: datetime, now: datetime) -> str:
    minutes = int((now - since) / timedelta(minutes=1))
    if minutes < 1:
        return _("has just begun")
    return ngettext("on for %(n)s minute", "on for %(n)s minutes", minutes)


def _last(room: Any) -> str:
    if room is None or not room.last_number or room.text is None:
        return _("Nothing said yet: begin")
    if room.removed_at is not None:
        return farewell(room.reason)
    if room.hidden_at is not None:
        return _("The last message was removed")
    # Marks of mentions are left out: the line is asked for on pages that have their own questions.
    brief = text.in_brief(text.TOKEN.sub("", room.text), {}, BRIEF) or _("A file")
    return _(
        "%(who)s: %(words)s", who=_name(room.surname, room.given_name, room.patronymic), words=brief
    )


def _name(surname: str | None, given_name: str | None, patronymic: str | None) -> str:
    return Face(
        id=0, surname=surname or "", given_name=given_name or "", patronymic=patronymic or "",
        photo="", school="",
    ).short_name  # fmt: skip
