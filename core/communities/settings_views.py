"""Settings of a community: about it, admission and limits, rules, forms of activity."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.access.actors import Viewer, current_viewer
from core.access.marks import requires
from core.access.standing import can
from core.communities.blueprints import communities
from core.communities.forms import AboutForm, AdmissionForm, CharterForm
from core.communities.models import Community
from core.communities.queries import active_charter
from core.communities.settings_operations import change, set_charter, switch_plugin
from core.communities.settings_queries import possible_parents, switches_of
from core.errors import Missing
from core.platform.i18n import core_domain
from core.platform.submit import DONE, see_other, submit

_ = core_domain.gettext


@dataclass(frozen=True)
class Tab:
    """One page of the settings, as their common menu names it."""

    title: str
    url: str
    active: bool


def tabs_of(community: Community, viewer: Viewer) -> list[Tab]:
    """The pages of the settings that a person may open."""
    pages = (
        ("communities.manage", "communities.settings", _("About the community")),
        ("communities.manage", "communities.admission", _("Admission and limits")),
        ("communities.manage", "communities.rules", _("Rules")),
        ("communities.plugins", "communities.plugins", _("Forms of activity")),
        ("communities.appoint", "communities.roles", _("Roles")),
        ("communities.manage", "communities.state", _("Opening and ending")),
    )
    return [
        Tab(title, url_for(endpoint, community=community), request.endpoint == endpoint)
        for capability, endpoint, title in pages
        if can(viewer, capability, community)
    ]


@communities.context_processor
def _with_tabs() -> dict[str, object]:
    return {"settings_tabs": lambda: tabs_of(g.community, current_viewer())}


@communities.route("/c/<community>/settings", methods=["GET", "POST"], endpoint="settings")
@requires("communities.manage")
def about_page(community: Community) -> ResponseReturnValue:
    """What the community says of itself."""
    form = AboutForm(obj=community)
    names = ("title", "summary", "goals", "tasks", "kind", "subjects", "audience")
    status = submit(
        form,
        lambda: change(
            current_viewer(), community, **{name: form[name].data or "" for name in names}
        ),
    )
    if status == DONE:
        flash(_("Saved."), "success")
        return see_other(url_for("communities.settings", community=community))
    return render_template("communities/settings.html", community=community, form=form), status


@communities.route("/c/<community>/settings/admission", methods=["GET", "POST"])
@requires("communities.manage")
def admission(community: Community) -> ResponseReturnValue:
    """Who sees the community, who gets in, how many, and what it is part of."""
    viewer = current_viewer()
    form = AdmissionForm(obj=community)
    form.offer_parents(possible_parents(community, viewer))
    if not form.is_submitted():
        form.parent_id.data = community.parent_id or 0
    status = submit(form, lambda: _change_admission(community, form))
    if status == DONE:
        flash(_("Saved."), "success")
        return see_other(url_for("communities.admission", community=community))
    return render_template("communities/admission.html", community=community, form=form), status


def _change_admission(community: Community, form: AdmissionForm) -> None:
    change(
        current_viewer(),
        community,
        visibility=form.visibility.data,
        admission=form.admission.data,
        member_limit=form.member_limit.data,
        hold_first_posts=form.hold_first_posts.data,
        visible_history=form.visible_history.data,
        parent_id=form.parent_id.data or None,
    )


@communities.route("/c/<community>/settings/rules", methods=["GET", "POST"])
@requires("communities.manage")
def rules(community: Community) -> ResponseReturnValue:
    """The editor of the charter."""
    form = CharterForm(obj=active_charter(community))
    status = submit(form, lambda: set_charter(current_viewer(), community, form.body.data))
    if status == DONE:
        flash(_("The new version is in force. Members will be asked to accept it."), "success")
        return see_other(url_for("communities.charter", community=community))
    return render_template("communities/rules.html", community=community, form=form), status


@communities.get("/c/<community>/settings/plugins")
@requires("communities.plugins")
def plugins(community: Community) -> str:
    """Switches of the forms of activity, with what each would hide."""
    return render_template(
        "communities/plugins.html", community=community, switches=switches_of(community)
    )


@communities.post("/c/<community>/settings/plugins/<plugin>")
@requires("communities.plugins")
def switch(community: Community, plugin: str) -> ResponseReturnValue:
    """Turn one switch."""
    known = {s.name: s for s in switches_of(community)}
    if plugin not in known:
        raise Missing(_("There is no such page, or it is not open to you."))
    enabled = request.form.get("enabled") == "1"
    switch_plugin(current_viewer(), community, plugin, enabled)
    said = _("%(title)s: switched on.") if enabled else _("%(title)s: switched off.")
    flash(said % {"title": known[plugin].title}, "success")
    return see_other(url_for("communities.plugins", community=community))
