"""What browsers send while somebody is in a room; the rules are those of the forms."""

from __future__ import annotations

from typing import Any, ClassVar

from core.api import (
    Activity,
    ActivityNamespace,
    Missing,
    Stream,
    current_viewer,
    lasting,
    limit,
    requires,
    signed_in,
    together,
)
from plugins.chat import finding, rooms, speaking
from plugins.chat.finding import Visit
from plugins.chat.speaking import Wish
from plugins.chat.streams import ROOMS
from plugins.chat.words import _


class ChatNamespace(ActivityNamespace):
    """Found by browsers under ``/chat``."""

    streams: ClassVar[tuple[Stream, ...]] = (ROOMS,)

    @requires("chat.write")
    @together(speaking.store)
    def on_say(
        self, activity: Activity, room: int, mark: str, text: str, reply_to: int | None = None
    ) -> Wish:
        """Say something in a room; files come with a form."""
        return speaking.wish(activity, room, text, mark=mark, reply_to=reply_to)

    @lasting
    @signed_in
    def on_read(self, activity: Activity, room: int, number: int) -> dict[str, Any]:
        """What was said up to a number has been seen."""
        visit = _visit(activity, room)
        limit("chat.reading", "60/minute", str(current_viewer().id))
        if visit.read < min(number, visit.room.last_number):
            rooms.mark_read(current_viewer(), visit.id, min(number, visit.room.last_number))
        return {}


def _visit(activity: Activity, room: int) -> Visit:
    visit = finding.room(activity, room)
    if visit is None:
        raise Missing(_("This chat is not here any more."))
    return visit
