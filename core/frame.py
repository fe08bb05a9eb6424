"""The frame around a page: menus, fragments of plugins, and the doors one is led back to."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from flask import current_app, g, json, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from core.access.actors import Viewer, current_viewer
from core.access.guard import SignInNeeded
from core.access.standing import can
from core.activities.news import address_of, unread_counts
from core.activities.queries import may_look_inside, shelf_of
from core.communities.models import Community
from core.contents.queries import held_count
from core.contract.manifest import NavItem
from core.contract.registry import registry
from core.people.carrying import carry
from core.people.forms import SignInForm
from core.platform.current import current_request
from core.platform.i18n import core_domain, current_locale

_ = core_domain.gettext


@dataclass(frozen=True)
class NavGroup:
    """Entries of a menu under the name of their form."""

    title: str
    items: list[NavItem]


@dataclass(frozen=True)
class Frame:
    """The left column inside a community."""

    community: Community
    top: list[NavItem]
    groups: list[NavGroup] = field(default_factory=list)
    manage: list[NavItem] = field(default_factory=list)


def frame_of(viewer: Viewer) -> Frame | None:
    """The left column of this page; None outside communities."""
    community: Community | None = g.get("community")
    if community is None or g.get("frame_refused"):
        return None
    return Frame(
        community,
        _top(community, viewer),
        _groups(community, viewer),
        _manage(community, viewer),
    )


def _here(endpoint: str, **values: Any) -> dict[str, Any]:
    """The address of an entry, and whether one is there or on a page that belongs to it."""
    at = current_request().endpoint or ""
    active = at == endpoint or at in BELONGING.get(endpoint, ())
    return {"url": url_for(endpoint, **values), "active": active}


# Pages that have no entry of their own, by the entry they are reached from.
BELONGING = {
    "communities.people": ("communities.exclude_person",),
    "communities.roles": ("communities.matrix", "communities.role"),
    "communities.settings": (
        "communities.admission", "communities.rules", "communities.plugins", "communities.state",
    ),
    "activities.choose": ("activities.new",),
    "activities.arrange": ("activities.archived",),
    "calendar.of_community": ("calendar.subscribe_here",),
    "calendar.personal": ("calendar.subscribe",),
    "site.front": ("site.catalogue",),
}  # fmt: skip


def _top(community: Community, viewer: Viewer) -> list[NavItem]:
    items = [NavItem(_("Home"), icon="house", **_here("communities.home", community=community))]
    if can(viewer, "people.list", community):
        items.append(
            NavItem(
                _("People"), icon="people", count=community.member_count,
                **_here("communities.people", community=community),
            )
        )  # fmt: skip
    if may_look_inside(viewer, community):
        here = _here("calendar.of_community", community=community)
        items.append(NavItem(_("Calendar"), icon="calendar3", **here))
    return items + _of_plugins(community, viewer)


def _of_plugins(community: Community | None, viewer: Viewer) -> list[NavItem]:
    answers = registry().ask(
        "nav_items",
        community_id=community.id if community else None,
        community=community,
        viewer=viewer,
    )
    return [item for answer in answers for item in answer.value]


def _groups(community: Community, viewer: Viewer) -> list[NavGroup]:
    """The activities that are not in the archive by their forms, with what is unread in each."""
    shown = shelf_of(community, viewer).shown
    unread = unread_counts(shown, viewer)
    types = registry().activity_types()
    here = g.get("activity")
    groups: dict[tuple[str, str], NavGroup] = {}
    for activity in shown:
        key = (activity.plugin, activity.kind)
        form = types[key]
        group = groups.setdefault(key, NavGroup(str(form.plural), []))
        group.items.append(
            NavItem(
                activity.title, address_of(activity), form.icon, form.hue,
                unread.get(activity.id, 0), here is not None and here.id == activity.id,
            )
        )  # fmt: skip
    return list(groups.values())


def _manage(community: Community, viewer: Viewer) -> list[NavItem]:
    entries = [
        ("activities.create", "activities.choose", _("New activity"), "plus-lg"),
        ("activities.manage", "activities.arrange", _("All activities"), "arrows-move"),
        ("communities.admit", "communities.requests", _("Requests"), "person-plus"),
        ("communities.appoint", "communities.roles", _("Roles"), "shield-check"),
        ("communities.manage", "communities.settings", _("Settings"), "gear"),
    ]
    items = [
        NavItem(title, icon=icon, **_here(endpoint, community=community))
        for capability, endpoint, title, icon in entries
        if can(viewer, capability, community)
    ]
    return items + _approval(community, viewer)


def _approval(community: Community, viewer: Viewer) -> list[NavItem]:
    if not can(viewer, "contents.approve", community):
        return []
    # Inside an activity the number would cost each of its pages a query.
    waiting = held_count(community) if g.get("activity") is None else 0
    if not waiting and not community.hold_first_posts:
        return []
    here = _here("contents.approval", community=community)
    return [NavItem(_("Approval"), icon="hourglass-split", badge=waiting, **here)]


def account_menu(viewer: Viewer) -> list[NavItem]:
    """Entries behind one's own face in the top bar; none for a guest."""
    if not viewer.is_authenticated:
        return []
    asked, administers = current_request(), can(viewer, "site.administer")
    before, behind = _account_entries(
        asked.root_path, asked.endpoint, current_locale(), administers
    )
    return [*before, NavItem(_("My page"), icon="person", **_own_page(viewer)), *behind]


