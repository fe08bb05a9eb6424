"""What browsers send from a private room; the rules are those of the form."""

from __future__ import annotations

from typing import Any, ClassVar

from core.api import (
    Activity,
    ActivityNamespace,
    Missing,
    Stream,
    current_viewer,
    from_text,
    limit,
    signed_in,
)
from plugins.consultations import finding, rooms
from plugins.consultations.streams import ROOMS
from plugins.consultations.words import _

SAYING = "60/minute"


class RoomNamespace(ActivityNamespace):
    """Found by browsers under ``/consultations``."""

    streams: ClassVar[tuple[Stream, ...]] = (ROOMS,)

    @signed_in
    def on_say(self, activity: Activity, room: int, mark: str, text: str) -> dict[str, Any]:
        """Say something in a room; files come with the form."""
        found = finding.room_in(activity, room)
        viewer = current_viewer()
        if found is None or not finding.talks_in(viewer, found):
            raise Missing(_("There is no such room for you."))
        limit("consultations.saying", SAYING, str(viewer.id))
        said = rooms.Said(body=from_text(text), mark=mark)
        return {"number": rooms.say(viewer, found, said)}
