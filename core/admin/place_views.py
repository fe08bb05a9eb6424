"""Schools and communities, as the administration sees them."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.access.actors import current_viewer
from core.access.guard import unseen
from core.access.marks import requires
from core.admin import operations, queries
from core.admin.blueprint import admin
from core.admin.forms import CommunitiesFilter, FoundWithCoordinatorForm, SchoolForm
from core.communities.addresses import address_from
from core.communities.operations import Founding, found
from core.communities.words import SHORT_VISIBILITIES, STATES
from core.people.models import School, User
from core.platform.db import db
from core.platform.i18n import core_domain
from core.platform.submit import DONE, see_other, submit

_ = core_domain.gettext


@admin.get("/schools")
@requires("site.administer")
def schools() -> ResponseReturnValue:
    """The list that people choose their school from, and what they called theirs beside it."""
    words = request.args.get("words", "")
    return render_template(
        "admin/schools.html",
        words=words,
        page=queries.schools_page(words),
        named=queries.schools_named_by_people(),
    )


@admin.route("/schools/new", methods=["GET", "POST"])
@requires("site.administer")
def new_school() -> ResponseReturnValue:
    """Add a school; whoever had named it so is put into it."""
    named = request.args.get("named", "")
    form = SchoolForm(data={"name": named, "short_name": named[:80], "named": named})
    return _school(form, None)


@admin.route("/schools/<int:school>", methods=["GET", "POST"])
@requires("site.administer")
def school(school: int) -> ResponseReturnValue:
    """Change a school."""
    row = db.session.get(School, school)
    if row is None:
        raise unseen(current_viewer())
    return _school(SchoolForm(obj=row), row)


def _school(form: SchoolForm, row: School | None) -> ResponseReturnValue:
    number = row.id if row else None
    named = form.named.data or ""
    viewer = current_viewer()
    status = submit(form, lambda: operations.save_school(viewer, number, named, **form.values))
    if status == DONE:
        flash(_("The school is saved."), "success")
        return see_other(url_for("admin.schools"))
    return render_template("admin/school.html", form=form, is_new=row is None), status


@admin.get("/communities")
@requires("site.administer")
def communities() -> ResponseReturnValue:
    """All communities, private and ended ones too."""
    form = CommunitiesFilter(request.args)
    plugin = request.args.get("plugin", "")
    page = queries.communities_page(form.words.data or "", form.state.data or "", plugin)
    return render_template(
        "admin/communities.html",
        form=form,
        page=page,
        states=STATES,
        visibilities=SHORT_VISIBILITIES,
    )


@admin.route("/communities/new", methods=["GET", "POST"])
@requires("site.administer")
def found_community() -> ResponseReturnValue:
    """Found a community and give it a coordinator."""
    form, slugs = FoundWithCoordinatorForm(), list[str]()
    status = submit(form, lambda: slugs.append(_found(form)))
    if status == DONE:
        flash(_("The community is founded; its coordinator opens and fills it."), "success")
        return see_other(url_for("communities.home", community=slugs[0]))
    return render_template("admin/found.html", form=form), status


def _found(form: FoundWithCoordinatorForm) -> str:
    about = {
        "summary": form.summary.data or "",
        "kind": form.kind.data,
        "subjects": form.subjects.data or "",
        "visibility": form.visibility.data,
    }
    slug = (form.slug.data or "").lower() or address_from(form.title.data)
    coordinator = db.session.get_one(User, form.coordinator_id)
    founding = Founding(slug, form.title.data, about, form.charter.data or "")
    return found(current_viewer(), founding, coordinator).slug