@lru_cache
def _account_entries(
    root: str, at: str | None, locale: str, administers: bool
) -> tuple[tuple[NavItem, ...], tuple[NavItem, ...]]:
    """What stands before and behind one's own page in that menu. It is everybody's on the same page
    in the same language, but for what administrators have."""
    before = (
        NavItem(_("My day"), icon="sun", **_here("activities.my_day")),
        NavItem(_("Calendar"), icon="calendar3", **_here("calendar.personal")),
    )
    behind = (
        NavItem(_("Profile"), icon="pencil", **_here("people.profile")),
        NavItem(_("My drafts"), icon="file-earmark-text", **_here("contents.my_drafts")),
        NavItem(_("My files"), icon="paperclip", **_here("files.my_files")),
        NavItem(_("Where I am signed in"), icon="key", **_here("people.sessions")),
    )
    if administers:
        entry = NavItem(_("Administration"), icon="sliders", **_here("admin.plugins"))
        return before, (*behind, entry)
    return before, behind


def _own_page(viewer: Viewer) -> dict[str, Any]:
    """One's own page; that of somebody else is at the same endpoint, and not one's own."""
    own = (request.view_args or {}).get("person") == viewer.id
    here = _here("people.show", person=viewer.id)
    return here | {"active": here["active"] and own}


def top_items(viewer: Viewer) -> list[NavItem]:
    """Entries of plugins in the top bar; none for a guest."""
    if not viewer.is_authenticated:
        return []
    answers = registry().ask("top_items", viewer=viewer)
    return [item for answer in answers for item in answer.value]


def bottom_bar(viewer: Viewer) -> list[NavItem]:
    """The four things most used, under the thumb on a phone; none for a guest."""
    if not viewer.is_authenticated:
        return []
    items = [
        NavItem(_("My day"), icon="sun", **_here("activities.my_day")),
        NavItem(_("Communities"), icon="people", **_here("site.front")),
        *_of_plugins(None, viewer)[:1],
        NavItem(_("My page"), icon="person", **_own_page(viewer)),
    ]
    return items[:4]


def fragments(slot: str, content: Any = None, person: Any = None) -> Markup:
    """What plugins put into a named slot of the page under way."""
    viewer, community = current_viewer(), g.get("community")
    answers = registry().ask(
        "page_fragment",
        community_id=community.id if community else None,
        without=_silent(slot, community, viewer),
        slot=slot,
        community=community,
        activity=g.get("activity"),
        content=content,
        viewer=viewer,
        person=person,
    )
    return Markup("").join(answer.value for answer in answers)


def _silent(slot: str, community: Community | None, viewer: Viewer) -> frozenset[str]:
    """The plugins that say of themselves that they have no piece for this slot here."""
    silent = registry().silent_in(slot)
    if community is None:
        return silent
    present = {activity.plugin for activity in shelf_of(community, viewer).shown}
    return silent | registry().of_activities("page_fragment") - present


def ask_to_sign_in(error: SignInNeeded) -> ResponseReturnValue:
    """Lead a guest to the sign-in page and back; what they sent meanwhile is carried along."""
    if request.method == "POST":
        words = _("Your session has ended. Sign in again: what you wrote is kept.")
        return expired_form(words, sign_in=True)
    g.frame_refused = True
    if _asked_by_script():
        return _facts_for_script(str(error))
    return redirect(url_for("people.sign_in", next=request.full_path.rstrip("?")))


def expired_form(message: str, *, sign_in: bool = False) -> ResponseReturnValue:
    """A form that came too late: show it again with everything in it, to send anew.

    With ``sign_in`` the way leads through the sign-in, which carries the fields along. A form that
    another site wrote is not offered again: one press would do what that site wanted.
    """
    g.frame_refused = True
    if _asked_by_script():
        return _facts_for_script(message)
    if _sent_by_another_site():
        words = _("This form does not come from a page of this site. Nothing was done.")
        page = render_template("errors/error.html", status=400, message=words, next_steps=[])
        return page, 400
    page = render_template(
        "errors/expired.html",
        message=message,
        carried=carry(request.full_path.rstrip("?"), request.form),
        files=bool(request.files),
        form=SignInForm(formdata=None) if sign_in else None,
    )
    return page, 401


def _asked_by_script() -> bool:
    accepted = request.accept_mimetypes
    return accepted["application/json"] > accepted["text/html"]


def _facts_for_script(message: str) -> ResponseReturnValue:
    body = json.dumps({"error": message, "sign_in": url_for("people.sign_in")})
    return current_app.response_class(body, 401, mimetype="application/json")


def _sent_by_another_site() -> bool:
    """Browsers name the site whose page holds a form; who names none is given the benefit."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = request.headers.get("Origin")
    return origin is not None and origin.partition("://")[2] != request.host
