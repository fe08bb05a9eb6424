"""The three forms in which people meet on the screen; they differ in what they are called."""

from __future__ import annotations

from typing import Any

from core.api import ActivityType
from plugins.webinar import operations, queries, settings
from plugins.webinar.forms import WebinarForm
from plugins.webinar.words import _l

FORMS = (
    ("webinar", _l("Webinar"), _l("Webinars"), "camera-video",
     _l("Somebody speaks, everybody listens and asks; with places, reminders and a recording")),
    ("videoconference", _l("Videoconference"), _l("Videoconferences"), "people",
     _l("Everybody is seen and speaks")),
    ("teleconference", _l("Teleconference"), _l("Teleconferences"), "telephone",
     _l("Everybody is heard; enough for a weak link")),
)  # fmt: skip


def _form(key: str, title: Any, plural: Any, icon: str, description: Any) -> ActivityType:
    return ActivityType(
        key=key, title=title, plural=plural, icon=icon, hue="rose", home="webinar.home",
        form=WebinarForm, saved=operations.webinar_saved, summaries=queries.summaries,
        settings=settings.settings_of_webinar, description=description,
    )  # fmt: skip


ACTIVITY_TYPES = tuple(_form(*form) for form in FORMS)
