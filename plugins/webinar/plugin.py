"""Webinars, videoconferences, teleconferences: from the announcement to who attended."""

from __future__ import annotations

from typing import Any

from core.api import MEMBERS, STAFF, ActivityType, Capability, Job, Mount, Plugin, Scope, hookimpl
from plugins.webinar import (
    dates,
    demo,
    events,
    notices,
    operations,
    personal,
    queries,
    running_views,
    schedule,
    settings,
)
from plugins.webinar.contents import CONTENTS
from plugins.webinar.forms import SettingsForm, WebinarForm
from plugins.webinar.views import webinar
from plugins.webinar.words import _l

__all__ = ["running_views"]

ROWS = {
    "meeting": queries.meeting_in, "place": queries.place_in, "recording": queries.recording_in,
}  # fmt: skip
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


@hookimpl
def plugin_manifest() -> Plugin:
    return Plugin(
        name="webinar", title=_l("Webinars"), version="1.0", icon="camera-video",
        summary=_l("Meetings on the screen: places, reminders, one door, attendance, recordings"),
        activity_types=tuple(_form(*form) for form in FORMS),
        capabilities=(
            Capability("webinar.sign_up", _l("Sign up for webinars"), MEMBERS),
            Capability("webinar.run", _l("Run all webinars and choose their hosts"), STAFF),
        ),
        contents=CONTENTS, mounts=(Mount(webinar, Scope.ACTIVITY, ROWS),),
        events=events.KINDS, notices=notices.KINDS, settings=SettingsForm,
        jobs=(Job(schedule.REMIND, schedule.send_reminder),),
    )  # fmt: skip


calendar_items = hookimpl(dates.meetings_in, specname="calendar_items")
export_user_data = hookimpl(personal.exported, specname="export_user_data")
erase_user_data = hookimpl(personal.erased, specname="erase_user_data")
demo_content = hookimpl(demo.webinars_under_way, specname="demo_content")
