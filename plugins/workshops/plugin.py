"""Workshops, master classes, presentations of experience: watch, try at home, review, look back."""

from __future__ import annotations

from core.api import MEMBERS, STAFF, Capability, Job, Mount, Plugin, Scope, hookimpl
from plugins.workshops import (
    dates,
    demo,
    events,
    notices,
    personal,
    queries,
    reflection_views,
    reminding,
    review_views,
    running,
    running_views,
    work_queries,
    work_views,
)
from plugins.workshops.activity_types import TYPES
from plugins.workshops.contents import CONTENTS
from plugins.workshops.views import workshops
from plugins.workshops.words import _l

__all__ = ["reflection_views", "review_views", "running_views", "work_views"]

ROWS = {
    "place": queries.place_in, "work": work_queries.work_in, "review": work_queries.review_in,
    "criterion": work_queries.criterion_in,
}  # fmt: skip


@hookimpl
def plugin_manifest() -> Plugin:
    return Plugin(
        name="workshops", title=_l("Workshops"), version="1.0", icon="tools",
        summary=_l("Workshops and master classes in stages: places, works, mutual review, results"),
        activity_types=TYPES,
        capabilities=(
            Capability("workshops.sign_up", _l("Sign up for workshops"), MEMBERS),
            Capability("workshops.run", _l("Lead all workshops and choose their masters"), STAFF),
        ),
        contents=CONTENTS, mounts=(Mount(workshops, Scope.ACTIVITY, ROWS),),
        events=events.KINDS, notices=notices.KINDS,
        jobs=(
            Job(running.BEGIN, running.begin_on_time),
            Job(running.REMIND, reminding.remind_on_time),
            Job(running.COMING, reminding.remind_of_demonstration),
            Job(running.REPLACE, reminding.replace_on_time),
            Job(reminding.REMIND_ONE, reminding.remind_one_on_time),
        ),
        of_activities=("calendar_items",),
    )  # fmt: skip


calendar_items = hookimpl(dates.stages_in, specname="calendar_items")
export_user_data = hookimpl(personal.exported, specname="export_user_data")
erase_user_data = hookimpl(personal.erased, specname="erase_user_data")
demo_content = hookimpl(demo.workshops_under_way, specname="demo_content")
