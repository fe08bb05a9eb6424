"""From what somebody typed to what is stored: alike for forms and for sockets."""

from __future__ import annotations

from collections.abc import Sequence

from core.api import File, current_viewer, limit, must_wait
from plugins.chat import finding, text, writing
from plugins.chat.finding import Visit
from plugins.chat.writing import Said, Stored

RATE = "60/minute"


def speak(
    visit: Visit, typed: str, *, mark: str, reply_to: int | None = None, files: Sequence[File] = ()
) -> Stored:
    """Let the viewer say something in a room. Raises DomainError with a sentence for them."""
    viewer, place = current_viewer(), visit.activity
    limit("chat.messages", RATE, str(viewer.id))
    words = text.with_mentions(text.checked(typed), place.community)
    said = Said(
        text=words.text, mentions=words.mentions, mark=mark, reply_to=_above(visit, reply_to),
        files=files, held=must_wait(viewer, place.community), leads=visit.leads,
    )  # fmt: skip
    return writing.say(viewer, place, visit.id, said)


def _above(visit: Visit, number: int | None) -> int | None:
    """The id of the message of this room that one answers."""
    found = finding.message(visit.activity, number) if number else None
    return found.id if found is not None and found.room_id == visit.id else None
