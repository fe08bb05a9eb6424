"""Bookmarks: what one wants to read again, from whatever plugin."""

from __future__ import annotations

from core.api import Mount, Plugin, Scope, hookimpl
from sreda_bookmarks import hooks
from sreda_bookmarks.forms import BookmarksForm
from sreda_bookmarks.views import pages
from sreda_bookmarks.words import _l


@hookimpl
def plugin_manifest() -> Plugin:
    return Plugin(
        name="bookmarks",
        title=_l("Bookmarks"),
        version="1.0",
        summary=_l("Save what you want to read again"),
        icon="bookmark",
        mounts=(Mount(pages, Scope.SITE),),
        settings=BookmarksForm,
    )


content_actions = hookimpl(hooks.save_for_later, specname="content_actions")
nav_items = hookimpl(hooks.way_to_bookmarks, specname="nav_items")
export_user_data = hookimpl(hooks.exported, specname="export_user_data")
erase_user_data = hookimpl(hooks.erased, specname="erase_user_data")
demo_content = hookimpl(hooks.some_bookmarks, specname="demo_content")
