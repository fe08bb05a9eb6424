"""Announcements: to those whom they concern, for as long as they hold, with a sheet to sign."""

from __future__ import annotations

from core.api import STAFF, Capability, ContentType, Job, Mount, Plugin, Scope, hookimpl
from plugins.announcements import (
    audiences,
    coming,
    demo,
    due,
    events,
    hooks,
    notices,
    operations,
    personal,
    queries,
    sending_views,
    views,
)
from plugins.announcements.words import _l

__all__ = ["sending_views"]


@hookimpl
def plugin_manifest() -> Plugin:
    return Plugin(
        name=audiences.PLUGIN, title=_l("Announcements"), version="1.0", icon="megaphone",
        summary=_l("To those whom they concern; pinned, with an end, and with a sheet to sign"),
        capabilities=(Capability("announcements.send", _l("Send announcements"), STAFF),),
        contents=(
            ContentType(
                kind=operations.KIND, title=_l("Announcement"), views=queries.views,
                bodies=queries.bodies, searched=queries.texts,
            ),
        ),
        mounts=(
            Mount(views.here, Scope.COMMUNITY),
            Mount(views.announcements, Scope.SITE, {"announcement": queries.announcement_at}),
        ),
        events=events.KINDS, listens=coming.LISTENS, notices=notices.KINDS,
        jobs=(Job(operations.SENDING, due.send_due),),
        slots=("community.top", "my_day.main"),
    )  # fmt: skip


nav_items = hookimpl(hooks.entry, specname="nav_items")
page_fragment = hookimpl(hooks.piece, specname="page_fragment")
event_recorded = hookimpl(coming.take, specname="event_recorded")
export_user_data = hookimpl(personal.exported, specname="export_user_data")
erase_user_data = hookimpl(personal.erased, specname="erase_user_data")
# Asked after the others, in whose pages the demo begins.
demo_content = hookimpl(demo.announced, specname="demo_content", tryfirst=True)
