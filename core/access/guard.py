"""One door for every request: finds the place of an address, and checks who may enter it.

A guest who may not see a place is asked to sign in, whether the place exists or not. A person who
may not see it gets 404. Who may see but not do gets 403 with a sentence and the next step.
Where a community has ended or an activity is in the archive, nobody changes anything by a page of a
plugin, whether that asks for a right or knows by itself who may do it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app, g, request
from flask.typing import ResponseReturnValue

from core.access.actors import Actor, System, Viewer, current_viewer
from core.access.marks import PUBLIC, SIGNED_IN, demand_of, is_lasting
from core.access.standing import decide, over_because, standing_of
from core.contract.manifest import Mount
from core.contract.registry import registry
from core.errors import DomainError, Missing, Refused, SetupError
from core.platform.current import current_application, current_facts
from core.platform.i18n import core_domain

if TYPE_CHECKING:
    from core.activities.models import Activity
    from core.communities.models import Community

_ = core_domain.gettext

# What asks for nothing to be changed.
READS = frozenset({"GET", "HEAD", "OPTIONS"})

RowFinder = Callable[[Any, int], Any]


class SignInNeeded(DomainError):
    """A guest came to something that only people with an account may see or do."""

    status = 401


class MembershipNeeded(Refused):
    """A person may see the community but is not in it; the page offers to join."""


class CharterNeeded(Refused):
    """The community has new rules; the page offers to read and accept them."""


@dataclass(frozen=True)
class Place:
    """What an address resolved to."""

    community: Community
    activity: Activity | None = None
    membership: Any = None


PlaceFinder = Callable[[str, int | None, int | None], "Place | None"]


@dataclass
class Guard:
    """The guard of one application; ``find_place`` is given by the rooms above."""

    find_place: PlaceFinder
    owners: dict[str, str] = field(default_factory=dict)
    rows: dict[str, dict[str, RowFinder]] = field(default_factory=dict)
    places: dict[str, tuple[bool, bool]] = field(default_factory=dict)

    def mounted(self, plugin: str, mount: Mount) -> None:
        """Remember whose a blueprint is and how its rows are found."""
        self.owners[mount.blueprint.name] = plugin
        self.rows[mount.blueprint.name] = dict(mount.rows)

    def places_of(self, endpoint: str) -> tuple[bool, bool]:
        """Whether the address of an endpoint names a community, and an activity."""
        if endpoint not in self.places:
            rules = list(current_app.url_map.iter_rules(endpoint))
            self.places[endpoint] = (
                any("community" in rule.arguments for rule in rules),
                any("activity" in rule.arguments for rule in rules),
            )
        return self.places[endpoint]

    def plugin_of(self, blueprint: str | None) -> str | None:
        """The plugin that a blueprint belongs to; None for core's own."""
        return self.owners.get(blueprint or "")

    def check(self) -> ResponseReturnValue | None:
        """Before every request: resolve the place, then see whether the viewer may enter."""
        if request.endpoint is None or request.view_args is None:
            return None
        viewer = current_viewer()
        self._resolve(viewer, request.view_args)
        view = current_app.view_functions[request.endpoint]
        _admit(viewer, demand_of(view))
        if self.plugin_of(request.blueprint) is not None and not is_lasting(view):
            ensure_changeable()
        return None

    def _resolve(self, viewer: Viewer, values: dict[str, Any]) -> None:
        plugin = self.plugin_of(request.blueprint)
        if "community" not in values:
            if plugin is not None and plugin not in registry().enabled_in(None):
                raise unseen(viewer)
            self._find_rows(None, values, viewer)
            return
        place = self.find_place(values["community"], values.get("activity"), viewer.id)
        if place is None or ("activity" in values and place.activity is None):
            raise unseen(viewer)
        come_to(viewer, place, plugin)
        self._hand_over(place, values, viewer)

    def _hand_over(self, place: Place, values: dict[str, Any], viewer: Viewer) -> None:
        """The view gets rows instead of the words of the address, and only the innermost place."""
        parent: Any = place.community
        values["community"] = place.community
        if place.activity is not None:
            parent = values["activity"] = place.activity
            del values["community"]
        self._find_rows(parent, values, viewer)

    def _find_rows(self, parent: Any, values: dict[str, Any], viewer: Viewer) -> None:
        """What lies below the place of the address; on the site a guest learns of no row."""
        finders = self.rows.get(request.blueprint or "", {})
        for name, find in finders.items():
            if name in values:
                row = find(parent, values[name])
                if row is None and parent is None:
                    raise unseen(viewer)
                if row is None:
                    raise Missing(_("There is no such page, or it is not open to you."))
                values[name] = row


def come_to(viewer: Viewer, place: Place, plugin: str | None) -> None:
    """Let what follows happen in a place, for pages or sockets of a plugin (None: of core).

    Raises unless the plugin is on there, the activity is its own, and the viewer may look in.
    """
    if plugin is not None and not _belongs(place, plugin):
        raise unseen(viewer)
    g.community, g.activity, g.membership = place.community, place.activity, place.membership
    see(viewer, place)


