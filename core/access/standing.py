"""Who may do what, where: the union of one's roles there, minus vetoes. Rights are never cached
beyond the request."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flask import g, has_request_context
from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, or_, select

from core.access.actors import Actor, System, Viewer
from core.access.capabilities import COMMUNITY_ROLES, READING, SITE_ROLES, SPEAKING
from core.access.models import Appointment, Role, RoleGrant
from core.contract.manifest import GUEST, MANAGER, Archetype, Capability, RoleTemplate
from core.contract.registry import Answer, Denial, registry
from core.platform.conditions import among
from core.platform.current import current_facts
from core.platform.db import Moment, rows, utcnow
from core.platform.i18n import core_domain

if TYPE_CHECKING:
    from core.activities.models import Activity
    from core.communities.models import Community
    from core.contents.models import Content

_ = core_domain.gettext


@dataclass(frozen=True)
class HeldRole:
    """A role that somebody holds here; ``own`` says that it is of this very community."""

    id: int
    key: str
    title: str
    archetype: Archetype
    own: bool
    grants: tuple[tuple[str, bool], ...] = ()

    def allows(self, capability: Capability) -> bool:
        """The role's own grant if it has one, else what its archetype says."""
        for name, granted in self.grants:
            if name == capability.name:
                return granted
        if capability.name in template_grants(self.key):
            return True
        return self.archetype in capability.archetypes


@dataclass(frozen=True)
class Decision:
    """Whether something is allowed, why not (a sentence), and by which roles it is."""

    allowed: bool
    reason: str = ""
    roles: tuple[HeldRole, ...] = ()

    def __bool__(self) -> bool:
        return self.allowed


@dataclass(frozen=True)
class Standing:
    """What somebody is in a community (or on the site): the roles they hold at this moment."""

    roles: tuple[HeldRole, ...]

    @property
    def is_guest(self) -> bool:
        """Nobody in particular here: holds nothing but the role of a guest."""
        return all(role.archetype is GUEST for role in self.roles)

    @property
    def is_member(self) -> bool:
        return any(role.own and role.key == "member" for role in self.roles)

    def has(self, key: str) -> bool:
        return any(role.key == key for role in self.roles)

    def granting(self, capability: Capability) -> tuple[HeldRole, ...]:
        return tuple(role for role in self.roles if role.allows(capability))


def role_templates() -> dict[str, RoleTemplate]:
    """Every role that ships with core or comes with a plugin, by key."""
    known = registry()
    return known.kept(
        "roles",
        lambda: {r.key: r for r in (*COMMUNITY_ROLES, *SITE_ROLES, *known.role_templates())},
    )


def template_grants(key: str) -> frozenset[str]:
    """What a role's template grants on top of its archetype."""
    template = role_templates().get(key)
    return template.grants if template else frozenset()


def role_title(key: str, title: str = "") -> str:
    """What a role is called: the name a community gave it, else its template's, translated."""
    template = role_templates().get(key)
    return title or (str(template.title) if template else key)


Kept = dict[tuple[int | None, int | None], Standing]


def standing_of(person: Actor | Viewer, community: Community | None) -> Standing:
    """The roles somebody holds in a community, or on the site; one query, kept for the request."""
    kept = _kept()
    key = (person.id, community.id if community else None)
    if key not in kept:
        _read_standings(person, [community] if community else [], kept)
    return kept[key]


def known_standing(person: Actor | Viewer, community_id: int | None) -> Standing | None:
    """What somebody holds there, if this request has read it already."""
    return _kept().get((person.id, community_id))


def prepare_standings(person: Actor | Viewer, communities: Sequence[Community]) -> None:
    """Read what somebody holds in many communities at once, before a page asks for each."""
    kept = _kept()
    unread = [c for c in communities if (person.id, c.id) not in kept]
    if unread:
        _read_standings(person, unread, kept)


def prepare_standings_of(people: Sequence[Viewer], community: Community) -> None:
    """Read what many people hold in a community, before each is asked about; one query."""
    kept = _kept()
    unread = [person for person in people if (person.id, community.id) not in kept]
    facts = _held_where([community]) | {"users": [person.id for person in unread]}
    held: dict[int | None, list[Row[*tuple[Any, ...]]]] = defaultdict(list)
    for row in rows(HELD_BY_MANY, facts) if unread else ():
        # The guest's role is everybody's.
        held[None if row.key == "guest" else row.user_id].append(row)
    for person in unread:
        _keep(person, [*held[None], *held[person.id]], [community], kept)


def _kept() -> Kept:
    kept: Kept = current_facts().setdefault("standings", {}) if has_request_context() else {}
    return kept


def forget_standings() -> None:
    """Rights changed within this request: read them anew."""
    if has_request_context():
        g.pop("standings", None)


def _read_standings(person: Actor | Viewer, communities: Sequence[Community], kept: Kept) -> None:
    serves_site = person.id is not None and getattr(person, "serves_site", True)
    held = _held_roles(person.id, communities) if communities or serves_site else []
    _keep(person, held, communities, kept)


def _keep(
    person: Actor | Viewer,
    held: Sequence[Row[*tuple[Any, ...]]],
    communities: Sequence[Community],
    kept: Kept,
) -> None:
    of_site = [row for row in held if row.community_id is None]
    kept[person.id, None] = Standing(tuple(_gathered(of_site, None)))
    for community in communities:
        here = [row for row in held if _counts_in(row, community)]
        kept[person.id, community.id] = Standing(tuple(_gathered(here, community.id)))


def _counts_in(row: Row[*tuple[Any, ...]], community: Community) -> bool:
    """Roles of the site and of the community itself, and the parent's managers."""
    if row.community_id is None or row.community_id == community.id:
        return True
    return bool(row.community_id == community.parent_id and row.archetype == MANAGER)


