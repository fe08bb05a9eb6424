"""What one does with one's notices: read them, and choose how they come."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, update

from core.access.actors import Actor, Viewer
from core.contents.models import Content
from core.contract.notices import Channel
from core.contract.registry import registry
from core.jobs.outbox import enqueue
from core.notices.models import Notice, NoticeChoice, NoticeSettings
from core.notices.telling import BELL
from core.platform.db import db, operation, required_unit, upsert, utcnow
from core.realtime.live import changed_for


@operation
def mark_read(actor: Actor, notice: Notice) -> None:
    """A line was opened: it and what it was gathered of are no news any more.

    What came after the line was shown stays unread.
    """
    _read(actor, Notice.bundle == notice.bundle, Notice.id <= notice.id)


@operation
def mark_all_read(actor: Actor, last: int) -> None:
    """Everything behind the bell up to a notice is no news any more; what came later is not
    touched."""
    _read(actor, Notice.id <= last, Notice.kind.not_in(registry().apart_kinds()))


@operation
def mark_told(actor: Actor, contents: Collection[int] | Select[Any]) -> None:
    """What somebody was told of these contents (ids, or a query for them) is read: where a page
    knows by itself what was seen, or was answered."""
    _read(actor, Notice.content_id.in_(contents))


@operation
def settle(actor: Actor, ids: Collection[int]) -> None:
    """What its reader may no longer see does not keep the bell lit."""
    _read(actor, Notice.id.in_(ids))


def _read(actor: Actor, *which: ColumnElement[bool]) -> None:
    db.session.execute(
        update(Notice)
        .where(Notice.user_id == actor.id, Notice.read_at.is_(None), *which)
        .values(read_at=utcnow()),
        execution_options={"synchronize_session": False},
    )
    changed_for([actor.id or 0], BELL)


def note_seen(viewer: Viewer, contents: Collection[int]) -> None:
    """The page under way shows these contents: what the viewer was told of them is read.

    For views, once the page is made. Asks nothing, and writes only where there is such a notice.
    """
    seen = viewer.told_of.intersection(contents)
    if seen:
        mark_told(viewer, seen)


def untell(content: Content) -> None:
    """What people were told of a content is no news any more: it was called back. Inside an
    operation."""
    required_unit()
    gone = (
        update(Notice)
        .where(Notice.content_id == content.id, Notice.read_at.is_(None))
        .values(read_at=utcnow(), mail="")
        .returning(Notice.user_id)
        .execution_options(synchronize_session=False)
    )
    changed_for(list(db.session.scalars(gone)), BELL)


@operation
def choose(actor: Actor, channels: Mapping[str, Channel], **settings: Any) -> None:
    """Say by which channel each kind comes, and how one wants to be told in general.

    Kinds that no manifest declares are passed over.
    """
    kinds = registry().notice_kinds()
    for name in sorted(channels.keys() & kinds.keys()):
        _choose(actor, name, channels[name], kinds[name].channel)
    if settings:
        upsert(NoticeSettings, {"user_id": actor.id}, settings)


def _choose(actor: Actor, kind: str, channel: Channel, default: Channel) -> None:
    if channel == default:
        gone = delete(NoticeChoice).where(
            NoticeChoice.user_id == actor.id, NoticeChoice.kind == kind
        )
        db.session.execute(gone)
    else:
        upsert(NoticeChoice, {"user_id": actor.id, "kind": kind}, {"channel": str(channel)})
    _catch_up(actor, kind, channel)


def _catch_up(actor: Actor, kind: str, channel: Channel) -> None:
    """Letters that are still to come follow the new choice."""
    by_mail = channel not in (Channel.OFF, Channel.PAGE)
    if channel is Channel.MAIL:
        enqueue("core.post", key="post")
    db.session.execute(
        update(Notice)
        .where(Notice.user_id == actor.id, Notice.kind == kind, Notice.mail != "")
        .values(mail=str(channel) if by_mail else ""),
        execution_options={"synchronize_session": False},
    )


@operation
def stop_letters(actor: Actor, user_id: int, kinds: Collection[str]) -> None:
    """From a letter itself: no more letters of these kinds to this person; the site goes on
    telling them."""
    declared = registry().notice_kinds()
    for name in sorted(set(kinds) & declared.keys()):
        key = {"user_id": user_id, "kind": name}
        there = db.session.get(NoticeChoice, key)
        channel = there.channel if there is not None else declared[name].channel
        if channel not in (Channel.OFF, Channel.PAGE):
            _choose(_Reader(user_id), name, Channel.PAGE, declared[name].channel)


class _Reader:
    """Whoever holds the letter acts for the person it went to."""

    def __init__(self, user_id: int) -> None:
        self.id: int | None = user_id
