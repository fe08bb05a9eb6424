"""The one door for plugins: what is listed in ``__all__`` is the promise that core keeps.

A plugin imports this module and itself, nothing else of core and no other plugin.
"""

from core.access.actors import SYSTEM, Actor, Viewer, current_viewer
from core.access.guard import ensure
from core.access.marks import public, requires, signed_in
from core.access.standing import can, decide, standing_of
from core.activities.forms import ActivityForm
from core.activities.models import Activity
from core.communities.models import Community
from core.contents.models import Content
from core.contract.hookspecs import hookimpl
from core.contract.manifest import (
    EVERYBODY,
    FACILITATOR,
    GUEST,
    MANAGER,
    MEMBER,
    MEMBERS,
    STAFF,
    ActivityType,
    Capability,
    ContentType,
    ContentView,
    DataRecord,
    Mount,
    NavItem,
    Periodic,
    Plugin,
    RoleTemplate,
    Scope,
    Summary,
)
from core.errors import Conflict, DomainError, Missing, Refused, TooLarge
from core.events.log import Event, record
from core.people.models import User
from core.platform.db import Base, Moment, after_commit, db, operation, utcnow
from core.platform.i18n import Domain
from core.platform.limits import limit

__all__ = [
    "EVERYBODY", "FACILITATOR", "GUEST", "MANAGER", "MEMBER", "MEMBERS", "STAFF", "SYSTEM",
    "Activity", "ActivityForm", "ActivityType", "Actor", "Base", "Capability", "Community",
    "Conflict", "Content", "ContentType", "ContentView", "DataRecord", "Domain", "DomainError",
    "Event", "Missing", "Moment", "Mount", "NavItem", "Periodic", "Plugin", "Refused",
    "RoleTemplate", "Scope", "Summary", "TooLarge", "User", "Viewer", "after_commit", "can",
    "current_viewer", "db", "decide", "ensure", "hookimpl", "limit", "operation", "public",
    "record", "requires", "signed_in", "standing_of", "utcnow",
]  # fmt: skip
