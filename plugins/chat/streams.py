"""The streams of rooms: what happens in one reaches everybody in it, in one order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.api import SIGNED_IN, Activity, Entry, Refused, Stream, Viewer
from plugins.chat import finding, log, wire

SAID, CHANGED = "said", "changed"
NOBODY = Viewer()


def entries(found: Sequence[Entry]) -> Mapping[int, Mapping[str, Any]]:
    """What readers are sent of many entries. A message that was said and changed since is told as
    it is now; of one that waits for approval nobody is told."""
    lines = log.lines_of([entry.subject_id for entry in found], NOBODY)
    return {
        entry.number: {"message": wire.message(line)}
        for entry in found
        if (line := lines.get(entry.subject_id)) is not None and line.number is not None
    }


def may_read(activity: Activity | None, key: int) -> bool:
    """Whether the viewer may be in a room of this chat."""
    if activity is None:
        return False
    try:
        return finding.room(activity, key) is not None
    except Refused:
        return False


ROOMS = Stream(name="chat.room", reads=SIGNED_IN, entries=entries, may_read=may_read)
