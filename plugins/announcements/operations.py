"""What is changed about announcements: written, let go, sent, acknowledged, called back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, insert, literal, select, update

from core.api import (
    Actor,
    Conflict,
    Content,
    DomainError,
    File,
    Missing,
    Moment,
    Refused,
    able_to,
    attach,
    db,
    drop_draft,
    enqueue,
    hide,
    is_blank,
    let_read,
    mark_told,
    new_content,
    notify,
    operation,
    record,
    sent_before,
    untell,
    utcnow,
)
from plugins.announcements import events
from plugins.announcements.audiences import MAY_SEND, addressed, communities_of, still_reached
from plugins.announcements.models import Announcement, Place, Recipient
from plugins.announcements.words import _

KIND = "announcements.announcement"
TOLD, REMINDER, SENDING = KIND, "announcements.reminder", "announcements.send"
TITLE_LENGTH = 160
# Nobody is reminded twice within this time.
BETWEEN_REMINDERS = timedelta(hours=12)


@dataclass(frozen=True, kw_only=True)
class Written:
    """What somebody filled in; ``values`` are columns of the announcement."""

    title: str
    body: str
    values: Mapping[str, Any]
    files: Sequence[File] = ()
    submission: str = ""
    draft: str = ""

    def check(self) -> None:
        """Raise DomainError for what cannot be announced."""
        if not self.title.strip():
            raise DomainError(_("An announcement needs a title."))
        if len(self.title) > TITLE_LENGTH:
            raise DomainError(_("This title is too long: %(n)s characters fit.", n=TITLE_LENGTH))
        if is_blank(self.body):
            raise DomainError(_("Write what you want to announce."))
        self._check_term()

    def _check_term(self) -> None:
        starts, ends = self.values.get("starts_at"), self.values.get("ends_at")
        if ends is not None and ends <= (starts or utcnow()):
            raise DomainError(_("It would end before it begins. Choose another date."))
        _ensure_not_over(ends)


def _ensure_not_over(ends: datetime | None) -> None:
    if ends is not None and ends <= utcnow():
        raise DomainError(_("It would be over before anybody reads it. Choose a later end."))


@operation
def write(actor: Actor, community_id: int | None, written: Written) -> Announcement:
    """Keep an announcement that nobody is told of yet. A form that is sent twice is stored once."""
    written.check()
    sent = sent_before(actor, written.submission)
    if sent is not None:
        return _stored_before(sent)
    content = new_content(actor, KIND, submission=written.submission)
    announcement = Announcement(
        id=content.id, content=content, community_id=community_id, title=written.title,
        body=written.body, **written.values,
    )  # fmt: skip
    db.session.add(announcement)
    db.session.flush()
    _attached(announcement, written)
    drop_draft(actor, written.draft)
    return announcement


def _stored_before(sent: Content) -> Announcement:
    announcement = db.session.get(Announcement, sent.id)
    if announcement is None:
        raise DomainError(_("This was sent somewhere else already. Write it anew."))
    return announcement


def _attached(announcement: Announcement, written: Written) -> None:
    attach(announcement.content, written.files)
    announcement.has_files = bool(written.files)


def held(number: int) -> Announcement:
    """An announcement, held until the operation ends. Raises Missing where it is gone."""
    query = select(Announcement).where(Announcement.id == number)
    query = query.with_for_update(key_share=True, of=Announcement)
    row = db.session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise Missing(_("This announcement is not there any more."))
    return row


@operation
def change(actor: Actor, number: int, written: Written) -> Announcement:
    """Change what has not gone out yet. Of what has, the wording and the audience stay: they were
    read; its end and its place on the home can be changed. Raises Conflict where it was called
    back meanwhile."""
    announcement = held(number)
    if announcement.withdrawn_at is not None:
        raise Conflict(_("This announcement was withdrawn."))
    if announcement.sent_at is not None:
        _rearrange(announcement, written.values)
        return announcement
    written.check()
    announcement.title, announcement.body = written.title, written.body
    for name, value in written.values.items():
        setattr(announcement, name, value)
    _attached(announcement, written)
    drop_draft(actor, written.draft)
    if announcement.confirmed_at is not None:
        let_go(actor, number)
    return announcement


def _rearrange(announcement: Announcement, values: Mapping[str, Any]) -> None:
    ends: datetime | None = values.get("ends_at")
    if ends is not None and announcement.sent_at is not None and ends <= announcement.sent_at:
        raise DomainError(_("It would end before it begins. Choose another date."))
    announcement.ends_at, announcement.pinned = ends, bool(values.get("pinned"))


@operation
def let_go(actor: Actor, number: int) -> Announcement:
    """Let an announcement go: at once, or at the moment that it is to begin."""
    announcement = held(number)
    if announcement.sent_at is not None:
        return announcement
    if announcement.withdrawn_at is not None:
        raise Conflict(_("This announcement was withdrawn."))
    _ensure_not_over(announcement.ends_at)
    announcement.confirmed_at, announcement.kept_back = utcnow(), None
    if announcement.starts_at is not None and announcement.starts_at > utcnow():
        enqueue(
            SENDING, at=announcement.starts_at, key=str(announcement.id), number=announcement.id
        )
        return announcement
    send(actor, announcement)
    return announcement


def send(actor: Actor, announcement: Announcement) -> None:
    """Write the audience down, open the announcement to it, and tell everybody; inside an
    operation that holds it."""
    communities = communities_of(announcement, actor)
    _write_down(announcement, addressed(announcement, communities))
    if not announcement.is_public and not count_of(announcement):
        raise DomainError(_("Nobody is in this audience. Choose others."))
    for community in communities:
        db.session.add(Place(announcement_id=announcement.id, community_id=community.id))
    announcement.sent_at = utcnow()
    content = announcement.content
    content.created_at = announcement.sent_at
    if announcement.is_public:
        content.community_id = announcement.community_id
    let_read(content, _written_down(announcement))
    let_read(content, able_to(announcement.community, MAY_SEND))
    db.session.flush()
    notify(
        TOLD, _written_down(announcement), by=content.author_id, content=content,
        once=f"announcement:{announcement.id}",
    )  # fmt: skip
    record(events.SENT, actor, community=announcement.community, content=content)


def _write_down(announcement: Announcement, people: Select[Any]) -> None:
    ids = people.subquery()
    rows = select(
        literal(announcement.id),
        ids.c[0],
        literal(False),
        literal(utcnow(), Moment),
    )
    columns = ["announcement_id", "user_id", "late", "created_at"]
    db.session.execute(insert(Recipient).from_select(columns, rows))


def _written_down(announcement: Announcement) -> Select[Any]:
    return select(Recipient.user_id).where(
        Recipient.announcement_id == announcement.id, Recipient.user_id.is_not(None)
    )


def count_of(announcement: Announcement) -> int:
    """How many it was addressed to."""
    query = select(func.count()).select_from(Recipient)
    return db.session.scalar(query.where(Recipient.announcement_id == announcement.id)) or 0


@operation
def acknowledge(actor: Actor, number: int) -> None:
    """Say that one has read an announcement and knows what it says; once is enough."""
    announcement = held(number)
    if not announcement.is_sent:
        raise Missing(_("This announcement is not there any more."))
    query = still_reached(announcement).where(Recipient.user_id == actor.id)
    mine = db.session.scalar(query.execution_options(populate_existing=True))
    if mine is None:
        raise Refused(_("This announcement is not addressed to you, so there is nothing to sign."))
    if mine.acknowledged_at is not None:
        return
    now = utcnow()
    mine.acknowledged_at, mine.seen_at = now, mine.seen_at or now
    mark_told(actor, [number])
    record(
        events.ACKNOWLEDGED, actor, community=announcement.community, content=announcement.content
    )


@operation
def note_opened(actor: Actor, number: int) -> None:
    """Somebody to whom it is addressed has opened it."""
    mine = (Recipient.announcement_id == number, Recipient.user_id == actor.id)
    db.session.execute(
        update(Recipient).where(*mine, Recipient.seen_at.is_(None)).values(seen_at=utcnow())
    )


@operation
def remind(actor: Actor, number: int) -> int:
    """Tell those once more who have not acknowledged; how many they are. Raises Conflict where
    somebody has just done so."""
    announcement = held(number)
    if not announcement.is_current or not announcement.must_acknowledge:
        raise Conflict(_("There is nothing to remind of any more."))
    last = announcement.reminded_at
    if last is not None and last > utcnow() - BETWEEN_REMINDERS:
        raise Conflict(_("They have been reminded already today. Give them time until tomorrow."))
    waiting = still_reached(announcement).where(Recipient.acknowledged_at.is_(None))
    people = {line.user_id for line in db.session.scalars(waiting) if line.user_id is not None}
    announcement.reminded_at = utcnow()
    announcement.reminders += 1
    if people:
        notify(
            REMINDER, people, content=announcement.content, by=actor.id,
            once=f"announcement:{announcement.id}:{announcement.reminders}",
        )  # fmt: skip
    record(
        events.REMINDED, actor, community=announcement.community, content=announcement.content,
        people=len(people),
    )  # fmt: skip
    return len(people)


@operation
def withdraw(actor: Actor, number: int, reason: str) -> None:
    """Call an announcement back: nobody sees it any more but its author; the sheet stays."""
    announcement = held(number)
    if announcement.withdrawn_at is not None:
        raise Conflict(_("This announcement was withdrawn."))
    announcement.withdrawn_at = utcnow()
    if announcement.sent_at is None:
        return
    untell(announcement.content)
    if announcement.content.hidden_at is None:
        hide(actor, announcement.content, reason or _("The announcement was withdrawn."))
    record(events.WITHDRAWN, actor, community=announcement.community, content=announcement.content)
