"""Roles of a community: who holds them, and what each may do."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.access.actors import Viewer, current_viewer
from core.access.marks import requires
from core.access.matrix import Why, matrix_of, roles_of
from core.access.standing import Standing, can, role_title, standing_of
from core.communities.appointments import (
    appointment_in,
    holders_of,
    past_appointments,
    present_appointments,
)
from core.communities.blueprints import communities
from core.communities.faces import Face
from core.communities.forms import AppointForm, GrantForm, PlainForm, choices
from core.communities.models import Community
from core.communities.role_operations import (
    BY_MEMBERSHIP,
    appoint_member,
    dismiss,
    set_grant,
)
from core.communities.roster import member_face, people_named
from core.contract.manifest import GUEST
from core.errors import DomainError, Missing
from core.platform.arriving import row_number
from core.platform.i18n import core_domain
from core.platform.submit import DONE, see_other, submit

_ = core_domain.gettext
_l = core_domain.lazy

# What settled whether a role has a right.
REASONS = {
    Why.ARCHETYPE: _l("as usual for such roles"),
    Why.TEMPLATE: _l("belongs to this role"),
    Why.OVERRIDE: _l("decided by this community"),
}


@communities.route("/c/<community>/roles", methods=["GET", "POST"], endpoint="roles")
@requires("communities.appoint")
def roles_page(community: Community) -> ResponseReturnValue:
    """Who holds which role and held it; the form to appoint the member chosen by ``person``."""
    chosen = member_face(community, request.args.get("person", 0, row_number))
    form = AppointForm()
    form.role.choices = choices(
        (role.key, role.title) for role in roles_of(community) if role.key not in BY_MEMBERSHIP
    )
    status = submit(form, lambda: _appoint(community, chosen, form))
    if status == DONE and chosen is not None:
        said = _("%(name)s is appointed: %(role)s.")
        flash(said % {"name": chosen.name, "role": role_title(form.role.data)}, "success")
        return see_other(url_for("communities.roles", community=community))
    words = request.args.get("q", "").strip()[:200]
    page = render_template(
        "communities/roles.html",
        community=community,
        form=form,
        chosen=chosen,
        words=words,
        named=people_named(community, words) if words and chosen is None else [],
        present=present_appointments(community),
        past=past_appointments(community),
    )
    return page, status


def _appoint(community: Community, chosen: Face | None, form: AppointForm) -> None:
    if chosen is None:
        raise DomainError(_("Only members can be appointed. Let the person join first."))
    appoint_member(current_viewer(), community, chosen.id, form.role.data, form.term)


@communities.post("/c/<community>/roles/<int:appointment>/dismiss", endpoint="dismiss")
@requires("communities.appoint")
def dismiss_from_role(community: Community, appointment: int) -> ResponseReturnValue:
    """End an appointment."""
    row = appointment_in(community, appointment)
    if row is None:
        raise Missing(_("There is no such page, or it is not open to you."))
    form = PlainForm()
    status = submit(form, lambda: dismiss(current_viewer(), community, row))
    if status == DONE:
        flash(_("The appointment has ended."), "success")
    else:
        flash(" ".join(map(str, form.form_errors)), "danger")
    return see_other(url_for("communities.roles", community=community))


@communities.get("/c/<community>/roles/matrix")
@requires("people.list")
def matrix(community: Community) -> str:
    """Who may do what here and why; for a chosen person, which of their roles gives it."""
    chosen = member_face(community, request.args.get("person", 0, row_number))
    words = request.args.get("q", "").strip()[:200]
    table = matrix_of(community)
    return render_template(
        "communities/matrix.html",
        community=community,
        matrix=table,
        change=table.find(request.args.get("role", ""), request.args.get("right", "")),
        chosen=chosen,
        standing=_standing(community, chosen),
        words=words,
        named=people_named(community, words) if words and chosen is None else [],
        may_change=can(current_viewer(), "communities.appoint", community),
        role_title=role_title,
        reasons=REASONS,
    )


@communities.get("/c/<community>/roles/<role>")
@requires("people.list")
def role(community: Community, role: str) -> str:
    """Who holds a role, and what it may do."""
    table = matrix_of(community)
    found = next((one for one in table.roles if one.key == role), None)
    if found is None:
        raise Missing(_("There is no such page, or it is not open to you."))
    return render_template(
        "communities/role.html",
        community=community,
        role=found,
        groups=table.of_role(role),
        holders=None if found.archetype is GUEST else holders_of(community, role),
        can_be_held=role not in BY_MEMBERSHIP,
        may_appoint=can(current_viewer(), "communities.appoint", community),
        reasons=REASONS,
    )


def _standing(community: Community, chosen: Face | None) -> Standing | None:
    return standing_of(Viewer(id=chosen.id), community) if chosen else None


@communities.post("/c/<community>/roles/matrix")
@requires("communities.appoint")
def change_grant(community: Community) -> ResponseReturnValue:
    """Give a role a right, take it away, or let it be as it was meant."""
    form = GrantForm()
    status = submit(form, lambda: _set_grant(community, form))
    if status == DONE:
        flash(_("The rights are changed."), "success")
    else:
        flash(" ".join(map(str, form.form_errors)) or _("Choose a role and a right."), "danger")
    return see_other(url_for("communities.matrix", community=community))


def _set_grant(community: Community, form: GrantForm) -> None:
    role, capability = form.role.data, form.capability.data
    if role not in {known.key for known in roles_of(community)}:
        raise DomainError(_("Choose a role and a right."))
    set_grant(current_viewer(), community, role, capability, form.grant)
