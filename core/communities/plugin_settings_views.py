"""What a community sets of its own about a form of activity, instead of following the site."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from core.access.actors import current_viewer
from core.access.marks import requires
from core.admin.plugin_settings import (
    chosen_in,
    forget_own_settings,
    save_settings,
    stored_settings,
)
from core.communities import events
from core.communities.blueprints import communities
from core.communities.models import Community
from core.contract.registry import registry
from core.contract.settings import settings_of
from core.errors import Missing
from core.platform.i18n import core_domain
from core.platform.submit import DONE, see_other, submit

_ = core_domain.gettext

KIND = events.PLUGIN_SETTINGS_CHANGED


def _manifest(community: Community, plugin: str) -> Any:
    """That of a plugin that is on here and lets communities set something."""
    installed = registry().installed.get(plugin)
    on = plugin in registry().enabled_in(community.id)
    if installed is None or not on or not installed.manifest.settings_in_communities:
        raise Missing(_("There is no such page, or it is not open to you."))
    return installed.manifest


@communities.route("/c/<community>/settings/plugins/<plugin>/settings", methods=["GET", "POST"])
@requires("communities.plugins")
def plugin_settings(community: Community, plugin: str) -> ResponseReturnValue:
    """What holds here, to be changed for this community alone."""
    manifest = _manifest(community, plugin)
    form = manifest.settings(data=dict(settings_of(plugin, community.id)))
    viewer = current_viewer()
    status = submit(form, lambda: save_settings(viewer, plugin, KIND, chosen_in(form), community))
    if status == DONE:
        flash(_("The settings are saved."), "success")
        return see_other(url_for("communities.plugins", community=community))
    page = render_template(
        "communities/plugin_settings.html", community=community, plugin=plugin, manifest=manifest,
        form=form, own=bool(stored_settings(plugin, community)),
    )  # fmt: skip
    return page, status


@communities.post("/c/<community>/settings/plugins/<plugin>/follow-site")
@requires("communities.plugins")
def follow_site(community: Community, plugin: str) -> ResponseReturnValue:
    """Let what the site sets hold here again."""
    _manifest(community, plugin)
    forget_own_settings(current_viewer(), plugin, KIND, community)
    flash(_("The settings of the site hold here again."), "success")
    return see_other(url_for("communities.plugins", community=community))
