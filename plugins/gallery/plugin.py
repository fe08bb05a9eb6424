"""The gallery: albums of a community, with care for those who can be seen in them."""

from __future__ import annotations

from core.api import ActivityType, Plugin, hookimpl
from plugins.gallery import albums, demo, events, hooks, notices, personal, removals
from plugins.gallery.capabilities import CAPABILITIES
from plugins.gallery.contents import CONTENTS
from plugins.gallery.forms import GalleryForm, SettingsForm
from plugins.gallery.pages import MOUNTS
from plugins.gallery.words import _l


@hookimpl
def plugin_manifest() -> Plugin:
    return Plugin(
        name="gallery", title=_l("Gallery"), version="1.0", icon="images",
        summary=_l("Albums of pictures, with marks of consent and links that can be taken back"),
        activity_types=(
            ActivityType(
                key="gallery", title=_l("Gallery"), plural=_l("Galleries"), icon="images",
                hue="rose", home="gallery.home", form=GalleryForm, saved=albums.gallery_saved,
                summaries=hooks.summaries,
                description=_l("Show in pictures what you do together"),
            ),
        ),
        capabilities=CAPABILITIES,
        contents=CONTENTS,
        mounts=MOUNTS, settings=SettingsForm, settings_in_communities=True,
        events=events.KINDS, listens=hooks.LISTENS, notices=notices.KINDS,
        periodic=(removals.ESCALATION,),
        slots=("community.main",), of_activities=("page_fragment", "veto"),
    )  # fmt: skip


page_fragment = hookimpl(hooks.newest_pictures, specname="page_fragment")
event_recorded = hookimpl(hooks.take, specname="event_recorded")
veto = hookimpl(hooks.forbid, specname="veto")
export_user_data = hookimpl(personal.exported, specname="export_user_data")
erase_user_data = hookimpl(personal.erased, specname="erase_user_data")
demo_content = hookimpl(demo.albums_of, specname="demo_content")
