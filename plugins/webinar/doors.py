"""The one button by which one comes in: what it says now, for this person."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.api import over_because
from plugins.webinar.models import Meeting, MeetingState, PlaceState, Webinar
from plugins.webinar.providers import provider_of


class DoorState(enum.StrEnum):
    NOTHING = "nothing"
    SHUT = "shut"
    CANCELLED = "cancelled"
    OVER = "over"
    SIGN_UP = "sign_up"
    FULL = "full"
    ASKED = "asked"
    WAITING = "waiting"
    REFUSED = "refused"
    LATER = "later"
    HOST = "host"
    OPEN = "open"
    MAKING = "making"
    RECORDING = "recording"


@dataclass(frozen=True, slots=True)
class Door:
    """``opens_at`` is when one can come in, for LATER; ``live``: people are at it right now;
    ``recording`` is the number of what was recorded; ``reopens``: this host may open it again."""

    state: DoorState
    opens_at: datetime | None = None
    live: bool = False
    recording: int | None = None
    reopens: bool = False


@dataclass(frozen=True, slots=True)
class After:
    """What is left of meetings that are over: the numbers of their recordings by meeting, and the
    meetings whose recordings are being made."""

    recordings: Mapping[int, int]
    making: frozenset[int]


NOTHING_LEFT = After({}, frozenset())


# What somebody who has no seat sees instead of the door.
WITHOUT_SEAT = {
    PlaceState.ASKED: DoorState.ASKED,
    PlaceState.WAITING: DoorState.WAITING,
    PlaceState.REFUSED: DoorState.REFUSED,
}


def door_of(
    webinar: Webinar, meeting: Meeting | None, place: str | None, now: datetime, *, host: bool,
    after: After = NOTHING_LEFT,
) -> Door:  # fmt: skip
    """The door to a meeting for somebody with this place (None: not signed up)."""
    if meeting is None:
        return Door(DoorState.NOTHING)
    if meeting.state == MeetingState.CANCELLED:
        return Door(DoorState.CANCELLED)
    shut = over_because(webinar.activity.community, webinar.activity)
    if meeting.is_over(now):
        return _closed(meeting, now, after, host=host and not shut)
    if shut:
        return Door(DoorState.SHUT)
    live = is_live(meeting, now)
    if place != PlaceState.HELD and not host:
        otherwise = DoorState.FULL if webinar.is_full else DoorState.SIGN_UP
        known = PlaceState(place) if place else PlaceState.LEFT
        return Door(WITHOUT_SEAT.get(known, otherwise), live=live)
    opens_at = meeting.begins_at - timedelta(minutes=webinar.early)
    if now < opens_at and meeting.state != MeetingState.ON:
        return Door(DoorState.LATER, opens_at)
    if provider_of(webinar).waits_for_host and meeting.state != MeetingState.ON and not host:
        return Door(DoorState.HOST, live=live)
    return Door(DoorState.OPEN, live=live)


def _closed(meeting: Meeting, now: datetime, after: After, *, host: bool) -> Door:
    recording = after.recordings.get(meeting.id)
    if recording is not None:
        return Door(DoorState.RECORDING, recording=recording)
    reopens = host and meeting.may_reopen(now)
    state = DoorState.MAKING if meeting.id in after.making else DoorState.OVER
    return Door(state, reopens=reopens)


def is_live(meeting: Meeting, now: datetime) -> bool:
    """Whether people are at it: opened by a host, or the time for it has come."""
    if meeting.state == MeetingState.ON:
        return not meeting.is_over(now)
    return meeting.state == MeetingState.PLANNED and meeting.begins_at <= now < meeting.ends_at
