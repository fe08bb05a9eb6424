"""The queue of those who ask to be members."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.access.actors import current_viewer
from core.access.marks import requires
from core.communities.appointments import membership_in
from core.communities.blueprints import communities
from core.communities.forms import IncludeForm, RequestsForm
from core.communities.models import Community
from core.communities.operations import admit, include, let_back, refuse
from core.communities.roster import account_with, requests, turned_away
from core.errors import Conflict, DomainError, Missing
from core.people.addresses import normal_email
from core.platform.arriving import row_number
from core.platform.i18n import core_domain
from core.platform.limits import limit
from core.platform.submit import DONE, see_other, submit

_ = core_domain.gettext
ngettext = core_domain.ngettext

# As many as a page shows can be decided on at once.
MOST_AT_ONCE = 25


@communities.route("/c/<community>/requests", methods=["GET", "POST"], endpoint="requests")
@requires("communities.admit")
def requests_page(community: Community) -> ResponseReturnValue:
    """Who waits, for how long, and the decision on one or several."""
    form = RequestsForm()
    chosen = [n for n in map(row_number, request.form.getlist("request")) if n][:MOST_AT_ONCE]
    status = submit(form, lambda: _decide(community, form, chosen))
    if status == DONE:
        return see_other(url_for("communities.requests", community=community))
    page = render_template(
        "communities/requests.html",
        community=community,
        form=form,
        chosen=set(chosen),
        page=requests(community),
        turned_away=turned_away(community),
    )
    return page, status


def _decide(community: Community, form: RequestsForm, chosen: list[int]) -> None:
    if not chosen:
        raise DomainError(_("Choose at least one request."))
    problems = [problem for n in chosen if (problem := _decided(community, form, n))]
    done = len(chosen) - len(problems)
    if not done:
        raise Conflict(" ".join(problems))
    for problem in problems:
        flash(problem, "warning")
    flash(_said(form.decision.data, done), "success")


def _said(decision: str, n: int) -> str:
    if decision == "approve":
        return ngettext("%(n)s person is a member now.", "%(n)s people are members now.", n)
    return ngettext("%(n)s request is refused.", "%(n)s requests are refused.", n)


def _decided(community: Community, form: RequestsForm, number: int) -> str:
    """Decide on one request; a sentence if that was not possible. Each stands for itself: what
    cannot be done for one person must not undo what was done for the others."""
    membership = membership_in(community, number)
    if membership is None or membership.user is None:
        return _("This request is not there any more.")
    name = membership.user.name
    try:
        if form.decision.data == "approve":
            admit(current_viewer(), membership)
        else:
            refuse(current_viewer(), membership, form.reason.data)
    except DomainError as error:
        return _("%(name)s: %(reason)s", name=name, reason=str(error))
    return ""


@communities.route("/c/<community>/people/new", methods=["GET", "POST"])
@requires("communities.admit")
def include_person(community: Community) -> ResponseReturnValue:
    """Take somebody in who did not ask: the only way into a private community."""
    form = IncludeForm()
    status = submit(form, lambda: _include(community, form.email.data))
    if status == DONE:
        flash(_said("approve", 1), "success")
        return see_other(url_for("communities.people", community=community))
    return render_template("communities/include.html", community=community, form=form), status


def _include(community: Community, email: str) -> None:
    viewer = current_viewer()
    # Whoever tries addresses one after another is not adding colleagues.
    limit("include", "30/hour", str(viewer.id))
    user = account_with(normal_email(email) or "")
    if user is None:
        raise DomainError(_("Nobody with this address has an account. Ask the person to register."))
    include(viewer, community, user)


@communities.post("/c/<community>/requests/<int:number>/let-back")
@requires("communities.admit")
def let_person_back(community: Community, number: int) -> ResponseReturnValue:
    """Allow somebody who was excluded to ask again."""
    membership = membership_in(community, number)
    if membership is None:
        raise Missing(_("There is no such page, or it is not open to you."))
    let_back(current_viewer(), membership)
    flash(_("The person can ask for membership again."), "success")
    return see_other(url_for("communities.requests", community=community))
