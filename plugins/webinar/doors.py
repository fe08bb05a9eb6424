"""The one button by which one comes in: what it says now, for this person."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta

from plugins.webinar.models import Meeting, MeetingState, PlaceState, Webinar
from plugins.webinar.providers import provider_of


class DoorState(enum.StrEnum):
    NOTHING = "nothing"
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


@dataclass(frozen=True, slots=True)
class Door:
    """``opens_at`` is when one can come in, for LATER; ``live``: people are at it right now."""

    state: DoorState
    opens_at: datetime | None = None
    live: bool = False


# What somebody who has no seat sees instead of the door.
WITHOUT_SEAT = {
    PlaceState.ASKED: DoorState.ASKED,
    PlaceState.WAITING: DoorState.WAITING,
    PlaceState.REFUSED: DoorState.REFUSED,
}


def door_of(
    webinar: Webinar, meeting: Meeting | None, place: str | None, now: datetime, *, host: bool
) -> Door:
    """The door to a meeting for somebody with this place (None: not signed up)."""
    if meeting is None:
        return Door(DoorState.NOTHING)
    if meeting.state == MeetingState.CANCELLED:
        return Door(DoorState.CANCELLED)
    if meeting.is_over(now):
        return Door(DoorState.OVER)
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


def is_live(meeting: Meeting, now: datetime) -> bool:
    """Whether people are at it: opened by a host, or the time for it has come."""
    if meeting.state == MeetingState.ON:
        return not meeting.is_over(now)
    return meeting.state == MeetingState.PLANNED and meeting.begins_at <= now < meeting.ends_at
