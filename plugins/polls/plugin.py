"""Polls: a quick question or a questionnaire, and what the community makes of the answers."""

from __future__ import annotations

from core.api import ContentType, Job, Plugin, hookimpl
from plugins.polls import (
    deciding,
    demo,
    events,
    fragments,
    handing,
    hooks,
    notices,
    personal,
    running,
)
from plugins.polls.activity_types import TYPES
from plugins.polls.capabilities import CAPABILITIES
from plugins.polls.forms import SettingsForm
from plugins.polls.pages import MOUNTS
from plugins.polls.words import _l


@hookimpl
def plugin_manifest() -> Plugin:
    return Plugin(
        name="polls", title=_l("Polls"), version="1.0", icon="bar-chart",
        summary=_l("Quick questions and questionnaires, secret votes, results to look at"),
        activity_types=TYPES, capabilities=CAPABILITIES, mounts=MOUNTS,
        contents=(
            ContentType(
                kind=deciding.DECISION, title=_l("Decision"), views=deciding.views,
                bodies=deciding.bodies, searched=deciding.searched,
            ),
            handing.CONTENT,
        ),
        settings=SettingsForm, settings_in_communities=True,
        events=events.KINDS, listens=hooks.LISTENS, notices=notices.KINDS,
        jobs=(
            Job(running.OPENING, run=running.open_now),
            Job(running.CLOSING, run=running.close_now),
            Job(running.REMINDING, run=running.remind_now),
            Job(running.FORGETTING, run=running.forget_now),
        ),
        slots=("content.above", "content.below"), of_activities=("veto",),
    )  # fmt: skip


page_fragment = hookimpl(fragments.polls_here, specname="page_fragment")
veto = hookimpl(hooks.forbid, specname="veto")
event_recorded = hookimpl(hooks.take, specname="event_recorded")
export_user_data = hookimpl(personal.exported, specname="export_user_data")
erase_user_data = hookimpl(personal.erased, specname="erase_user_data")
demo_content = hookimpl(demo.lively_polls, specname="demo_content")
