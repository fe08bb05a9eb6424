"""The day's and the week's letter: what was told and not read, when the person wants to hear it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Row, delete, func, or_, select

from core.access.actors import SYSTEM, Actor
from core.contract.manifest import Job, Periodic
from core.contract.notices import Channel
from core.jobs.outbox import enqueue
from core.notices import mailing
from core.notices.letters import digest
from core.notices.models import DIGEST_DAY, DIGEST_HOUR, Notice, NoticeSettings
from core.people.models import User
from core.people.viewing import as_seen_by
from core.platform.dates import zone_named
from core.platform.db import db, operation, utcnow
from core.platform.mail import AddressRefused

DIGESTS = (Channel.DAILY, Channel.WEEKLY)
# Read notices are forgotten after two months, all others after half a year.
KEPT_READ, KEPT = timedelta(days=60), timedelta(days=180)


def look_for_due() -> None:
    """Wish for the digests whose hour has come, each for its person."""
    for channel in DIGESTS:
        due = [row.user_id for row in _waiting(channel) if _is_due(row, channel)]
        for start in range(0, len(due), mailing.BATCH):
            _wish(SYSTEM, due[start : start + mailing.BATCH], channel)


def _waiting(channel: Channel) -> Sequence[Row[*tuple[object, ...]]]:
    """Who has something waiting for a digest, since when, and what their day is like."""
    query = (
        select(
            Notice.user_id, User.zone_name, NoticeSettings.digest_hour, NoticeSettings.digest_day,
            func.min(Notice.mail_since).label("since"),
        )
        .join(User, User.id == Notice.user_id)
        .outerjoin(NoticeSettings, NoticeSettings.user_id == Notice.user_id)
        .where(Notice.mail == channel, Notice.read_at.is_(None))
        .group_by(
            Notice.user_id, User.zone_name, NoticeSettings.digest_hour, NoticeSettings.digest_day
        )
    )  # fmt: skip
    return db.session.execute(query).all()


def _is_due(row: Row[*tuple[object, ...]], channel: Channel) -> bool:
    """Whether the person's hour has come since the first of it was told."""
    hour = DIGEST_HOUR if row.digest_hour is None else row.digest_hour
    day = DIGEST_DAY if row.digest_day is None else row.digest_day
    last = last_hour(row.zone_name, hour, day if channel is Channel.WEEKLY else None)
    since: datetime = row.since
    return since < last


def last_hour(zone_name: str, hour: int, day: int | None) -> datetime:
    """The latest moment at which the clock of a zone showed this hour, on this day of the week."""
    now = utcnow().astimezone(zone_named(zone_name))
    moment = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    if day is not None:
        moment -= timedelta(days=(moment.weekday() - day) % 7)
    if moment > now:
        moment -= timedelta(days=1 if day is None else 7)
    return moment


@operation
def _wish(actor: Actor, people: Sequence[int], channel: Channel) -> None:
    for number in people:
        enqueue("core.digest", key=f"{channel}:{number}", user_id=number, channel=str(channel))


def write_digest(user_id: int, channel: str) -> None:
    """Send one person their digest: everything that waits for it and is not read."""
    user = mailing.reachable(user_id)
    if user is None:
        mailing.drop_all(SYSTEM, user_id)
        return
    kind = Channel(channel)
    claimed = mailing.claim(SYSTEM, user_id, kind)
    if not claimed.ids:
        return
    with as_seen_by(user) as viewer:
        letter = digest(viewer, list(claimed.bundles.values()), kind)
    db.session.rollback()
    try:
        sent = letter is not None and mailing.is_taken(letter)
        mailing.settle(SYSTEM, claimed.ids, mailed=sent)
    except AddressRefused as error:
        mailing.give_up(user_id, error)
    except BaseException:
        mailing.release(SYSTEM, claimed.ids)
        raise


@operation
def forget_old(actor: Actor) -> None:
    """Nobody looks for what they were told half a year ago."""
    now = utcnow()
    db.session.execute(
        delete(Notice).where(
            or_(
                Notice.created_at < now - KEPT,
                Notice.read_at.is_not(None) & (Notice.created_at < now - KEPT_READ),
            )
        )
    )


JOBS = (Job("core.digest", write_digest, tries=mailing.TRIES),)
PERIODIC = (
    Periodic("digests", timedelta(minutes=5), look_for_due),
    Periodic("forget_notices", timedelta(hours=6), lambda: forget_old(SYSTEM)),
)
