"""Consultation lines: a theme with a team, asked at any time, booked, or met in live hours."""

from __future__ import annotations

from core.api import ActivityType, Mount, Plugin, Scope, hookimpl
from plugins.consultations import (
    community_views,
    dates,
    demo,
    events,
    finding,
    hooks,
    hours_views,
    knowledge_views,
    live_views,
    notices,
    personal,
    setting_up,
    slot_views,
    team_views,
    views,
    work,
)
from plugins.consultations.capabilities import CAPABILITIES
from plugins.consultations.forms import LineForm
from plugins.consultations.pages import community_pages, consultations
from plugins.consultations.realtime import RoomNamespace
from plugins.consultations.showing import CONTENTS
from plugins.consultations.summaries import summaries
from plugins.consultations.words import _l

__all__ = [
    "community_views", "hours_views", "knowledge_views", "live_views", "slot_views", "team_views",
    "views",
]  # fmt: skip


@hookimpl
def plugin_manifest() -> Plugin:
    line = ActivityType(
        key="line", title=_l("Consultation line"), plural=_l("Consultation lines"),
        icon="question-circle", hue="green", home="consultations.home", form=LineForm,
        saved=setting_up.line_saved, summaries=summaries, settings=setting_up.settings_of_line,
        description=_l("A theme with a team: questions answered in a term, booked times, live "
                       "hours"),
    )  # fmt: skip
    return Plugin(
        name="consultations", title=_l("Consultations"), version="1.0", icon="question-circle",
        summary=_l("Consultation lines and tutoring: questions, times, queues, knowledge"),
        activity_types=(line,), capabilities=CAPABILITIES, contents=CONTENTS,
        mounts=(
            Mount(consultations, Scope.ACTIVITY, finding.ROWS),
            Mount(community_pages, Scope.COMMUNITY, finding.OF_COMMUNITY),
        ),
        events=events.KINDS, listens=hooks.LISTENS, notices=notices.KINDS,
        jobs=work.JOBS, periodic=work.PERIODIC,
        namespaces=(RoomNamespace,), slots=("person.main",),
        of_activities=("calendar_items", "veto"),
    )  # fmt: skip


nav_items = hookimpl(hooks.tutors_item, specname="nav_items")
page_fragment = hookimpl(hooks.consults_on, specname="page_fragment")
veto = hookimpl(hooks.forbid, specname="veto")
event_recorded = hookimpl(hooks.member_left, specname="event_recorded")
calendar_items = hookimpl(dates.slots_in, specname="calendar_items")
export_user_data = hookimpl(personal.exported, specname="export_user_data")
erase_user_data = hookimpl(personal.erased, specname="erase_user_data")
# Asked behind the others, so that what stood in the demo before keeps its addresses.
demo_content = hookimpl(demo.lines_under_way, specname="demo_content", tryfirst=True)
