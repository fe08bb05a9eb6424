"""From what somebody typed to what is stored: alike for forms and for sockets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from core.api import SYSTEM, Activity, Actor, DomainError, File, current_viewer, limit, must_wait
from plugins.chat import finding, text, writing
from plugins.chat.finding import Visit
from plugins.chat.voices import Said
from plugins.chat.writing import Stored

RATE = "60/minute"


def speak(
    visit: Visit, typed: str, *, mark: str, reply_to: int | None = None, files: Sequence[File] = ()
) -> Stored:
    """Let the viewer say something in a room. Raises DomainError with a sentence for them."""
    said = _said(visit.activity, visit.id, typed, mark=mark, reply_to=reply_to, files=files)
    return writing.say(current_viewer(), visit.activity, visit.id, said)


@dataclass(frozen=True)
class Wish:
    """What somebody wants to say in which room."""

    room_id: int
    author: Actor
    said: Said


def wish(
    place: Activity, room_id: int, typed: str, *, mark: str, reply_to: int | None = None
) -> Wish:
    """What the viewer wants to say, to be stored with what others do. Raises as ``speak`` does."""
    # By its mark it is known again if it has to be stored alone after all.
    said = _said(place, room_id, typed, mark=mark or token_hex(8), reply_to=reply_to)
    return Wish(room_id, current_viewer(), said)


def store(place: Activity, wishes: Sequence[Wish]) -> list[dict[str, Any] | None]:
    """Store what several people want to say in rooms of a chat; see ``core.api.together``."""
    rooms: dict[int, list[Wish]] = defaultdict(list)
    for each in wishes:
        rooms[each.room_id].append(each)
    answers: dict[int | None, dict[str, Any] | None] = {}
    for room_id, here in rooms.items():
        stored = _stored(place, room_id, here, alone=len(wishes) == 1)
        for each, one in zip(here, stored, strict=True):
            answers[each.author.id] = _told(one) if one else None
    return [answers[each.author.id] for each in wishes]


def _stored(
    place: Activity, room_id: int, here: Sequence[Wish], *, alone: bool
) -> Sequence[Stored | None]:
    try:
        return writing.say_all(SYSTEM, place, room_id, [(w.author, w.said) for w in here])
    except DomainError:
        if alone:
            raise
        return [None] * len(here)


def _told(stored: Stored) -> dict[str, Any]:
    return {"number": stored.number, "held": stored.number is None, "wait": stored.wait}


def _said(
    place: Activity, room_id: int, typed: str, *, mark: str, reply_to: int | None,
    files: Sequence[File] = (),
) -> Said:  # fmt: skip
    viewer = current_viewer()
    limit("chat.messages", RATE, str(viewer.id))
    words = text.with_mentions(text.checked(typed), place.community)
    return Said(
        text=words.text, mentions=words.mentions, mark=mark,
        reply_to=_above(place, room_id, reply_to), files=files,
        held=must_wait(viewer, place.community), leads=finding.moderates(place),
        sees_hidden=finding.is_staff(place),
    )  # fmt: skip


def _above(place: Activity, room_id: int, number: int | None) -> int | None:
    """The id of the message of this room that one answers."""
    found = finding.message(place, number) if number else None
    return found.id if found is not None and found.room_id == room_id else None
