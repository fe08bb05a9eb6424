"""Finding plugins and checking everything about them before anything is mounted.

Flask cannot take a blueprint away again, so a plugin is either found sound here, or never mounted.
"""

from __future__ import annotations

import importlib
import logging
import re
import sys
import traceback
from collections.abc import Iterable, Iterator
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType

import pluggy

from core.contract import hookspecs
from core.contract.manifest import API_VERSION, Plugin, Scope
from core.contract.registry import Installed, Quarantined, Registry
from core.errors import SetupError

log = logging.getLogger("sreda.plugins")

GROUP = "sreda.plugins"
NAME = re.compile(r"[a-z][a-z0-9_]{1,30}")
# Names that a plugin's tables, addresses and templates would share with core's.
RESERVED = frozenset(
    (
        "core communities community people person activities activity contents content drafts "
        "files admin errors macros static layout site access events roles alembic sreda "
        "search notices my c"
    ).split()
)


def load_plugins(core: Plugin, *, safe_mode: bool = False) -> Registry:
    """Find, import and check every installed plugin.

    A fault in a built-in plugin raises :class:`SetupError`; a third-party one is quarantined.
    """
    manager = pluggy.PluginManager("sreda")
    manager.add_hookspecs(hookspecs)
    registry = Registry(manager, core=core)
    for entry in _ordered(entry_points(group=GROUP)):
        built_in = is_built_in(entry)
        if built_in or not safe_mode:
            _take_in(registry, entry, built_in)
    _check_requirements(registry)
    return registry


def is_built_in(entry: EntryPoint) -> bool:
    """Whether a plugin came with Sreda itself."""
    return entry.dist is None or entry.dist.name == "sreda"


def _ordered(entries: Iterable[EntryPoint]) -> list[EntryPoint]:
    return sorted(entries, key=lambda entry: (not is_built_in(entry), entry.name))


def _take_in(registry: Registry, entry: EntryPoint, built_in: bool) -> None:
    distribution = entry.dist.name if entry.dist else "sreda"
    try:
        _check_package(entry, built_in)
        module = importlib.import_module(entry.value)
        register(registry, entry.name, module, built_in=built_in, distribution=distribution)
    except Exception as error:
        if built_in:
            raise SetupError(f"The built-in plugin {entry.name} cannot be used: {error}") from error
        quarantine(registry, entry.name, distribution, error)


def quarantine(registry: Registry, name: str, distribution: str, error: Exception) -> None:
    """Set a third-party plugin aside; the plugins page shows why."""
    log.error("plugin %s is quarantined: %s", name, error)
    trace = "".join(traceback.format_exception(error))
    if registry.hooks.has_plugin(name):
        registry.hooks.unregister(name=name)
    registry.installed.pop(name, None)
    registry.quarantined.append(Quarantined(name, distribution, str(error), trace))


def register(
    registry: Registry,
    name: str,
    module: ModuleType,
    *,
    built_in: bool = True,
    distribution: str = "sreda",
) -> Installed:
    """Check one imported plugin module and add it. Raises :class:`SetupError` with the fault."""
    registry.hooks.register(module, name=name)
    try:
        registry.hooks.check_pending()
        manifest = _manifest_of(module)
        problems = list(faults(manifest, name, registry))
        if problems:
            raise SetupError("; ".join(problems))
    except Exception:
        registry.hooks.unregister(name=name)
        raise
    folder = Path(str(module.__file__)).resolve().parent
    plugin = Installed(manifest, module, folder, built_in, distribution)
    registry.installed[name] = plugin
    return plugin


def _manifest_of(module: ModuleType) -> Plugin:
    factory = getattr(module, "plugin_manifest", None)
    manifest = factory() if factory else None
    if not isinstance(manifest, Plugin):
        raise SetupError("plugin_manifest() does not return a Plugin")
    return manifest


def _check_package(entry: EntryPoint, built_in: bool) -> None:
    top = entry.value.split(":")[0].split(".")[0]
    if not built_in and top in {"core", "plugins"}:
        raise SetupError(f"a package of its own is needed, not one called {top!r}")
    if not built_in and top in sys.stdlib_module_names:
        raise SetupError(f"the package name {top!r} belongs to Python")


