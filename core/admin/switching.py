"""Switching plugins on and off, together with those that they need or that need them."""

from __future__ import annotations

from collections.abc import Sequence

from flask import current_app
from sqlalchemy import select

from core.access.actors import Actor
from core.admin import events
from core.admin.switches import enabled_plugins, forget_switches
from core.communities.models import Community
from core.communities.settings_operations import switch_plugin
from core.contract.models import switch_on_site
from core.contract.registry import registry
from core.errors import DomainError, Missing
from core.events.log import record
from core.platform.db import after_commit, db, operation
from core.platform.i18n import core_domain
from core.platform.migrate import pending

_ = core_domain.gettext


class OthersToo(DomainError):
    """It cannot be switched alone; ``others`` would have to be switched with it."""

    def __init__(self, message: str, others: Sequence[str]) -> None:
        super().__init__(message)
        self.others = others


def required_by(name: str) -> list[str]:
    """Everything that a plugin stands on, what stands lowest first."""
    found: list[str] = []
    for each in registry().installed[name].manifest.requires:
        found += [n for n in (*required_by(each), each) if n not in found]
    return found


def requiring(name: str) -> list[str]:
    """Everything that stands on a plugin, what stands highest first."""
    installed = registry().installed
    return [other for other in reversed(installed) if name in required_by(other)]


def set_plugin_enabled(
    actor: Actor, name: str, enabled: bool, community: str | None = None, *, others: bool = False
) -> list[str]:
    """Turn a plugin's switch, for the site or for the community with this address.

    With ``others`` what it needs is switched on with it, or what needs it off, in one operation.
    Answers the names of those that were switched. Raises OthersToo where that is needed and was not
    asked for, and DomainError for what is not installed or not there, and for switching on a plugin
    whose tables are not in the shape that it expects.
    """
    if name not in registry().installed:
        raise Missing(_("The plugin “%(name)s” is not installed.", name=name))
    place = _community(community) if community is not None else None
    on = enabled_plugins(place.id if place else None)
    along = required_by(name) if enabled else requiring(name)
    along = [other for other in along if (other in on) is not enabled]
    if along and not others:
        raise OthersToo(_why(name, enabled, along), along)
    names = [*along, name]
    if enabled:
        _check_tables(names)
    _switch(actor, names, enabled, place)
    return names


def _community(slug: str) -> Community:
    community = db.session.scalar(select(Community).where(Community.slug == slug))
    if community is None:
        raise Missing(_("There is no community with the address “%(slug)s”.", slug=slug))
    return community


def _why(name: str, enabled: bool, along: Sequence[str]) -> str:
    installed = registry().installed
    titles = ", ".join(f"“{installed[other].manifest.title}”" for other in along)
    title = installed[name].manifest.title
    if enabled:
        return _("“%(title)s” needs %(others)s, which is off.", title=title, others=titles)
    return _("%(others)s cannot do without “%(title)s”.", title=title, others=titles)


def _check_tables(names: Sequence[str]) -> None:
    behind = pending(current_app)
    for name in names:
        if name in behind:
            raise DomainError(
                _("The tables of “%(name)s” are not up to date. Run: sreda upgrade", name=name)
            )


@operation
def _switch(actor: Actor, names: Sequence[str], enabled: bool, community: Community | None) -> None:
    for name in names:
        if community is not None:
            switch_plugin(actor, community, name, enabled)
            continue
        switch_on_site(name, enabled)
        record(events.PLUGIN_SWITCHED, actor, plugin=name, enabled=enabled)
    after_commit(forget_switches)
