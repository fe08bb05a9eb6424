"""Sending what people are told by mail: at once, but not at night, nor two hundred in an hour.

A notice that is to be mailed says so in its own row, which is stored with the notice itself. It is
claimed, written, sent and settled, in this order: a kill on the way sends it once more after the
claim has run out. Only between the server's yes and our note of it can a letter go out twice; it
then has the same Message-ID.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, distinct, func, or_, select, update

from core.access.actors import SYSTEM, Actor, Viewer
from core.contract.manifest import Job
from core.contract.notices import Channel
from core.jobs.outbox import enqueue
from core.notices.letters import letter_about
from core.notices.models import Notice, NoticeSettings
from core.notices.queries import settings_of
from core.notices.refusals import note_refusal, refusal_of
from core.people.models import User
from core.people.viewing import as_seen_by
from core.platform.dates import zone_named
from core.platform.db import db, operation, utcnow
from core.platform.mail import AddressRefused, Letter, LetterRefused, send

log = logging.getLogger("sreda.letters")

# So many letters about single things an hour; what comes on top goes into the day's digest.
AN_HOUR = 15
HOUR = timedelta(hours=1)
# So long a process may be at a person's letters before another believes that it is gone.
CLAIM = timedelta(minutes=5)
BATCH = 500
# With waits that double up to an hour, a day in which the mail server may be away.
TRIES = 32


def hand_out() -> None:
    """Give everybody who is to get letters a job of their own, so that nobody waits for others."""
    last = 0
    while people := _waiting(Channel.MAIL, after=last):
        _wish_for_letters(SYSTEM, people)
        last = people[-1]


def _waiting(channel: Channel, *, after: int) -> Sequence[int]:
    query = select(Notice.user_id).where(Notice.mail == channel, Notice.user_id > after)
    return db.session.scalars(query.distinct().order_by(Notice.user_id).limit(BATCH)).all()


@operation
def _wish_for_letters(actor: Actor, people: Sequence[int]) -> None:
    for number in people:
        enqueue("core.letters", key=str(number), user_id=number)


@operation
def _wish_for_later(actor: Actor, user_id: int, at: datetime) -> None:
    enqueue("core.letters", key=str(user_id), at=at, user_id=user_id)


def write_letters(user_id: int) -> None:
    """Send one person what they are told at once; in their night, wish for the morning."""
    user = reachable(user_id)
    if user is None:
        drop_all(SYSTEM, user_id)
        return
    morning = end_of_quiet(user, settings_of(user.id))
    if morning is not None:
        _wish_for_later(SYSTEM, user_id, morning)
        return
    claimed = claim(SYSTEM, user_id, Channel.MAIL, most=AN_HOUR)
    deliver(user_id, claimed, letter_about)
    held_until = _held_by_others(user_id)
    if held_until is not None:
        _wish_for_later(SYSTEM, user_id, held_until)


def _held_by_others(user_id: int) -> datetime | None:
    """When what another process claimed, and perhaps never sent, is free again."""
    return db.session.scalar(
        select(func.min(Notice.claimed_until)).where(
            Notice.user_id == user_id, Notice.mail == Channel.MAIL
        )
    )


def reachable(user_id: int) -> User | None:
    """A person to whom letters can go: active, with an address that is theirs and takes them."""
    user = db.session.get(User, user_id)
    if user is None or user.state != "active" or user.email is None:
        return None
    return user if user.email_confirmed_at is not None and refusal_of(user_id) is None else None


def end_of_quiet(user: User, settings: NoticeSettings) -> datetime | None:
    """When the person's quiet hours end, if they are on now."""
    begin, end = settings.quiet_from, settings.quiet_until
    now = utcnow().astimezone(zone_named(user.zone_name))
    hour = now.hour
    quiet = begin <= hour < end if begin < end else (hour >= begin or hour < end)
    if begin == end or not quiet:
        return None
    morning = now.replace(hour=end, minute=0, second=0, microsecond=0)
    return morning if morning > now else morning + timedelta(days=1)


@dataclass
class Claimed:
    """Notices in the hands of this process, by the lines that they make."""

    bundles: dict[str, list[int]] = field(default_factory=dict)

    @property
    def ids(self) -> list[int]:
        return [number for ids in self.bundles.values() for number in ids]


