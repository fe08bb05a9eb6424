"""The rules of a community: what is in force, what was, and accepting a new version."""

from __future__ import annotations

from flask import flash, g, render_template, url_for
from flask.typing import ResponseReturnValue

from core.access.actors import current_viewer
from core.access.marks import public
from core.communities.blueprints import communities
from core.communities.charters import changes_between, charter_versions
from core.communities.forms import AcceptForm
from core.communities.models import Charter, Community
from core.communities.operations import accept_charter
from core.communities.queries import active_charter, charter_above
from core.errors import Missing
from core.platform.db import db
from core.platform.i18n import core_domain
from core.platform.submit import DONE, see_other, submit

_ = core_domain.gettext


@communities.route("/c/<community>/charter", methods=["GET", "POST"], endpoint="charter")
@public
def charter_page(community: Community) -> ResponseReturnValue:
    """The rules in force; a member who has not accepted them yet is asked to."""
    form, membership = AcceptForm(), g.membership
    waits = (
        membership is not None
        and membership.is_active
        and membership.charter_version != community.charter_version
    )
    status = 200
    if waits:
        status = submit(
            form, lambda: accept_charter(current_viewer(), membership, form.seen_version)
        )
        if status == DONE:
            flash(_("You have accepted the rules."), "success")
            return see_other(url_for("communities.home", community=community))
    return _charter_page(community, form, waits=waits), status


def _charter_page(community: Community, form: AcceptForm, *, waits: bool) -> str:
    accepted = g.membership.charter_version if g.membership is not None else 0
    return render_template(
        "communities/charter.html",
        community=community,
        charter=active_charter(community),
        parent_charter=charter_above(community, current_viewer()),
        versions=charter_versions(community),
        form=form,
        waits=waits,
        changes=changes_between(community, accepted) if waits and accepted else [],
        accepted=accepted,
    )


@communities.get("/c/<community>/charter/<int:version>")
@public
def charter_version(community: Community, version: int) -> str:
    """The rules as they stood once, and what changed in them then."""
    charter = db.session.get(Charter, (community.id, version))
    if charter is None:
        raise Missing(_("There is no such page, or it is not open to you."))
    return render_template(
        "communities/charter_version.html",
        community=community,
        charter=charter,
        changes=changes_between(community, version - 1, version) if version > 1 else [],
    )
