"""Webinars, videoconferences, teleconferences: from the announcement to who attended."""

from __future__ import annotations

from datetime import timedelta

from core.api import (
    MEMBERS,
    STAFF,
    Capability,
    Job,
    Mount,
    Periodic,
    Plugin,
    Scope,
    hookimpl,
)
from plugins.webinar import (
    check_views,
    dates,
    demo,
    events,
    looking,
    notices,
    personal,
    queries,
    running_views,
    schedule,
    trying,
)
from plugins.webinar.activity_types import ACTIVITY_TYPES
from plugins.webinar.community_views import webinar_community
from plugins.webinar.contents import CONTENTS
from plugins.webinar.forms import SettingsForm
from plugins.webinar.site_views import webinar_site
from plugins.webinar.views import webinar
from plugins.webinar.words import _l

__all__ = ["check_views", "running_views"]

ROWS = {
    "meeting": queries.meeting_in, "place": queries.place_in, "recording": queries.recording_in,
    "film": queries.film_in,
}  # fmt: skip


@hookimpl
def plugin_manifest() -> Plugin:
    return Plugin(
        name="webinar", title=_l("Webinars"), version="1.0", icon="camera-video",
        summary=_l("Meetings on the screen: places, reminders, one door, attendance, recordings"),
        activity_types=ACTIVITY_TYPES,
        capabilities=(
            Capability("webinar.sign_up", _l("Sign up for webinars"), MEMBERS),
            Capability("webinar.run", _l("Run all webinars and choose their hosts"), STAFF),
        ),
        contents=CONTENTS,
        mounts=(Mount(webinar, Scope.ACTIVITY, ROWS), Mount(webinar_site, Scope.SITE),
            Mount(webinar_community, Scope.COMMUNITY),
        ),
        events=events.KINDS, notices=notices.KINDS,
        settings=SettingsForm, try_settings=trying.try_settings,
        jobs=(
            Job(schedule.REMIND, schedule.send_reminder), Job(looking.LOOK, looking.look),
            Job(schedule.CLOSE, looking.close),
            Job(schedule.FEEDBACK, schedule.ask_for_feedback),
        ),
        periodic=(Periodic("sweep", timedelta(minutes=1), looking.sweep),),
        of_activities=("calendar_items",),
    )  # fmt: skip


calendar_items = hookimpl(dates.meetings_in, specname="calendar_items")
export_user_data = hookimpl(personal.exported, specname="export_user_data")
erase_user_data = hookimpl(personal.erased, specname="erase_user_data")
demo_content = hookimpl(demo.webinars_under_way, specname="demo_content")