ROLE_AND_GRANTS = (
    Role.id, Role.key, Role.title, Role.archetype, Role.community_id,
    RoleGrant.capability, RoleGrant.granted,
)  # fmt: skip


def _is_here(*, many: bool) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """That a role counts on the site or in a community, or some: from the parents those of managers
    alone; and that it is the guest's role there, which is everybody's."""
    these = among(Role.community_id, "communities", many=many)
    parents = among(Role.community_id, "parents", many=many)
    here = or_(Role.community_id.is_(None), these, and_(parents, Role.archetype == MANAGER))
    return here, and_(these, Role.key == "guest")


def _lasts() -> ColumnElement[bool]:
    now = bindparam("now", type_=Moment)
    unended = or_(Appointment.ends_at.is_(None), Appointment.ends_at > now)
    return and_(Appointment.starts_at <= now, unended)


def _statement(*, many: bool) -> Select[*tuple[Any, ...]]:
    """Everything somebody holds on the site and in a community, or some."""
    here, as_guest = _is_here(many=many)
    appointed = select(Appointment.role_id).where(
        Appointment.user_id == bindparam("user"), _lasts()
    )
    return (
        select(*ROLE_AND_GRANTS)
        .outerjoin(RoleGrant, RoleGrant.role_id == Role.id)
        .where(or_(and_(Role.id.in_(appointed), here), as_guest))
    )


def _statement_for_many() -> Select[*tuple[Any, ...]]:
    """What many people hold on the site and in one community, a row for each of them."""
    here, as_guest = _is_here(many=False)
    theirs = among(Appointment.user_id, "users")
    return (
        select(Appointment.user_id, *ROLE_AND_GRANTS)
        .select_from(Role)
        .outerjoin(Appointment, and_(Appointment.role_id == Role.id, theirs, _lasts()))
        .outerjoin(RoleGrant, RoleGrant.role_id == Role.id)
        .where(or_(and_(Appointment.id.is_not(None), here), as_guest))
    )


# Put together once: every page asks.
HELD_ROLES = {many: _statement(many=many) for many in (True, False)}
HELD_BY_MANY = _statement_for_many()


def _held_roles(
    user_id: int | None, communities: Sequence[Community]
) -> Sequence[Row[*tuple[Any, ...]]]:
    many = len(communities) != 1
    return rows(HELD_ROLES[many], _held_where(communities) | {"user": user_id}).all()


def _held_where(communities: Sequence[Community]) -> dict[str, Any]:
    if len(communities) == 1:
        here: dict[str, Any] = {
            "communities": communities[0].id, "parents": communities[0].parent_id
        }  # fmt: skip
    else:
        parents = [c.parent_id for c in communities if c.parent_id is not None]
        here = {"communities": [c.id for c in communities], "parents": parents}
    return here | {"now": utcnow()}


def _gathered(held: Sequence[Row[*tuple[Any, ...]]], community_id: int | None) -> list[HeldRole]:
    roles: dict[int, HeldRole] = {}
    for row in held:
        role = roles.get(row.id) or HeldRole(
            row.id, row.key, row.title, Archetype(row.archetype), row.community_id == community_id
        )
        if row.capability is not None:
            role = replace(role, grants=(*role.grants, (row.capability, row.granted)))
        roles[row.id] = role
    return list(roles.values())


def decide(
    actor: Actor | Viewer,
    capability: str,
    community: Community | None = None,
    activity: Activity | None = None,
    content: Content | None = None,
) -> Decision:
    """Whether somebody may do something in a place, with the reason if not."""
    if isinstance(actor, System):
        return Decision(True)
    known = registry().capabilities().get(capability)
    if known is None:
        raise LookupError(f"no capability {capability!r} is declared")
    community = activity.community if activity is not None and community is None else community
    roles = standing_of(actor, community).granting(known)
    if not roles:
        return Decision(False, _("Your roles here do not include this right."))
    reason = _over(capability, community, activity) or _vetoed(
        actor, capability, community, activity, content
    )
    return Decision(not reason, reason, roles)


def can(
    actor: Actor | Viewer,
    capability: str,
    community: Community | None = None,
    activity: Activity | None = None,
    content: Content | None = None,
) -> bool:
    """Whether somebody may do something in a place."""
    return decide(actor, capability, community, activity, content).allowed


def over_because(community: Community | None, activity: Activity | None = None) -> str:
    """Why nobody can change anything in a place any more; empty where something can be."""
    if community is not None and community.state == "liquidated":
        return _("This community has ended; it can only be read.")
    if activity is not None and activity.state == "archived":
        return _("This is in the archive and can only be read.")
    return ""


def _over(capability: str, community: Community | None, activity: Activity | None) -> str:
    """In an archived activity plugins say themselves which of their rights only read."""
    if capability in READING:
        return ""
    return over_because(community, activity if capability in SPEAKING else None)


def _vetoed(
    actor: Actor | Viewer,
    capability: str,
    community: Community | None,
    activity: Activity | None,
    content: Content | None,
) -> str:
    known = registry()
    concerned = {activity.plugin} if activity is not None else frozenset[str]()
    answers: list[Answer] = known.ask(
        "veto",
        community_id=community.id if community else None,
        without=known.of_activities("veto") - concerned,
        actor=actor,
        capability=capability,
        community=community,
        activity=activity,
        content=content,
    )
    for answer in answers:
        if isinstance(answer.value, Denial):
            return _("This could not be checked just now, so it is not possible. Try again later.")
        return str(answer.value)
    return ""
