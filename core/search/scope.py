"""What somebody may look into: read from their roles each time, never kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, or_, select

from core.access.actors import Viewer
from core.access.models import Appointment, Role
from core.access.standing import can, prepare_standings, standing_of
from core.admin.switches import prepare_switches
from core.communities.models import Community, CommunityState, Visibility
from core.contract.manifest import GUEST, MANAGER
from core.contract.registry import registry
from core.platform.db import Moment, db, utcnow

# With more places than this a question is not narrowed to them beforehand; each hit is looked at.
MOST_PLACES = 40


@dataclass(frozen=True)
class Scope:
    """The places of a viewer: ``inside`` are communities in which they hold a role.

    ``open`` are those that everybody may read, as far as there are few enough to narrow a question
    by them. ``everywhere``: somebody of the site's staff, who is a stranger nowhere.
    """

    viewer: Viewer
    inside: frozenset[int] = frozenset()
    open: frozenset[int] | None = None
    drafts: frozenset[int] = frozenset()
    moderated: frozenset[int] = frozenset()
    everywhere: bool = False
    manages: bool = False
    arranges: bool = False
    moderates: bool = False
    administers: bool = False

    @property
    def viewer_id(self) -> int:
        return self.viewer.id or 0

    @property
    def places(self) -> frozenset[int] | None:
        """All communities with something to read for the viewer; None where there are too many."""
        if self.everywhere or self.open is None:
            return None
        places = self.inside | self.open
        return places if len(places) <= MOST_PLACES else None

    def reads(self, community: Community) -> bool:
        """Whether the viewer sees what is done in a community."""
        public = community.visibility == Visibility.PUBLIC
        is_open = public and community.state == CommunityState.ACTIVE
        return is_open or self.everywhere or community.id in self.inside

    def facts(self) -> dict[str, Any]:
        """The parameters of :func:`core.search.rights.seen`."""
        types, on = registry().content_types(), registry().enabled_in(None) | {"core"}
        return {
            "viewer": self.viewer_id,
            "signed_in": self.viewer_id > 0,
            "inside": list(self.inside),
            "arranged": list(self.drafts),
            "moderated": list(self.moderated),
            "everywhere": self.everywhere,
            "manages": self.manages,
            "arranges": self.arranges,
            "moderates": self.moderates,
            "administers": self.administers,
            "plugins": sorted(on),
            "kinds": [kind for kind in types if kind.partition(".")[0] in on],
            "forms": sorted({f"{p}.{k}" for p, k in registry().activity_types() if p in on}),
        }


def scope_of(viewer: Viewer) -> Scope:
    """What somebody may look into; four queries, one for a guest."""
    open_to_all = _open_to_all()
    if not viewer.is_authenticated:
        return Scope(viewer, open=open_to_all)
    communities = list(db.session.scalars(OWN, {"user": viewer.id, "now": utcnow()}))
    prepare_standings(viewer, communities)
    prepare_switches(c.id for c in communities)
    inside = [c for c in communities if _is_inside(viewer, c)]
    return Scope(
        viewer,
        inside=frozenset(c.id for c in inside),
        open=open_to_all,
        drafts=_where(viewer, "activities.manage", inside),
        moderated=_where(viewer, "contents.hide", inside),
        everywhere=not standing_of(viewer, None).is_guest,
        manages=can(viewer, "communities.manage"),
        arranges=can(viewer, "activities.manage"),
        moderates=can(viewer, "contents.hide"),
        administers=can(viewer, "site.administer"),
    )


def _is_inside(viewer: Viewer, community: Community) -> bool:
    if standing_of(viewer, community).is_guest:
        return False
    draft = community.state == CommunityState.DRAFT
    return not draft or can(viewer, "communities.manage", community)


def _where(viewer: Viewer, capability: str, communities: Iterable[Community]) -> frozenset[int]:
    return frozenset(c.id for c in communities if can(viewer, capability, c))


def _open_to_all() -> frozenset[int] | None:
    found = list(db.session.scalars(OPEN))
    return frozenset(found) if len(found) <= MOST_PLACES else None


def _own() -> Any:
    """Communities in which somebody holds a role, and those inside the ones they manage."""
    now = bindparam("now", type_=Moment)
    held = (
        select(Role.community_id)
        .join(Appointment, Appointment.role_id == Role.id)
        .where(Appointment.user_id == bindparam("user"), Role.archetype != GUEST)
        .where(Role.community_id.is_not(None), Appointment.starts_at <= now)
        .where(or_(Appointment.ends_at.is_(None), Appointment.ends_at > now))
    )
    managed = held.where(Role.archetype == MANAGER)
    return select(Community).where(or_(Community.id.in_(held), Community.parent_id.in_(managed)))


# Put together once.
OWN = _own()
OPEN = (
    select(Community.id)
    .where(
        Community.visibility == Visibility.PUBLIC,
        Community.state == CommunityState.ACTIVE,
    )
    .limit(MOST_PLACES + 1)
)
