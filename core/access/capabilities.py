"""The rights that core itself knows, and the roles that every community and the site begin with."""

from core.contract.manifest import (
    FACILITATOR,
    GUEST,
    MANAGER,
    MEMBER,
    MEMBERS,
    STAFF,
    Capability,
    RoleTemplate,
)
from core.platform.i18n import core_domain

_l = core_domain.lazy

MANAGERS = frozenset({MANAGER})

CAPABILITIES = (
    Capability("people.list", _l("See who is here and write to them"), MEMBERS),
    Capability("contents.comment", _l("Comment on what others wrote"), MEMBERS),
    Capability("contents.react", _l("React to what others wrote"), MEMBERS),
    Capability("contents.hide", _l("Hide what breaks the rules, and restore it"), STAFF),
    Capability("contents.approve", _l("Approve what waits for approval"), STAFF),
    Capability("contents.unheld", _l("Publish without waiting for approval"), STAFF),
    Capability("activities.create", _l("Create activities"), STAFF),
    Capability("activities.manage", _l("Change, publish and archive activities"), STAFF),
    Capability("communities.admit", _l("Admit new members"), MANAGERS),
    Capability("communities.appoint", _l("Appoint and dismiss"), MANAGERS),
    Capability("communities.manage", _l("Change the community's settings"), MANAGERS),
    Capability("communities.plugins", _l("Switch forms of activity on and off"), MANAGERS),
    Capability("communities.found", _l("Found communities"), MANAGERS),
    Capability("site.administer", _l("Administer the site")),
)

# What can still be done in a community that has ended: it changes nothing.
READING = frozenset({"people.list"})
# What ends with the activity that it happens in, whatever plugin that is of.
SPEAKING = frozenset({"contents.comment", "contents.react"})

# Roles of every community. The first appointee to `coordinator` is whoever founded it.
COMMUNITY_ROLES = (
    RoleTemplate(key="coordinator", title=_l("Coordinator"), archetype=MANAGER),
    RoleTemplate(key="moderator", title=_l("Moderator"), archetype=FACILITATOR),
    RoleTemplate(key="tutor", title=_l("Tutor"), archetype=MEMBER),
    RoleTemplate(key="expert", title=_l("Expert"), archetype=MEMBER),
    RoleTemplate(key="member", title=_l("Member"), archetype=MEMBER),
    RoleTemplate(key="guest", title=_l("Guest"), archetype=GUEST),
)

# Roles of the site; they count in every community.
SITE_ROLES = (
    RoleTemplate(
        key="administrator",
        title=_l("Administrator"),
        archetype=MANAGER,
        grants=frozenset({"site.administer"}),
    ),
    RoleTemplate(
        key="head",
        title=_l("Head"),
        archetype=GUEST,
        grants=frozenset({"communities.found", "communities.appoint", "people.list"}),
    ),
)