def faults(manifest: Plugin, name: str, registry: Registry) -> Iterator[str]:
    """Everything that is wrong with a manifest, one sentence each."""
    if manifest.name != name:
        yield f"the manifest says {manifest.name!r}, the entry point {name!r}"
    if not NAME.fullmatch(name) or name in RESERVED:
        yield f"{name!r} cannot be the name of a plugin"
    if any(
        name.startswith(f"{other}_") or other.startswith(f"{name}_") for other in registry.installed
    ):
        yield f"the tables of {name!r} could not be told from those of another plugin"
    yield from _version_faults(manifest.core_api)
    yield from _naming_faults(manifest)
    yield from _job_faults(manifest)
    yield from _clashes(manifest, registry)


def _version_faults(wanted: str) -> Iterator[str]:
    """The first number of the API must be the plugin's own, the second at least its own."""
    if not re.fullmatch(r"[0-9]{1,4}\.[0-9]{1,4}", wanted):
        yield f"core_api {wanted!r} is not a version such as '1.0'"
        return
    major, minor = map(int, wanted.split("."))
    here = ".".join(map(str, API_VERSION))
    if major != API_VERSION[0]:
        yield f"it was written for version {major} of core.api, and this is {here}"
    elif minor > API_VERSION[1]:
        yield f"it needs version {wanted} of core.api, and this is {here}: Sreda is too old for it"


def _naming_faults(manifest: Plugin) -> Iterator[str]:
    prefix = f"{manifest.name}."
    named = [
        *(("capability", c.name) for c in manifest.capabilities),
        *(("content", c.kind) for c in manifest.contents),
        *(("event", kind) for kind in manifest.events),
        *(("job", job.name) for job in manifest.jobs),
        *(("notice", kind.name) for kind in manifest.notices),
    ]
    for what, full in named:
        if not full.startswith(prefix):
            yield f"the {what} {full!r} does not begin with {prefix!r}"
    for mount in manifest.mounts:
        blueprint = mount.blueprint.name
        if blueprint != manifest.name and not blueprint.startswith(f"{manifest.name}_"):
            yield f"the blueprint {blueprint!r} is not named after the plugin"
        if mount.blueprint.url_prefix or mount.blueprint.subdomain:
            yield f"the blueprint {blueprint!r} brings an address of its own"
    activity_scoped = [m for m in manifest.mounts if m.scope is Scope.ACTIVITY]
    if manifest.activity_types and not activity_scoped:
        yield "it has a form of activity but no pages for it"
    for kind in manifest.activity_types:
        if kind.home.split(".")[0] not in {m.blueprint.name for m in activity_scoped}:
            yield f"the home {kind.home!r} of {kind.key!r} is not a page of its activities"


def _job_faults(manifest: Plugin) -> Iterator[str]:
    periodic = [f"{manifest.name}.{work.name}" for work in manifest.periodic]
    names = [job.name for job in manifest.jobs] + periodic
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"there are two jobs {name!r}"
    for job in manifest.jobs:
        if job.tries < 1:
            yield f"the job {job.name!r} is never tried"


def _clashes(manifest: Plugin, registry: Registry) -> Iterator[str]:
    for other in registry.manifests():
        if other.name == manifest.name:
            yield f"there already is a plugin {other.name!r}"
        twice = {r.key for r in manifest.roles} & {r.key for r in other.roles}
        if twice:
            yield f"the role {min(twice)!r} already is one of {other.name!r}"
        names = {m.blueprint.name for m in manifest.mounts}
        if names & {m.blueprint.name for m in other.mounts}:
            yield f"a blueprint has the name of one of {other.name!r}"


def _check_requirements(registry: Registry) -> None:
    """Set aside whoever names a plugin that is not there; sort the rest behind what they need."""
    ready: dict[str, Installed] = {}
    waiting = dict(registry.installed)
    while waiting:
        able = [n for n, p in waiting.items() if set(p.manifest.requires) <= ready.keys()]
        if not able:
            break
        ready |= {name: waiting.pop(name) for name in able}
    for name, plugin in waiting.items():
        lacking = ", ".join(sorted(set(plugin.manifest.requires) - ready.keys()))
        error = SetupError(f"{name} needs {lacking}, which is not installed")
        if plugin.built_in:
            raise error
        quarantine(registry, name, plugin.distribution, error)
    registry.installed = ready
