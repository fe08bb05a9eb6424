"""Chats: standing rooms, and sessions with a topic, hosts, an agenda and minutes."""

from __future__ import annotations

from core.api import ActivityType, Plugin, hookimpl
from plugins.chat import (
    dates,
    demo,
    events,
    hooks,
    news,
    notices,
    personal,
    queries,
    rooms,
    sessions,
)
from plugins.chat.capabilities import CAPABILITIES
from plugins.chat.contents import CONTENTS
from plugins.chat.forms import ChatForm
from plugins.chat.pages import MOUNTS
from plugins.chat.realtime import ChatNamespace
from plugins.chat.words import _l


@hookimpl
def plugin_manifest() -> Plugin:
    return Plugin(
        name="chat", title=_l("Chat"), version="1.0", icon="chat-dots",
        summary=_l("Talk at once: standing rooms, and led sessions of which minutes remain"),
        activity_types=(
            ActivityType(
                key="chat", title=_l("Chat"), plural=_l("Chats"), icon="chat-dots", hue="orange",
                home="chat.home", form=ChatForm, saved=rooms.chat_saved,
                settings=queries.chat_settings,
                summaries=news.summaries, unread=news.unread,
                description=_l("Talk at once, and meet for led sessions of which minutes remain"),
            ),
        ),
        capabilities=CAPABILITIES, contents=CONTENTS, mounts=MOUNTS, events=events.KINDS,
        listens=hooks.LISTENS, notices=notices.KINDS, periodic=(sessions.CLOSING,),
        namespaces=(ChatNamespace,), of_activities=("calendar_items", "veto"),
    )  # fmt: skip


calendar_items = hookimpl(dates.sessions_in, specname="calendar_items")
event_recorded = hookimpl(hooks.take, specname="event_recorded")
veto = hookimpl(hooks.forbid, specname="veto")
export_user_data = hookimpl(personal.exported, specname="export_user_data")
erase_user_data = hookimpl(personal.erased, specname="erase_user_data")
# Asked behind the others (the list of pluggy is read from its other end), so that what stood in
# the demo before there were chats keeps its addresses.
demo_content = hookimpl(demo.lively_chat, specname="demo_content", tryfirst=True)
