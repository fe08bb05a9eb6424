"""The roles that a plugin brought, who held them, and what others were granted of its rights."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select

from core.access.models import Appointment, Role, RoleGrant
from core.contract.traces import Trace, begins_with
from core.platform.i18n import core_domain

_l = core_domain.lazy


def _roles(plugin: str) -> ColumnElement[bool]:
    return begins_with(Role.key, f"{plugin}_")


def _appointments(plugin: str) -> ColumnElement[bool]:
    return Appointment.role_id.in_(select(Role.id).where(_roles(plugin)))


def _grants(plugin: str) -> ColumnElement[bool]:
    of_its_roles = RoleGrant.role_id.in_(select(Role.id).where(_roles(plugin)))
    return or_(begins_with(RoleGrant.capability, f"{plugin}."), of_its_roles)


TRACES = (
    Trace(_l("Appointments"), Appointment, _appointments),
    Trace(_l("Grants of its rights"), RoleGrant, _grants),
    Trace(_l("Roles"), Role, _roles),
)
