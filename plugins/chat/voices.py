"""Who says what, and whether they may say it just now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import Row

from core.api import Actor, DomainError, File, Missing, Refused
from plugins.chat import text
from plugins.chat.doors import farewell
from plugins.chat.models import is_on
from plugins.chat.words import _, ngettext

MARK_LENGTH = 64


class TooSoon(DomainError):
    """Slow mode: ``seconds`` have to pass before the person's next message."""

    status = 429

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(
            ngettext(
                "Slow mode is on here. You can write again in %(n)s second.",
                "Slow mode is on here. You can write again in %(n)s seconds.",
                seconds,
            )
        )


@dataclass(frozen=True, kw_only=True)
class Said:
    """What somebody says: a text that was ``checked``, with marks for whom it ``mentions``.

    ``mark`` is the sender's own for this message: sent again, it is stored once. ``held``: waits
    for approval. ``leads``: the person leads here, and is not slowed down; a host of the session
    does without it. ``sees_hidden``: may speak in a session that is out of others' sight.
    """

    text: str
    mentions: Mapping[str, str] = field(default_factory=dict)
    mark: str = ""
    reply_to: int | None = None
    files: Sequence[File] = ()
    held: bool = False
    leads: bool = False
    sees_hidden: bool = True

    def __post_init__(self) -> None:
        """Raise DomainError for nothing."""
        if not self.files:
            text.needed(self.text)


@dataclass(frozen=True)
class Voice:
    """Somebody who says something, with their row in the room if they have one."""

    author: Actor
    said: Said
    member: Any

    @property
    def mark(self) -> str | None:
        """What the database keeps of the sender's mark."""
        return self.said.mark[:MARK_LENGTH] or None

    @property
    def leads(self) -> bool:
        return self.said.leads or (self.member is not None and self.member.is_host)

    def refusal(self, room: Row[Any], now: datetime) -> DomainError | None:
        """Why they cannot say it, if they cannot."""
        if not self.said.sees_hidden and room.is_hidden and room.planned_by != self.author.id:
            return gone()
        if not is_on(room, now):
            return not_on()
        if self.author.id is None or self.leads:
            return None
        return why_silent(self.member, room, now)

    def wait(self, room: Row[Any]) -> int:
        """How many seconds have to pass before the next."""
        seconds: int = room.slow_seconds
        return 0 if self.leads else seconds

    def is_first(self, now: datetime) -> bool:
        """Whether it is the first thing they say here today."""
        return self.author.id is not None and (
            self.member is None or self.member.said_on != now.date()
        )


def gone() -> DomainError:
    """What somebody is told of a room that is not there, or not for them."""
    return Missing(_("This chat is not here any more."))


def not_on() -> DomainError:
    """What somebody is told before a session and after it."""
    return Refused(_("This session is not on now: what was said in it can be read."))


def why_silent(member: Any, room: Any, now: datetime) -> DomainError | None:
    """Why somebody who does not lead cannot say anything in a room just now; None if they can. A
    ``Member`` and a ``Room``, or rows with their columns."""
    restrained = why_restrained(member, now)
    if restrained is not None:
        return restrained
    if room.by_turns and (member is None or member.floor_at is None):
        return Refused(_("People speak in turn here. Raise your hand and wait for the floor."))
    wait = slow_until(member, room)
    if wait is not None and wait > now:
        return TooSoon(ceil((wait - now).total_seconds()))
    return None


def why_restrained(member: Any, now: datetime) -> DomainError | None:
    """What those who lead laid upon somebody: to be gone, or to be silent for a while."""
    if member is not None and member.removed_at is not None:
        return Missing(farewell(member.reason))
    if member is not None and member.silenced_until is not None and member.silenced_until > now:
        return Refused(
            _("You cannot write here for a while. Reason: %(reason)s", reason=member.reason)
        )
    return None


def slow_until(member: Any, room: Any) -> datetime | None:
    """When somebody may speak again in slow mode; None where nothing holds them back."""
    if member is None or member.said_at is None or not room.slow_seconds:
        return None
    until: datetime = member.said_at + timedelta(seconds=room.slow_seconds)
    return until
