"""Messages: between two, in small groups, and private clarification of what was said in public."""

from __future__ import annotations

from core.api import STAFF, Capability, Plugin, hookimpl
from plugins.messages import demo, events, hooks, notices, personal
from plugins.messages.contents import CONTENTS
from plugins.messages.forms import SettingsForm
from plugins.messages.pages import MOUNTS
from plugins.messages.words import _l


@hookimpl
def plugin_manifest() -> Plugin:
    return Plugin(
        name="messages", title=_l("Messages"), version="1.0", icon="envelope",
        summary=_l("Private conversations, and clarification before a public dispute"),
        capabilities=(
            Capability("messages.judge", _l("Decide on reported private messages"), STAFF),
        ),
        contents=CONTENTS, mounts=MOUNTS, settings=SettingsForm, settings_in_communities=True,
        events=events.KINDS, notices=notices.KINDS,
    )  # fmt: skip


top_items = hookimpl(hooks.unread_item, specname="top_items")
nav_items = hookimpl(hooks.reports_item, specname="nav_items")
person_actions = hookimpl(hooks.write_to, specname="person_actions")
content_actions = hookimpl(hooks.ask_in_private, specname="content_actions")
export_user_data = hookimpl(personal.exported, specname="export_user_data")
erase_user_data = hookimpl(personal.erased, specname="erase_user_data")
demo_content = hookimpl(demo.conversations, specname="demo_content")