@operation
def claim(actor: Actor, user_id: int, channel: Channel, *, most: int | None = None) -> Claimed:
    """Take what waits for a person on a channel, unless another process has it. What they have
    read meanwhile needs no letter; of lines beyond the hour's ``most`` the digest tells."""
    mine = (Notice.user_id == user_id, Notice.mail == channel)
    _change(*mine, Notice.read_at.is_not(None), mail="")
    free = or_(Notice.claimed_until.is_(None), Notice.claimed_until < utcnow())
    query = select(Notice.id, Notice.bundle).where(*mine, free).order_by(Notice.id)
    claimed = Claimed()
    for number, bundle in db.session.execute(query.with_for_update(skip_locked=True)):
        claimed.bundles.setdefault(bundle, []).append(number)
    if most is not None:
        _leave_the_rest(claimed, max(0, most - _sent_lately(user_id)))
    _change(Notice.id.in_(claimed.ids), claimed_until=utcnow() + CLAIM)
    return claimed


def _sent_lately(user_id: int) -> int:
    """Letters of the last hour; each settled its notices at a moment of its own."""
    query = select(func.count(distinct(Notice.mailed_at))).where(
        Notice.user_id == user_id, Notice.mailed_at > utcnow() - HOUR
    )
    return db.session.scalar(query) or 0


def _leave_the_rest(claimed: Claimed, most: int) -> None:
    beyond = list(claimed.bundles)[most:]
    rest = [number for bundle in beyond for number in claimed.bundles.pop(bundle)]
    _change(Notice.id.in_(rest), mail=Channel.DAILY, mail_since=utcnow())


def _change(*which: ColumnElement[bool], **values: object) -> None:
    db.session.execute(
        update(Notice).where(*which).values(**values),
        execution_options={"synchronize_session": False},
    )


Writer = Callable[[Viewer, Sequence[int]], Letter | None]


def deliver(user_id: int, claimed: Claimed, write: Writer) -> None:
    """Write and send a letter for each claimed line; what could not be sent is free again."""
    letters = _written(user_id, claimed, write)
    try:
        for ids, letter in letters:
            sent = letter is not None and is_taken(letter)
            settle(SYSTEM, ids, mailed=sent)
    except AddressRefused as error:
        give_up(user_id, error)
    except BaseException:
        release(SYSTEM, claimed.ids)
        raise


def give_up(user_id: int, error: AddressRefused) -> None:
    """Nothing more is sent to an address that is refused; the person is told on the site."""
    log.warning("a mail server refuses an address: %s", error.code)
    note_refusal(SYSTEM, user_id, error.code)
    drop_all(SYSTEM, user_id)


def _written(
    user_id: int, claimed: Claimed, write: Writer
) -> list[tuple[list[int], Letter | None]]:  # fmt: skip
    """All letters, before any is sent: nothing of the database is held while a server is asked."""
    user = db.session.get_one(User, user_id)
    with as_seen_by(user) as viewer:
        letters = [(ids, write(viewer, ids)) for ids in claimed.bundles.values()]
    db.session.rollback()
    return letters


def is_taken(letter: Letter) -> bool:
    """Send a letter; False if no server will ever take it."""
    try:
        send(letter)
    except (ValueError, LetterRefused) as error:
        # Without its words: they hold the address.
        log.error("a letter could not be sent: %s", type(error).__name__)
        return False
    return True


@operation
def settle(actor: Actor, ids: Collection[int], *, mailed: bool) -> None:
    """These need no letter any more."""
    when = utcnow() if mailed else None
    _change(Notice.id.in_(ids), mail="", claimed_until=None, mailed_at=when)


@operation
def release(actor: Actor, ids: Collection[int]) -> None:
    """What was claimed and not settled can be claimed at once."""
    _change(Notice.id.in_(ids), Notice.mail != "", claimed_until=None)


@operation
def drop_all(actor: Actor, user_id: int) -> None:
    """Somebody gets no letters: nothing waits for them."""
    _change(Notice.user_id == user_id, Notice.mail != "", mail="", claimed_until=None)


JOBS = (
    Job("core.post", hand_out),
    Job("core.letters", write_letters, tries=TRIES),
)
