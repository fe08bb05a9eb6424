"""Finding plugins and checking everything about them before anything is mounted.

Flask cannot take a blueprint away again, so a plugin is either found sound here, or never mounted.
"""

from __future__ import annotations

import importlib
import logging
import sys
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy

from core.contract import hookspecs
from core.contract.faults import faults
from core.contract.manifest import Plugin
from core.contract.registry import Installed, Quarantined, Registry
from core.contract.tables import only_own_tables
from core.errors import SetupError

log = logging.getLogger("sreda.plugins")

GROUP = "sreda.plugins"


def load_plugins(
    core: Plugin, *, roles_of_core: frozenset[str] = frozenset(), safe_mode: bool = False
) -> Registry:
    """Find, import and check every installed plugin.

    A fault in a built-in plugin raises :class:`SetupError`; a third-party one is quarantined.
    """
    manager = pluggy.PluginManager("sreda")
    manager.add_hookspecs(hookspecs)
    registry = Registry(manager, core=core, roles_of_core=roles_of_core)
    entries = [e for e in _ordered(entry_points(group=GROUP)) if is_built_in(e) or not safe_mode]
    modules: dict[str, ModuleType] = {}
    for entry in entries:
        with _or_quarantined(registry, entry):
            modules[entry.name] = _imported(registry, entry)
    # All of them are there before the first is registered: plugins implement hooks of others.
    for entry in entries:
        if entry.name in modules:
            with _or_quarantined(registry, entry):
                register(
                    registry, entry.name, modules[entry.name], built_in=is_built_in(entry),
                    distribution=_distribution(entry),
                )  # fmt: skip
    _check_requirements(registry)
    return registry


def is_built_in(entry: EntryPoint) -> bool:
    """Whether a plugin came with Sreda itself."""
    return entry.dist is None or entry.dist.name == "sreda"


def _ordered(entries: Iterable[EntryPoint]) -> list[EntryPoint]:
    return sorted(entries, key=lambda entry: (not is_built_in(entry), entry.name))


def _distribution(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else "sreda"


@contextmanager
def _or_quarantined(registry: Registry, entry: EntryPoint) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        if is_built_in(entry):
            raise SetupError(f"The built-in plugin {entry.name} cannot be used: {error}") from error
        quarantine(registry, entry.name, _distribution(entry), error)


def _imported(registry: Registry, entry: EntryPoint) -> ModuleType:
    """A plugin's module, with the hooks that it publishes for others."""
    _check_package(entry, is_built_in(entry))
    with only_own_tables(entry.name):
        module = importlib.import_module(entry.value)
    published: Any = _manifest_of(module).hooks
    for hook in published:
        name = getattr(hook, "__name__", "")
        if not name.startswith(f"{entry.name}_") or not hasattr(hook, "sreda_spec"):
            raise SetupError(f"its hook {name!r} is not marked, or not named after the plugin")
    if published:
        registry.hooks.add_hookspecs(
            type(entry.name, (), {each.__name__: each for each in published})
        )
    return module


def quarantine(registry: Registry, name: str, distribution: str, error: BaseException) -> None:
    """Set a third-party plugin aside; the plugins page shows why."""
    trace = "".join(traceback.format_exception(error))
    # The last line of a traceback says what an error says of itself, even where that fails.
    said = "".join(traceback.format_exception_only(error)).strip()
    reason = str(error) if isinstance(error, SetupError) else said
    log.error("plugin %s is quarantined: %s", name, reason)
    if registry.hooks.has_plugin(name):
        registry.hooks.unregister(name=name)
    registry.installed.pop(name, None)
    registry.quarantined.append(Quarantined(name, distribution, reason, trace))


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
    except BaseException:
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
