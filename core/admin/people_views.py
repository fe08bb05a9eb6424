"""People of the site: found, suspended, restored, appointed to roles of the site."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.access.actors import current_viewer
from core.access.guard import unseen
from core.access.marks import requires
from core.admin import queries
from core.admin.blueprint import admin
from core.admin.forms import PeopleFilter, SuspendForm
from core.errors import DomainError
from core.people import operations
from core.people.models import User
from core.people.operations import ADMINISTRATOR, HEAD
from core.people.queries import reason_of_suspension
from core.platform.i18n import core_domain
from core.platform.submit import DONE, see_other, submit

_ = core_domain.gettext

PERSON = "/people/<int:person>"


@admin.get("/people")
@requires("site.administer")
def people() -> ResponseReturnValue:
    """Everybody with an account."""
    form = PeopleFilter(request.args)
    wanted = queries.Wanted(form.words.data or "", form.school_id, form.state.data or "")
    page = queries.people_page(wanted)
    roles = queries.site_roles_of([row.id for row in page.items])
    titles = {number: queries.site_role_titles(keys) for number, keys in roles.items()}
    return render_template("admin/people.html", form=form, page=page, roles=titles)


@admin.get(PERSON)
@requires("site.administer")
def person(person: int) -> ResponseReturnValue:
    """One person, and what may be done about their account."""
    return _page(_found(person), SuspendForm(formdata=None))


def _found(number: int) -> User:
    user = queries.person(number)
    if user is None:
        raise unseen(current_viewer())
    return user


def _page(user: User, form: SuspendForm) -> str:
    return render_template(
        "admin/person.html",
        person=user,
        form=form,
        roles=queries.site_roles_of([user.id]).get(user.id, []),
        memberships=queries.memberships_of(user.id),
        reason=reason_of_suspension(user.id) if user.state == "suspended" else "",
    )


@admin.post(f"{PERSON}/suspend")
@requires("site.administer")
def suspend(person: int) -> ResponseReturnValue:
    """Close an account for a while, with a reason."""
    form = SuspendForm()
    viewer = current_viewer()
    status = submit(form, lambda: operations.suspend(viewer, person, form.reason.data or ""))
    if status == DONE:
        flash(_("The account is suspended, and the person is signed out everywhere."), "success")
        return see_other(url_for("admin.person", person=person))
    return _page(_found(person), form), status


@admin.post(f"{PERSON}/restore")
@requires("site.administer")
def restore(person: int) -> ResponseReturnValue:
    """Open a suspended account again."""
    operations.restore(current_viewer(), person)
    flash(_("The account is open again."), "success")
    return see_other(url_for("admin.person", person=person))


@admin.post(f"{PERSON}/role")
@requires("site.administer")
def role(person: int) -> ResponseReturnValue:
    """Appoint somebody to a role of the site, or end it."""
    key = request.form.get("role", "")
    if key not in (ADMINISTRATOR, HEAD):
        raise DomainError(_("There is no such role."))
    if request.form.get("held") == "1":
        operations.appoint_to_site(current_viewer(), person, key)
    else:
        operations.dismiss_from_site(current_viewer(), person, key)
    flash(_("Saved."), "success")
    return see_other(url_for("admin.person", person=person))
