"""Who comes into the audience of an announcement after it was sent, and who goes out of it."""

from __future__ import annotations

from sqlalchemy import select

from core.api import Event, User, belongs, db, keep_from, let_read, notify, people_of, utcnow
from plugins.announcements.audiences import audience_of, place_ids
from plugins.announcements.models import Announcement, Place, Recipient
from plugins.announcements.operations import TOLD

COMING = ("communities.member_joined", "communities.appointed")
GOING = ("communities.member_left", "communities.member_excluded", "communities.dismissed")
LISTENS = (*COMING, *GOING)


def take(event: Event) -> None:
    """Somebody came into a community, or got a role in it: what is announced there now to people
    like them is for them too. Somebody went: what is announced nowhere else to them is not."""
    if event.community_id is None or event.subject_id is None:
        return
    if event.kind in GOING:
        _let_out(event.community_id, event.subject_id)
        return
    there = (
        select(Announcement)
        .join(Place, Place.announcement_id == Announcement.id)
        .where(Place.community_id == event.community_id, Announcement.sent_at.is_not(None))
        .where(Announcement.withdrawn_at.is_(None))
        .where(Announcement.ends_at.is_(None) | (Announcement.ends_at > utcnow()))
        .order_by(Announcement.id)
    )
    for announcement in db.session.scalars(there).all():
        _take_in(announcement, event.subject_id)


def _let_out(community_id: int, user_id: int) -> None:
    """Search, files and notices ask who may read it, not whom it was addressed to. Their line on
    the sheet stays, which is of the day of sending."""
    still = select(Place.announcement_id).where(belongs(user_id, Place.community_id, utcnow()))
    gone = select(Place.announcement_id).where(
        Place.community_id == community_id, Place.announcement_id.not_in(still)
    )
    keep_from(gone, [user_id])


def _take_in(announcement: Announcement, user_id: int) -> None:
    """They stand apart on the sheet. Who was addressed before, and comes back, reads it again."""
    if announcement.content.author_id == user_id:
        return
    rules = audience_of(announcement, place_ids(announcement))
    if db.session.scalar(people_of(rules).where(User.id == user_id)) is None:
        return
    let_read(announcement.content, [user_id])
    known = select(Recipient.id).where(
        Recipient.announcement_id == announcement.id, Recipient.user_id == user_id
    )
    if db.session.scalar(known) is None:
        _add_late(announcement, user_id)


def _add_late(announcement: Announcement, user_id: int) -> None:
    db.session.add(Recipient(announcement_id=announcement.id, user_id=user_id, late=True))
    db.session.flush()
    if announcement.must_acknowledge or announcement.pinned:
        notify(
            TOLD, [user_id], content=announcement.content, by=announcement.content.author_id,
            once=f"announcement:{announcement.id}",
        )  # fmt: skip
