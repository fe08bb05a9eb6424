"""Joining a community, taking the request back, leaving."""

from __future__ import annotations

from flask import flash, g, render_template, url_for
from flask.typing import ResponseReturnValue

from core.access.actors import current_viewer
from core.access.marks import signed_in
from core.communities.blueprints import communities
from core.communities.forms import JoinForm, PlainForm
from core.communities.models import Community, Membership, MembershipState
from core.communities.operations import join, leave, withdraw
from core.communities.queries import active_charter, charter_above, children_of, staff_of
from core.errors import Missing
from core.people.models import User
from core.platform.db import db
from core.platform.i18n import core_domain
from core.platform.limits import limit
from core.platform.submit import DONE, see_other, submit

_ = core_domain.gettext


def own_membership() -> Membership:
    """The viewer's membership of the community of this page; 404 for those who never asked."""
    membership: Membership | None = g.membership
    if membership is None:
        raise Missing(_("There is no such page, or it is not open to you."))
    return membership


@communities.route("/c/<community>/join", methods=["GET", "POST"], endpoint="join")
@signed_in
def join_page(community: Community) -> ResponseReturnValue:
    """The rules, and the form with which one accepts them and asks to be a member."""
    membership: Membership | None = g.membership
    if membership is not None and membership.is_active:
        return see_other(url_for("communities.home", community=community))
    form = JoinForm()
    status = submit(form, lambda: _join(community, form))
    if status == DONE:
        flash(_welcome(community), "success")
        return see_other(url_for("communities.home", community=community))
    return _join_page(community, form), status


def _join(community: Community, form: JoinForm) -> None:
    viewer = current_viewer()
    limit("join", "20/hour", str(viewer.id))
    user = db.session.get_one(User, viewer.id)
    join(viewer, community, user, accepted=form.seen_version, note=form.note.data or "")


def _welcome(community: Community) -> str:
    if g.membership is not None:
        db.session.refresh(g.membership)
    if community.admission == "open":
        return _("You are a member now. Welcome!")
    return _("Your request is sent. A coordinator will decide; the answer will stand here.")


def _join_page(community: Community, form: JoinForm) -> str:
    full = community.member_limit is not None and community.member_count >= community.member_limit
    if form.seen_version != community.charter_version:
        # Rules that were not shown cannot be accepted: the tick goes with the old version.
        form.version.data, form.accept.data = str(community.charter_version), False
    return render_template(
        "communities/join.html",
        community=community,
        membership=g.membership,
        charter=active_charter(community),
        parent_charter=charter_above(community, current_viewer()),
        full=full,
        others=children_of(community) if full else [],
        staff=staff_of(community),
        form=form,
    )


@communities.post("/c/<community>/join/withdraw")
@signed_in
def withdraw_request(community: Community) -> ResponseReturnValue:
    """Take one's request back."""
    membership = own_membership()
    withdraw(current_viewer(), membership)
    flash(_("Your request is withdrawn."), "success")
    return see_other(url_for("communities.join", community=community))


@communities.route("/c/<community>/leave", methods=["GET", "POST"], endpoint="leave")
@signed_in
def leave_page(community: Community) -> ResponseReturnValue:
    """Leave, after a look at what that means."""
    membership, form = own_membership(), PlainForm()
    if membership.state != MembershipState.ACTIVE:
        return see_other(url_for("communities.join", community=community))
    status = submit(form, lambda: leave(current_viewer(), membership))
    if status == DONE:
        flash(_("You have left the community “%(title)s”.", title=community.title), "success")
        return see_other(url_for("site.catalogue"))
    coordinators = {face.id for face in staff_of(community).coordinators}
    page = render_template(
        "communities/leave.html",
        community=community,
        form=form,
        only_coordinator=coordinators == {membership.user_id} and community.is_active,
    )
    return page, status
