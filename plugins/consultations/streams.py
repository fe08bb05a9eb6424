"""The streams of rooms: what is said in one reaches everybody in it, in one order, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template

from core.api import SIGNED_IN, Activity, Entry, Stream, current_viewer
from plugins.consultations import finding, talk

SAID, CLOSED = "said", "closed"


def entries(found: Sequence[Entry]) -> Mapping[int, Mapping[str, Any]]:
    """What those in a room are sent of many entries; two queries."""
    lines = talk.lines_with([entry.subject_id for entry in found if entry.kind == SAID])
    told: dict[int, Mapping[str, Any]] = {}
    for entry in found:
        if entry.kind == CLOSED:
            told[entry.number] = {"closed": True}
        elif entry.subject_id in lines:
            line = lines[entry.subject_id]
            html = render_template("consultations/_remark.html", line=line)
            told[entry.number] = {"html": html}
    return told


def may_read(activity: Activity | None, key: int) -> bool:
    """Whether the viewer talks in a room of this line."""
    if activity is None:
        return False
    room = finding.room_in(activity, key)
    return room is not None and finding.talks_in(current_viewer(), room)


ROOMS = Stream(name="consultations.room", reads=SIGNED_IN, entries=entries, may_read=may_read)
