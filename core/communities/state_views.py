"""Opening a community that was being prepared, and ending one."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from core.access.actors import current_viewer
from core.access.marks import requires
from core.communities.blueprints import communities
from core.communities.forms import LiquidationForm
from core.communities.models import Community, CommunityState
from core.communities.settings_operations import set_state
from core.communities.words import STATES
from core.platform.i18n import core_domain
from core.platform.submit import DONE, SHOWN, see_other, submit

_ = core_domain.gettext


@communities.get("/c/<community>/settings/state")
@requires("communities.manage")
def state(community: Community) -> ResponseReturnValue:
    """What state the community is in and what can become of it."""
    return _state_page(community, LiquidationForm(community, formdata=None), SHOWN)


@communities.post("/c/<community>/settings/open")
@requires("communities.manage")
def open_community(community: Community) -> ResponseReturnValue:
    """Open a draft to its people."""
    set_state(current_viewer(), community, CommunityState.ACTIVE)
    flash(_("The community is open."), "success")
    return see_other(url_for("communities.home", community=community))


@communities.post("/c/<community>/settings/end")
@requires("communities.manage")
def liquidate(community: Community) -> ResponseReturnValue:
    """End a community: from now on it can only be read."""
    form = LiquidationForm(community)
    status = submit(form, lambda: set_state(current_viewer(), community, CommunityState.LIQUIDATED))
    if status == DONE:
        flash(_("The community has ended. It can be read, and nothing in it is lost."), "success")
        return see_other(url_for("communities.home", community=community))
    return _state_page(community, form, status)


def _state_page(community: Community, form: LiquidationForm, status: int) -> ResponseReturnValue:
    page = render_template("communities/state.html", community=community, form=form, states=STATES)
    return page, status
