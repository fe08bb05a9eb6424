"""Sending at the moment that was settled beforehand, if it may still go out then."""

from __future__ import annotations

from sqlalchemy import select

from core.api import SYSTEM, Actor, User, can, db, operation, utcnow
from plugins.announcements.audiences import MAY_SEND, addressed, communities_of, is_on
from plugins.announcements.models import Announcement
from plugins.announcements.operations import held, send
from plugins.announcements.words import _l

# Why something did not go out, by what is kept of it.
WHY = {
    "ended": _l("It was not sent at its time: the community had ended."),
    "off": _l("It was not sent at its time: announcements were switched off in the community."),
    "author": _l("It was not sent at its time: its author may not send announcements any more."),
    "nobody": _l("It was not sent at its time: nobody was in its audience."),
}


def send_due(number: int) -> None:
    """The job that sends when the time has come."""
    _send_due(SYSTEM, number)


@operation
def _send_due(actor: Actor, number: int) -> None:
    """Nothing where it was put off, called back or sent already; so twice does no harm. What may
    not go out any more is a draft again."""
    if db.session.get(Announcement, number) is None:
        return
    announcement = held(number)
    if not _waits(announcement):
        return
    author = db.session.get(User, announcement.content.author_id or 0)
    announcement.kept_back = _obstacle(announcement, author)
    if author is None or announcement.kept_back is not None:
        announcement.confirmed_at = None
        return
    send(author, announcement)


def _waits(announcement: Announcement) -> bool:
    now = utcnow()
    is_due = announcement.starts_at is None or announcement.starts_at <= now
    is_over = announcement.ends_at is not None and announcement.ends_at <= now
    let_go = announcement.confirmed_at is not None and announcement.withdrawn_at is None
    return is_due and let_go and announcement.sent_at is None and not is_over


def _obstacle(announcement: Announcement, author: User | None) -> str | None:
    community = announcement.community
    if community is not None and community.state == "liquidated":
        return "ended"
    there = select(Announcement.id).where(Announcement.id == announcement.id, is_on())
    if db.session.scalar(there) is None:
        return "off"
    if author is None or author.state != "active" or not can(author, MAY_SEND, community):
        return "author"
    people = addressed(announcement, communities_of(announcement, author))
    if not announcement.is_public and db.session.scalar(people.limit(1)) is None:
        return "nobody"
    return None
