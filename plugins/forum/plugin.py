"""The forum: sections, discussions, special topics, and an agenda of problems."""

from __future__ import annotations

from core.api import (
    ActivityType,
    Plugin,
    hookimpl,
)  # fmt: skip
from plugins.forum import (
    agenda,
    dates,
    demo,
    events,
    feeds,
    hooks,
    notices,
    operations,
    personal,
    rendering,
    unread,
)  # fmt: skip
from plugins.forum.capabilities import CAPABILITIES
from plugins.forum.contents import CONTENTS
from plugins.forum.forms import ForumForm, SettingsForm
from plugins.forum.pages import MOUNTS
from plugins.forum.words import _l


@hookimpl
def plugin_manifest() -> Plugin:
    return Plugin(
        name="forum", title=_l("Forum"), version="1.0", icon="chat-left-text",
        summary=_l("Discussions in sections, with answers, decisions and an agenda of problems"),
        activity_types=(
            ActivityType(
                key="forum", title=_l("Forum"), plural=_l("Forums"), icon="chat-left-text",
                hue="blue", home="forum.home", form=ForumForm, saved=operations.forum_saved,
                summaries=unread.summaries, unread=unread.unread,
                description=_l("Discuss in writing, each at their own pace"),
            ),
        ),
        capabilities=CAPABILITIES,
        contents=CONTENTS,
        mounts=MOUNTS, settings=SettingsForm, settings_in_communities=True,
        events=events.KINDS, listens=hooks.LISTENS, notices=notices.KINDS,
        periodic=(agenda.OPENING,),
        slots=("community.main",), of_activities=("page_fragment", "veto"),
    )  # fmt: skip


setup_app = hookimpl(rendering.install_kept, specname="setup_app")
nav_items = hookimpl(hooks.unread_item, specname="nav_items")
page_fragment = hookimpl(hooks.latest_discussions, specname="page_fragment")
calendar_items = hookimpl(dates.planned_problems, specname="calendar_items")
feed_entries = hookimpl(feeds.entries_of_community, specname="feed_entries")
event_recorded = hookimpl(hooks.take, specname="event_recorded")
veto = hookimpl(hooks.forbid, specname="veto")
export_user_data = hookimpl(personal.exported, specname="export_user_data")
erase_user_data = hookimpl(personal.erased, specname="erase_user_data")
demo_content = hookimpl(demo.lively_forum, specname="demo_content")
