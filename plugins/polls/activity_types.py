"""The two forms of polls: a quick question, and a questionnaire."""

from core.api import ActivityType
from plugins.polls import setting_up, summaries
from plugins.polls.forms import PollForm, QuestionnaireForm
from plugins.polls.words import _l

TYPES = (
    ActivityType(
        key=setting_up.QUICK, title=_l("Quick question"), plural=_l("Polls"), icon="bar-chart",
        hue="yellow", home="polls.show", form=PollForm, saved=setting_up.poll_saved,
        settings=setting_up.settings, summaries=summaries.summaries, start="polls_community.new",
        publishing=setting_up.ensure_ready,
        description=_l("Ask one thing and watch the answer take shape"),
    ),
    ActivityType(
        key=setting_up.QUESTIONNAIRE, title=_l("Questionnaire"), plural=_l("Questionnaires"),
        icon="card-checklist", hue="yellow", home="polls.show", form=QuestionnaireForm,
        saved=setting_up.poll_saved, settings=setting_up.settings, summaries=summaries.summaries,
        start="polls_community.new_questionnaire", publishing=setting_up.ensure_ready,
        description=_l("Ask many things in sections, and compare years and schools"),
    ),
)  # fmt: skip
