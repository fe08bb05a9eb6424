"""The catalogue of communities, and founding new ones."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from core.access.actors import current_viewer
from core.access.marks import public, requires
from core.access.standing import can
from core.communities.addresses import address_from
from core.communities.blueprints import communities, site
from core.communities.catalogue import Wanted, catalogue
from core.communities.forms import FoundForm
from core.communities.models import Community, CommunityState
from core.communities.operations import Founding, found
from core.communities.queries import children_of
from core.communities.settings_operations import set_state
from core.communities.words import KINDS, MEMBERSHIPS, SHORT_VISIBILITIES, STATES
from core.errors import Missing
from core.people.models import User
from core.platform.db import db
from core.platform.i18n import core_domain
from core.platform.submit import DONE, see_other, submit

_ = core_domain.gettext


@site.get("/communities", endpoint="catalogue")
@public
def show_catalogue() -> str:
    """Every community that one may know of."""
    viewer = current_viewer()
    administers = can(viewer, "site.administer")
    kind = request.args.get("kind", "")
    wanted = Wanted(
        words=request.args.get("q", "").strip()[:200],
        kind=kind if kind in set(KINDS) else "",
        ended=administers and "ended" in request.args,
    )
    return render_template(
        "communities/catalogue.html",
        wanted=wanted,
        found=catalogue(wanted, viewer),
        kinds=KINDS,
        visibilities=SHORT_VISIBILITIES,
        memberships=MEMBERSHIPS,
        administers=administers,
        may_found=can(viewer, "communities.found"),
    )


@site.route("/communities/new", methods=["GET", "POST"])
@requires("communities.found")
def found_community() -> ResponseReturnValue:
    """Found a community of the site."""
    return _founding(None)


@communities.route("/c/<community>/communities/new", methods=["GET", "POST"])
@requires("communities.found")
def found_inside(community: Community) -> ResponseReturnValue:
    """Found a sub-community."""
    return _founding(community)


def _founding(parent: Community | None) -> ResponseReturnValue:
    form, slugs = FoundForm(), list[str]()
    status = submit(form, lambda: slugs.append(_found(form, parent)))
    if status == DONE:
        flash(_("The community is being prepared. Open it when everything is ready."), "success")
        return see_other(url_for("communities.settings", community=slugs[0]))
    return render_template("communities/found.html", form=form, parent=parent), status


def _found(form: FoundForm, parent: Community | None) -> str:
    viewer = current_viewer()
    about = {
        "summary": form.summary.data or "",
        "kind": form.kind.data,
        "subjects": form.subjects.data or "",
        "state": CommunityState.DRAFT,
    }
    slug = (form.slug.data or "").lower() or address_from(form.title.data)
    founder = db.session.get_one(User, viewer.id)
    founding = Founding(slug, form.title.data, about, form.charter.data or "", parent)
    return found(viewer, founding, founder).slug


@communities.get("/c/<community>/communities")
@public
def inside(community: Community) -> str:
    """The sub-communities of a community."""
    manages = can(current_viewer(), "communities.manage", community)
    return render_template(
        "communities/inside.html",
        community=community,
        children=children_of(community, hidden=manages),
        states=STATES,
        may_found=can(current_viewer(), "communities.found", community),
    )


@site.post("/communities/<int:number>/restore")
@requires("site.administer")
def restore(number: int) -> ResponseReturnValue:
    """Bring an ended community back; its own people cannot, since it can only be read."""
    community = db.session.scalar(select(Community).where(Community.id == number))
    if community is None:
        raise Missing(_("There is no such page, or it is not open to you."))
    set_state(current_viewer(), community, CommunityState.ACTIVE)
    flash(_("The community “%(title)s” is open again.", title=community.title), "success")
    return see_other(url_for("communities.home", community=community))
