"""Choosing on the thing itself how closely one follows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core.access.actors import Viewer, current_viewer
from core.access.guard import members_only, see, unseen
from core.access.marks import signed_in
from core.access.standing import standing_of
from core.activities.models import Activity
from core.activities.news import address_of
from core.activities.places import place_of
from core.activities.queries import is_available
from core.communities.models import Community
from core.contents.places import enter
from core.contents.queries import content_views
from core.contract.notices import Level
from core.errors import DomainError, Missing
from core.notices.blueprint import notices
from core.notices.followed import Wanted, followed, settled_in
from core.notices.following import Following, Thing, follow, following_of, forget_follow
from core.notices.queries import settings_of
from core.notices.words import LEVELS
from core.people.addresses import same_site_path
from core.platform.db import db
from core.platform.i18n import core_domain
from core.platform.submit import see_other

_ = core_domain.gettext


def _content(viewer: Viewer, number: int) -> tuple[Thing, str, str]:
    content = enter(number)
    view = content_views({content.id: content.kind}).get(content.id)
    if view is None or content.community_id is None:
        raise unseen(viewer)
    return content, str(view.title), view.url


def _activity(viewer: Viewer, number: int) -> tuple[Thing, str, str]:
    query = select(Activity).options(joinedload(Activity.community)).where(Activity.id == number)
    activity = db.session.scalar(query)
    if activity is None or not is_available(activity):
        raise unseen(viewer)
    _enter(viewer, activity.community, activity)
    return activity, activity.title, address_of(activity)


def _community(viewer: Viewer, number: int) -> tuple[Thing, str, str]:
    community = db.session.get(Community, number)
    if community is None:
        raise unseen(viewer)
    _enter(viewer, community, None)
    return community, community.title, url_for("communities.home", community=community)


def _enter(viewer: Viewer, community: Community, activity: Activity | None) -> None:
    """From here on the page is one of the community, as the guard would have it."""
    place = place_of(community.slug, activity.id if activity else None, viewer.id)
    if place is None:
        raise unseen(viewer)
    see(viewer, place)
    g.community, g.activity, g.membership = place.community, place.activity, place.membership


@notices.get("/me/notices/following")
@signed_in
def what_i_follow() -> ResponseReturnValue:
    """Everything for which one settled something, to be changed here."""
    viewer, wanted = current_viewer(), _wanted()
    communities = settled_in(viewer)
    return render_template(
        "notices/following.html", page=followed(viewer, wanted, communities), wanted=wanted,
        places=_places(communities), levels=LEVELS,
        default=LEVELS[Level(settings_of(viewer.id).level)],
    )  # fmt: skip


def _places(communities: Mapping[int, Community]) -> list[tuple[str, str]]:
    named = [(one.slug, one.title) for one in communities.values()]
    return sorted(named, key=lambda place: place[1].casefold())


def _wanted() -> Wanted:
    raw = request.args.get("level", "")
    return Wanted(
        community=request.args.get("in", ""), level=_level(raw) if raw in KNOWN_LEVELS else None
    )


@notices.post("/me/notices/following/<int:follow>/forget")
@signed_in
def forget(follow: int) -> ResponseReturnValue:
    """Take a line out of the list: what one may not see any more has no page to do it on."""
    forget_follow(current_viewer(), follow)
    flash(_("It is out of your list."), "success")
    return see_other(url_for("notices.what_i_follow"))


INHERIT = "inherit"
KNOWN_LEVELS = {str(int(level)) for level in Level}
Finder = Callable[[Viewer, int], tuple[Thing, str, str]]
THINGS: dict[str, Finder] = {"content": _content, "activity": _activity, "community": _community}


def _found(what: str, number: int) -> tuple[Thing, str, str]:
    """A thing that the viewer may follow, what it is called, and where it is."""
    viewer = current_viewer()
    if what not in THINGS:
        raise Missing(_("There is no such page, or it is not open to you."))
    found = THINGS[what](viewer, number)
    if standing_of(viewer, g.community).is_guest:
        raise members_only(viewer)
    return found


@notices.get("/me/follow/<what>/<int:number>")
@signed_in
def choose_level(what: str, number: int) -> ResponseReturnValue:
    """Five steps from nothing to everything; for scripts only the menu of them."""
    thing, title, url = _found(what, number)
    page = "follow_part.html" if "HX-Request" in request.headers else "follow.html"
    return render_template(
        f"notices/{page}", what=what, number=number, title=title, url=url, levels=LEVELS,
        following=following_of(current_viewer(), thing),
        next=same_site_path(request.args.get("next")) or url,
    )  # fmt: skip


@notices.post("/me/follow/<what>/<int:number>")
@signed_in
def set_level(what: str, number: int) -> ResponseReturnValue:
    """Settle how closely one follows something; ``inherit`` goes back to what holds around it."""
    viewer = current_viewer()
    thing, title, url = _found(what, number)
    level, former = _level(request.values.get("level", "")), following_of(viewer, thing)
    back = same_site_path(request.values.get("next")) or url
    follow(viewer, thing, level)
    if level is Level.OFF:
        _offer_to_undo(what, number, title, former, back)
    else:
        now = LEVELS[former.inherited if level is None else level]
        flash(
            _("Notifications about “%(title)s”: %(level)s", title=title, level=now.title), "success"
        )
    return see_other(back)


def _offer_to_undo(what: str, number: int, title: str, former: Following, back: str) -> None:
    level = INHERIT if former.own is None else str(int(former.own))
    undo = {
        "text": _("Notifications about “%(title)s” are off.", title=title),
        "url": url_for("notices.set_level", what=what, number=number, level=level, next=back),
        "label": _("Undo"),
    }
    flash(undo, "undo")  # type: ignore[arg-type]  # the layout makes a button of it


def _level(raw: str) -> Level | None:
    if raw == INHERIT:
        return None
    if raw not in KNOWN_LEVELS:
        raise DomainError(_("Choose one of the levels."))
    return Level(int(raw))
