"""What there is to say about one plugin, for its page and for the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from typing import Any

from sqlalchemy import MetaData, Table, func, inspect, select

from core.admin.queries import PluginState, plugin_states
from core.admin.switching import requiring
from core.communities.models import Community
from core.contract.models import CommunityPlugin
from core.contract.registry import Quarantined, registry
from core.contract.traces import Trace
from core.errors import Missing
from core.platform.db import db
from core.platform.i18n import core_domain
from core.platform.words import folded

_ = core_domain.gettext

# So many communities are named; the rest is a number.
SHOWN = 12


@dataclass(frozen=True)
class Package:
    """What a distribution says of itself."""

    name: str
    version: str = ""
    summary: str = ""
    author: str = ""
    licence: str = ""
    home_page: str = ""


@dataclass(frozen=True)
class Stored:
    """What a plugin keeps: rows of its own tables, and what of it lies in core's."""

    tables: Mapping[str, int]
    traces: Mapping[str, int]


@dataclass(frozen=True)
class PluginPage:
    """A plugin that is installed, in all that an administrator may ask about it."""

    state: PluginState
    package: Package
    requiring: Sequence[str]
    hooks: Sequence[str]
    stored: Stored
    communities: Sequence[tuple[str, str]]


def plugin_page(name: str, traces: Sequence[Trace]) -> PluginPage | None:
    """Everything about an installed plugin; None for one that is not."""
    state = next((s for s in plugin_states() if s.plugin.name == name), None)
    if state is None:
        return None
    callers = registry().hooks.get_hookcallers(state.plugin.module) or []
    return PluginPage(
        state,
        package_of(state.plugin.distribution),
        requiring(name),
        sorted(caller.name for caller in callers),
        Stored(_tables(name), {str(trace.title): trace.count(name) for trace in traces}),
        _communities(name),
    )


def quarantined_plugin(name: str) -> Quarantined | None:
    """A plugin that was set aside when the site started."""
    return next((q for q in registry().quarantined if q.name == name), None)


def package_of(distribution: str) -> Package:
    """What is known of a distribution; its name alone when it is not there."""
    try:
        facts = metadata(distribution)
    except PackageNotFoundError:
        return Package(distribution)
    return Package(
        distribution,
        _said(facts, "Version"),
        _said(facts, "Summary"),
        _said(facts, "Author") or _said(facts, "Author-email"),
        _said(facts, "License-Expression") or _said(facts, "License").partition("\n")[0],
        _said(facts, "Home-page") or _link(facts),
    )


def _said(facts: PackageMetadata, name: str) -> str:
    words = str(facts[name]) if name in facts else ""
    return "" if words == "UNKNOWN" else words[:300]


def _link(facts: PackageMetadata) -> str:
    links = facts.get_all("Project-URL") or []
    url = str(links[0]).partition(",")[2].strip() if links else ""
    return url if url.startswith(("https://", "http://")) else ""


def _tables(name: str) -> dict[str, int]:
    """Rows of each table that bears the plugin's name."""
    every = inspect(db.engine).get_table_names()
    return {table: rows_in(table) for table in sorted(every) if table.startswith(f"{name}_")}


def rows_in(table: str) -> int:
    """How many rows a table of whatever name has."""
    query = select(func.count()).select_from(Table(table, MetaData()))
    return db.session.scalar(query) or 0


def _communities(name: str) -> list[tuple[str, str]]:
    query = (
        select(Community.slug, Community.title)
        .join(CommunityPlugin, CommunityPlugin.community_id == Community.id)
        .where(CommunityPlugin.plugin == name)
        .order_by(folded(Community.title), Community.id)
        .limit(SHOWN)
    )
    return [(slug, title) for slug, title in db.session.execute(query)]


def facts_of(name: str, traces: Sequence[Trace]) -> dict[str, Any]:
    """The same for the command line: plain values by plain names. Raises Missing for what is
    neither installed nor in quarantine."""
    page = plugin_page(name, traces)
    if page is None:
        aside = quarantined_plugin(name)
        if aside is None:
            raise Missing(_("The plugin “%(name)s” is not installed.", name=name))
        package = aside.distribution
        return {"name": name, "state": "quarantined", "reason": aside.reason, "package": package}
    state, manifest = page.state, page.state.plugin.manifest
    return {
        "name": name,
        "title": str(manifest.title),
        "version": manifest.version,
        "state": "left out" if state.is_left_out else "on" if state.enabled else "off",
        "migrations": "behind" if state.is_behind else "up to date",
        "upgrade error": state.upgrade_error,
        "summary": str(manifest.summary),
        "author": manifest.author or page.package.author,
        "licence": page.package.licence,
        "package": f"{page.package.name} {page.package.version}".strip(),
        "core api": manifest.core_api,
        "requires": list(manifest.requires),
        "required by": list(page.requiring),
        "forms": [str(form.title) for form in manifest.activity_types],
        "rights": [right.name for right in manifest.capabilities],
        "roles": [role.key for role in manifest.roles],
        "events": list(manifest.events),
        "listens": list(manifest.listens),
        "hooks": list(page.hooks),
        "tables": dict(page.stored.tables),
        "keeps": dict(page.stored.traces),
        "communities": state.communities,
        "troubles": [f"{hook}, {ago:.0f} s ago" for ago, hook, _trace in state.troubles],
    }
