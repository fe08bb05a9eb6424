"""Who may do what in a community, and why: the picture of what :func:`decide` computes."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select

from core.access.capabilities import SITE_ROLES
from core.access.models import Role, RoleGrant
from core.access.standing import HeldRole, role_templates, role_title, template_grants
from core.contract.manifest import Archetype, Capability
from core.contract.registry import registry
from core.platform.db import db, required_unit
from core.platform.i18n import core_domain

if TYPE_CHECKING:
    from core.communities.models import Community
    from core.contract.manifest import RoleTemplate

_ = core_domain.gettext

# Rights that only roles of the site give; a community has no say in them.
OF_THE_SITE = "site."


class Why(enum.StrEnum):
    """What settled a cell of the matrix."""

    ARCHETYPE = "archetype"
    TEMPLATE = "template"
    OVERRIDE = "override"


@dataclass(frozen=True)
class Cell:
    """Whether a role has a right, and what says so."""

    role: HeldRole
    allowed: bool
    why: Why

    @property
    def overridden(self) -> bool:
        return self.why is Why.OVERRIDE


@dataclass(frozen=True)
class Line:
    """A right with a cell for every role."""

    capability: Capability
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Group:
    """The rights that one plugin (or core itself) knows."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Matrix:
    """All of it. ``vetoing`` are titles of plugins that may say no in a particular case."""

    roles: tuple[HeldRole, ...]
    groups: tuple[Group, ...]
    vetoing: tuple[str, ...] = field(default=())

    def find(self, role: str, capability: str) -> tuple[Line, Cell] | None:
        """The cell of a role's key and a capability's name, with its line."""
        for line in (line for group in self.groups for line in group.lines):
            for cell in line.cells:
                if (cell.role.key, line.capability.name) == (role, capability):
                    return line, cell
        return None

    def of_role(self, key: str) -> list[RoleGroup]:
        """What one role may do, with what says so; empty for a role that there is not."""
        return [
            RoleGroup(group.title, rights)
            for group in self.groups
            if (rights := [
                (line.capability, cell)
                for line in group.lines for cell in line.cells if cell.role.key == key
            ])
        ]  # fmt: skip


@dataclass(frozen=True)
class RoleGroup:
    """The rights of one owner, each with the cell of one role."""

    title: str
    rights: list[tuple[Capability, Cell]]


def is_settled(capability: str) -> bool:
    """Whether communities themselves settle who has this right."""
    return not capability.startswith(OF_THE_SITE)


def community_templates() -> dict[str, RoleTemplate]:
    """The roles that every community has, by key: core's own, and those of plugins."""
    from_site = {t.key for t in SITE_ROLES}
    return {key: t for key, t in role_templates().items() if key not in from_site}


def role_called(community_id: int, key: str) -> Role:
    """A role of a community, made when its plugin came after the founding; inside an operation.

    Raises LookupError for a key that no community has.
    """
    required_unit()
    query = select(Role).where(Role.community_id == community_id, Role.key == key)
    role = db.session.scalar(query)
    if role is None:
        template = community_templates()[key]
        role = Role(community_id=community_id, key=key, archetype=template.archetype)
        db.session.add(role)
        db.session.flush()
    return role


def roles_of(community: Community) -> tuple[HeldRole, ...]:
    """The roles of a community with what it changed about them, those of trust first; one query."""
    query = (
        select(Role, RoleGrant)
        .outerjoin(RoleGrant, RoleGrant.role_id == Role.id)
        .where(Role.community_id == community.id)
    )
    grants: dict[str, list[tuple[str, bool]]] = {}
    rows: dict[str, Role] = {}
    for role, grant in db.session.execute(query):
        rows[role.key] = role
        if grant is not None:
            grants.setdefault(role.key, []).append((grant.capability, grant.granted))
    templates = community_templates()
    held = [
        _held(key, rows.get(key), templates.get(key), tuple(grants.get(key, ())))
        for key in dict.fromkeys((*templates, *rows))
    ]
    order = list(reversed(Archetype))
    return tuple(sorted(held, key=lambda role: order.index(role.archetype)))


def _held(
    key: str, row: Role | None, template: RoleTemplate | None, grants: tuple[tuple[str, bool], ...]
) -> HeldRole:
    archetype = Archetype(row.archetype) if row else template.archetype if template else None
    if archetype is None:
        raise LookupError(key)
    title = role_title(key, row.title if row else "")
    return HeldRole(row.id if row else 0, key, title, archetype, True, grants)


def matrix_of(community: Community) -> Matrix:
    """Everything that may be done in a community with what is switched on here."""
    roles = roles_of(community)
    on = registry().enabled_in(community.id)
    groups = list[Group]()
    for manifest in registry().manifests():
        settled = [c for c in manifest.capabilities if is_settled(c.name)]
        if settled and (manifest is registry().core or manifest.name in on):
            title = _("Common rights") if manifest is registry().core else str(manifest.title)
            groups.append(Group(title, tuple(_line(c, roles) for c in settled)))
    return Matrix(roles, tuple(groups), tuple(_vetoing(on)))


def _line(capability: Capability, roles: Sequence[HeldRole]) -> Line:
    return Line(capability, tuple(_cell(capability, role) for role in roles))


def _cell(capability: Capability, role: HeldRole) -> Cell:
    if any(name == capability.name for name, _granted in role.grants):
        why = Why.OVERRIDE
    elif capability.name in template_grants(role.key):
        why = Why.TEMPLATE
    else:
        why = Why.ARCHETYPE
    return Cell(role, role.allows(capability), why)


def _vetoing(on: frozenset[str]) -> list[str]:
    implementations = registry().hooks.hook.veto.get_hookimpls()
    names = {impl.plugin_name for impl in implementations} & on
    return sorted(str(registry().installed[name].manifest.title) for name in names)
