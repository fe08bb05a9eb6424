"""Polls: a quick question or a questionnaire, and what the community makes of the answers."""

from __future__ import annotations

from core.api import ActivityType, ContentType, Job, Mount, Plugin, Scope, hookimpl
from plugins.polls import (
    comparing_views,
    deciding,
    demo,
    editor_views,
    events,
    finding,
    fragments,
    hooks,
    notices,
    personal,
    placing_views,
    run_views,
    running,
    setting_up,
    summaries,
)
from plugins.polls.capabilities import CAPABILITIES
from plugins.polls.community_views import pages
from plugins.polls.forms import PollForm, QuestionnaireForm, SettingsForm
from plugins.polls.site_views import site
from plugins.polls.views import polls
from plugins.polls.words import _l

# Importing these gives the blueprint their routes.
PAGES = (comparing_views, editor_views, placing_views, run_views)
AMONG = {"content": finding.content}
ROWS = {"section": finding.section, "question": finding.question}


@hookimpl
def plugin_manifest() -> Plugin:
    return Plugin(
        name="polls", title=_l("Polls"), version="1.0", icon="bar-chart",
        summary=_l("Quick questions and questionnaires, secret votes, results to look at"),
        activity_types=(
            ActivityType(
                key=setting_up.QUICK, title=_l("Quick question"), plural=_l("Polls"),
                icon="bar-chart", hue="yellow", home="polls.show", form=PollForm,
                saved=setting_up.poll_saved, settings=setting_up.settings,
                summaries=summaries.summaries, start="polls_community.new",
                description=_l("Ask one thing and watch the answer take shape"),
            ),
            ActivityType(
                key=setting_up.QUESTIONNAIRE, title=_l("Questionnaire"),
                plural=_l("Questionnaires"), icon="card-checklist", hue="yellow",
                home="polls.show", form=QuestionnaireForm, saved=setting_up.poll_saved,
                settings=setting_up.settings, summaries=summaries.summaries,
                start="polls_community.new_questionnaire",
                description=_l("Ask many things in sections, and compare years and schools"),
            ),
        ),
        capabilities=CAPABILITIES,
        contents=(
            ContentType(
                kind=deciding.DECISION, title=_l("Decision"), views=deciding.views,
                bodies=deciding.bodies, searched=deciding.searched,
            ),
        ),
        mounts=(
            Mount(polls, Scope.ACTIVITY, ROWS), Mount(pages, Scope.COMMUNITY, AMONG),
            Mount(site, Scope.SITE),
        ),
        settings=SettingsForm, settings_in_communities=True,
        events=events.KINDS, listens=hooks.LISTENS, notices=notices.KINDS,
        jobs=(
            Job(running.OPENING, run=running.open_now),
            Job(running.CLOSING, run=running.close_now),
            Job(running.REMINDING, run=running.remind_now),
        ),
    )  # fmt: skip


page_fragment = hookimpl(fragments.polls_here, specname="page_fragment")
veto = hookimpl(hooks.forbid, specname="veto")
event_recorded = hookimpl(hooks.take, specname="event_recorded")
export_user_data = hookimpl(personal.exported, specname="export_user_data")
erase_user_data = hookimpl(personal.erased, specname="erase_user_data")
demo_content = hookimpl(demo.lively_polls, specname="demo_content")
