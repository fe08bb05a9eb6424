"""Who is here, and putting somebody out."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.access.actors import current_viewer
from core.access.marks import requires
from core.access.matrix import community_templates
from core.access.standing import can, role_title, standing_of
from core.communities.blueprints import communities
from core.communities.forms import ReasonForm
from core.communities.models import Community
from core.communities.operations import exclude
from core.communities.queries import membership_of
from core.communities.role_operations import BY_MEMBERSHIP
from core.communities.roster import (
    Wanted,
    member_face,
    member_schools,
    members,
    schools_of,
)
from core.contract.manifest import FACILITATOR, MANAGER
from core.errors import Missing
from core.people.actions import actions_with
from core.platform.arriving import row_number
from core.platform.i18n import core_domain
from core.platform.submit import DONE, see_other, submit

_ = core_domain.gettext


@communities.get("/c/<community>/people")
@requires("people.list")
def people(community: Community) -> str:
    """The members, to be found by name, school, subject and role."""
    viewer = current_viewer()
    wanted = Wanted(
        words=request.args.get("q", "").strip()[:200],
        role=request.args.get("role", ""),
        school=request.args.get("school", 0, row_number),
    )
    page = members(community, wanted)
    leads = any(r.archetype in (FACILITATOR, MANAGER) for r in standing_of(viewer, community).roles)
    return render_template(
        "communities/people.html",
        community=community,
        wanted=wanted,
        page=page,
        actions=actions_with([member.id for member in page.items], viewer),
        roles=[(key, role_title(key)) for key in community_templates() if key not in BY_MEMBERSHIP],
        schools=schools_of(community),
        member_schools=member_schools(community),
        leads=leads,
        may_admit=can(viewer, "communities.admit", community),
        may_appoint=can(viewer, "communities.appoint", community),
    )


@communities.route("/c/<community>/people/<int:person>/exclude", methods=["GET", "POST"])
@requires("communities.admit")
def exclude_person(community: Community, person: int) -> ResponseReturnValue:
    """Put a member out, with a reason."""
    face, membership = member_face(community, person), membership_of(community, person)
    if face is None or membership is None:
        raise Missing(_("There is no such page, or it is not open to you."))
    form = ReasonForm()
    status = submit(form, lambda: exclude(current_viewer(), membership, form.reason.data))
    if status == DONE:
        flash(_("%(name)s is excluded from the community.", name=face.name), "success")
        return see_other(url_for("communities.people", community=community))
    page = render_template("communities/exclude.html", community=community, face=face, form=form)
    return page, status
