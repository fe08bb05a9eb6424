"""What is written about webinars, as core shows, hides and finds it."""

from __future__ import annotations

from core.api import ContentType
from plugins.webinar import attendance, operations, queries
from plugins.webinar.words import _l

CONTENTS = (
    ContentType(
        kind=operations.WEBINAR, title=_l("Webinar"), views=queries.webinar_views,
        bodies=queries.webinar_bodies, searched=queries.webinar_words,
    ),
    ContentType(
        kind=attendance.RECORDING, title=_l("Recording"), views=queries.recording_views,
        searched=queries.recording_words,
    ),
)  # fmt: skip