def _belongs(place: Place, plugin: str) -> bool:
    if plugin not in registry().enabled_in(place.community.id):
        return False
    return place.activity is None or place.activity.plugin == plugin


def unseen(viewer: Viewer) -> DomainError:
    """What somebody is told about a place that they may not know of: always alike."""
    if viewer.is_authenticated:
        return Missing(_("There is no such page, or it is not open to you."))
    return SignInNeeded(_("Sign in to go on."))


def see(viewer: Viewer, place: Place) -> None:
    """Raise unless the viewer may see the community, and read the activity if there is one."""
    standing = standing_of(viewer, place.community)
    community = place.community
    if standing.is_guest:
        if community.state != "active" or community.visibility == "private":
            raise unseen(viewer)
        if place.activity is not None and community.visibility != "public":
            raise members_only(viewer)
    if community.state == "draft" and not decide(viewer, "communities.manage", community):
        raise unseen(viewer)
    drafted = place.activity is not None and place.activity.state == "draft"
    if drafted and not decide(viewer, "activities.manage", community):
        raise unseen(viewer)


def members_only(viewer: Viewer) -> DomainError:
    """What an outsider is told who may know of the community but not look inside."""
    if not viewer.is_authenticated:
        return SignInNeeded(_("Sign in to go on."))
    return MembershipNeeded(_("This is for members. You can join the community."))


def _admit(viewer: Viewer, demand: str | None) -> None:
    if demand is None:
        raise RuntimeError(f"the view {request.endpoint} says nothing about access")
    if demand == PUBLIC:
        return
    if not viewer.is_authenticated:
        raise SignInNeeded(_("Sign in to go on."))
    if demand != SIGNED_IN:
        ensure(viewer, demand, g.get("community"), g.get("activity"))


def ensure_changeable() -> None:
    """Raise where a request would change something in a place in which nothing can be changed, or
    before its sender has accepted the rules there."""
    if request.method in READS:
        return
    community = g.get("community")
    reason = over_because(community, g.get("activity"))
    if reason:
        raise Refused(reason)
    _ensure_charter(community)


def ensure(
    viewer: Viewer,
    capability: str,
    community: Community | None,
    activity: Activity | None = None,
    content: Any = None,
) -> None:
    """Raise with a sentence and the next step unless the viewer may do this here."""
    decision = decide(viewer, capability, community, activity, content)
    if decision:
        _ensure_charter(community)
        return
    if community is None and not decision.roles:
        # Pages of the site's staff are nobody else's business.
        raise unseen(viewer)
    if community is not None and not decision.roles and standing_of(viewer, community).is_guest:
        raise members_only(viewer)
    raise Refused(decision.reason)


def ensure_open(actor: Actor | Viewer, activity: Activity) -> None:
    """Refuse with the sentence of the guard what nobody may change any more: the community has
    ended, its rules are not accepted, the activity is archived.

    The guard asks before every view that changes something; this is for pages, so that they do not
    invite to what it refuses, and for operations that hang on no capability.
    """
    if isinstance(actor, System):
        return
    reason = over_because(activity.community, activity)
    if reason:
        raise Refused(reason)
    membership = g.get("membership")
    if membership is not None and membership.user_id == actor.id:
        _ensure_accepted(membership, activity.community)


def _ensure_charter(community: Community | None) -> None:
    membership = g.get("membership")
    if community is not None and membership is not None and request.method == "POST":
        _ensure_accepted(membership, community)


def _ensure_accepted(membership: Any, community: Community) -> None:
    if membership.community_id != community.id or not membership.is_active:
        return
    if membership.charter_version < community.charter_version:
        raise CharterNeeded(_("The community has new rules. Read and accept them to go on."))


def fill_addresses(endpoint: str, values: dict[str, Any]) -> None:
    """Let ``url_for`` take rows, and fill in the place one is at."""
    within_community, within_activity = guard_of(current_application()).places_of(endpoint)
    facts = current_facts()
    here = within_activity and "activity" not in values and facts.get("activity")
    if here and request.blueprint == endpoint.split(".")[0]:
        values["activity"] = here
    if within_community and "community" not in values:
        community = getattr(values.get("activity"), "community", None) or facts.get("community")
        if community is not None:
            values["community"] = community
    for name, value in values.items():
        if type(value) is not str and hasattr(value, "__table__"):
            values[name] = value.slug if name == "community" else value.id


def guard_of(app: Flask) -> Guard:
    """The guard of an application."""
    guard: Guard = app.extensions["sreda-guard"]
    return guard


def install_guard(app: Flask, find_place: PlaceFinder) -> Guard:
    """Put the guard before every request of the application."""
    guard = app.extensions["sreda-guard"] = Guard(find_place)
    app.before_request(guard.check)
    app.url_defaults(fill_addresses)
    return guard


def refuse_bare_views(app: Flask) -> None:
    """Stop at a view of core that does not say who may call it; see ``mounting`` for plugins'."""
    guard = guard_of(app)
    bare = [
        endpoint
        for endpoint, view in app.view_functions.items()
        if demand_of(view) is None and guard.plugin_of(endpoint.rpartition(".")[0]) is None
    ]
    if bare:
        raise SetupError(f"These views say nothing about access: {', '.join(sorted(bare))}")
