"""Changes of what a community is: what it says of itself, its policies, rules and state."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from core.access.actors import Actor
from core.admin.switches import forget_switches
from core.communities import events
from core.communities.models import Community, CommunityState
from core.communities.operations import add_charter, locked, taken_places
from core.communities.queries import membership_of
from core.contract.models import switch_in_community
from core.contract.registry import registry
from core.errors import Conflict, DomainError
from core.events.log import record
from core.platform.db import after_commit, db, operation
from core.platform.html import is_blank
from core.platform.i18n import core_domain

_ = core_domain.gettext
ngettext = core_domain.ngettext

CHANGEABLE = frozenset(
    "title summary goals tasks subjects audience kind visibility admission member_limit"
    " hold_first_posts visible_history parent_id".split()
)


@operation
def change(actor: Actor, community: Community, **values: Any) -> None:
    """Change what a community says of itself and its policies; unknown names raise TypeError.

    Raises DomainError for fewer places than there are members, and for a parent from within.
    """
    community = locked(community)
    if unknown := values.keys() - CHANGEABLE:
        raise TypeError(f"a community has no {', '.join(sorted(unknown))} to change")
    changed = sorted(name for name, value in values.items() if getattr(community, name) != value)
    for name in changed:
        setattr(community, name, values[name])
    if "member_limit" in changed:
        _check_places(community)
    if "parent_id" in changed:
        _check_parent(community)
    if changed:
        record(events.CHANGED, actor, community=community, changed=changed)


def _check_places(community: Community) -> None:
    limit, members = community.member_limit, taken_places(community)
    if limit is not None and limit < members:
        raise DomainError(
            ngettext(
                "There is %(n)s member already, so there cannot be fewer places.",
                "There are %(n)s members already, so there cannot be fewer places.",
                members,
            )
        )


def _check_parent(community: Community) -> None:
    """No community is inside itself, however long the way round."""
    above = community.parent_id
    while above is not None:
        if above == community.id:
            raise DomainError(_("A community cannot be inside itself or its own sub-community."))
        above = db.session.scalar(select(Community.parent_id).where(Community.id == above))


# What may become of a community: opened, ended, and (by the administrator) brought back.
NEXT_STATES = {
    CommunityState.DRAFT: {CommunityState.ACTIVE: events.OPENED},
    CommunityState.ACTIVE: {CommunityState.LIQUIDATED: events.LIQUIDATED},
    CommunityState.LIQUIDATED: {CommunityState.ACTIVE: events.RESTORED},
}


@operation
def set_state(actor: Actor, community: Community, state: CommunityState) -> None:
    """Open a draft, end a community (nothing in it is lost), or bring an ended one back.

    Raises Conflict when it cannot get there from the state it is in by now.
    """
    community = locked(community)
    kind = NEXT_STATES[CommunityState(community.state)].get(state)
    if kind is None:
        raise Conflict(_("The community has changed meanwhile. Look at it once more."))
    community.state = state
    record(kind, actor, community=community)


@operation
def set_charter(actor: Actor, community: Community, body: str) -> int:
    """Publish a new version of the rules; members are asked to accept it. Returns its number.

    Whoever publishes it has accepted it thereby. Raises DomainError for an empty text.
    """
    community = locked(community)
    if is_blank(body):
        raise DomainError(_("Write the rules first."))
    version = add_charter(actor, community, body)
    own = membership_of(community, actor.id)
    if own is not None:
        own.charter_version = version
    return version


@operation
def switch_plugin(actor: Actor, community: Community, plugin: str, enabled: bool) -> None:
    """Switch forms of activity on or off here. Off hides, and never deletes.

    Raises DomainError when the site does not have the plugin, or has it off for everybody.
    """
    if plugin not in registry().enabled_in(None):
        raise DomainError(_("The site does not have this switched on. Ask its administrator."))
    switch_in_community(plugin, community.id, enabled)
    record(events.PLUGIN_SWITCHED, actor, community=community, plugin=plugin, enabled=enabled)
    after_commit(forget_switches)
