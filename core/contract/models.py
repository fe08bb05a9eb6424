"""The two switches of a plugin: for the site, and for a community."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ColumnExpressionArgument,
    CompoundSelect,
    ForeignKey,
    ScalarSelect,
    delete,
    func,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.platform.conditions import among
from core.platform.db import Base, db, rows, utcnow


class SitePlugin(Base):
    """The administrator's switch. Without a row an installed plugin is on."""

    __tablename__ = "site_plugins"

    plugin: Mapped[str] = mapped_column(primary_key=True)
    enabled: Mapped[bool]


class CommunityPlugin(Base):
    """A plugin that is on in a community. Off hides, and never deletes."""

    __tablename__ = "community_plugins"

    community_id: Mapped[int] = mapped_column(
        ForeignKey("communities.id", ondelete="CASCADE"), primary_key=True
    )
    plugin: Mapped[str] = mapped_column(primary_key=True)


class UpgradeFailure(Base):
    """A plugin whose migrations failed at the last upgrade, with the reason in a sentence."""

    __tablename__ = "upgrade_failures"

    plugin: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    failed_at: Mapped[datetime] = mapped_column(default=utcnow)


# Stands between names of plugins, which have none of it inside.
BETWEEN = ","

OFF = select(SitePlugin.plugin).where(~SitePlugin.enabled)


def _switches(*, many: bool) -> CompoundSelect[*tuple[Any, ...]]:
    """Both kinds of switches in one answer."""
    return union_all(
        select(SitePlugin.plugin, null()).where(~SitePlugin.enabled),
        select(CommunityPlugin.plugin, CommunityPlugin.community_id).where(
            among(CommunityPlugin.community_id, "communities", many=many)
        ),
    )


# Put together once: every page of a community asks.
SWITCHES = {many: _switches(many=many) for many in (True, False)}


def switches(community_ids: Collection[int]) -> tuple[frozenset[str], dict[int, frozenset[str]]]:
    """Names that the site has switched off, and those on in each of these communities; one query.

    What is off on the site is off in every community, whatever its own switch says.
    """
    off: set[str] = set()
    on: dict[int, set[str]] = {number: set() for number in community_ids}
    many = len(on) != 1
    places = list(on) if many else next(iter(on))
    for plugin, community_id in rows(SWITCHES[many], {"communities": places}):
        (off if community_id is None else on[community_id]).add(plugin)
    return frozenset(off), {number: frozenset(names - off) for number, names in on.items()}


def names_off() -> ScalarSelect[str]:
    """Names that the site has switched off, for a query that is sent anyway: see :func:`names`."""
    off = func.aggregate_strings(SitePlugin.plugin, BETWEEN)
    return select(off).where(~SitePlugin.enabled).scalar_subquery()


def names_on(community_id: ColumnExpressionArgument[int]) -> ScalarSelect[str]:
    """Names that a community has switched on, in the same way."""
    on = func.aggregate_strings(CommunityPlugin.plugin, BETWEEN)
    return select(on).where(CommunityPlugin.community_id == community_id).scalar_subquery()


def switched_on(plugin: str, community_id: Any) -> ColumnElement[bool]:
    """That a community of a query has a plugin on; whether the site has is not asked."""
    on = select(CommunityPlugin.plugin).where(
        CommunityPlugin.community_id == community_id, CommunityPlugin.plugin == plugin
    )
    return on.exists().correlate_except(CommunityPlugin)


def names(aggregated: str | None) -> frozenset[str]:
    """The names that such a query has found."""
    return frozenset(aggregated.split(BETWEEN)) if aggregated else frozenset()


def plugins_off_on_site() -> frozenset[str]:
    """Names that the administrator has switched off for everybody."""
    return frozenset(rows(OFF).scalars())


def switch_on_site(plugin: str, enabled: bool) -> None:
    """Set the site's switch; called inside an operation."""
    db.session.merge(SitePlugin(plugin=plugin, enabled=enabled))


def switch_in_community(plugin: str, community_id: int, enabled: bool) -> None:
    """Set a community's switch; called inside an operation."""
    if enabled:
        db.session.merge(CommunityPlugin(plugin=plugin, community_id=community_id))
        return
    db.session.execute(
        delete(CommunityPlugin).where(
            CommunityPlugin.plugin == plugin, CommunityPlugin.community_id == community_id
        )
    )


def upgrade_failures() -> dict[str, str]:
    """Why plugins could not be upgraded, by their names."""
    query = select(UpgradeFailure.plugin, UpgradeFailure.reason)
    return {row.plugin: row.reason for row in db.session.execute(query)}
