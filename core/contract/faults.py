"""What is wrong with a manifest: each fault a sentence, found before anything is mounted."""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from flask import Blueprint

from core.contract import manifest as manifest_module
from core.contract.manifest import API_VERSION, OF_ACTIVITIES, Plugin, Scope
from core.contract.registry import Registry
from core.contract.settings import unkept_fields
from core.platform.forms import Form
from core.platform.i18n import LANGUAGES, LazyString, use_locale

NAME = re.compile(r"[a-z][a-z0-9_]{1,30}")
# Names that a plugin's tables, addresses, templates and static files would share with core's.
RESERVED = frozenset(
    (
        "core communities community people person activities activity contents content drafts "
        "files admin errors macros static layout site access events roles alembic sreda "
        "search notices my c css js img vendor"
    ).split()
)


def faults(manifest: Plugin, name: str, registry: Registry) -> Iterator[str]:
    """Everything that is wrong with a manifest, one sentence each."""
    wrong = list(wrong_kinds(manifest))
    yield from wrong
    if wrong:
        return
    if manifest.name != name:
        yield f"the manifest says {manifest.name!r}, the entry point {name!r}"
    if not NAME.fullmatch(name) or name in RESERVED:
        yield f"{name!r} cannot be the name of a plugin"
    if any(
        name.startswith(f"{other}_") or other.startswith(f"{name}_") for other in registry.installed
    ):
        yield f"the tables of {name!r} could not be told from those of another plugin"
    yield from _version_faults(manifest.core_api)
    for hook in sorted(set(manifest.of_activities) - OF_ACTIVITIES):
        yield f"the hook {hook!r} cannot be asked about its activities alone"
    yield from _naming_faults(manifest)
    yield from _blueprint_faults(manifest)
    yield from _job_faults(manifest)
    yield from _clashes(manifest, registry)


def wrong_kinds(fact: Any, where: str = "Plugin") -> Iterator[str]:
    """Fields of a manifest whose values are of another kind than declared."""
    kind: Any = type(fact)
    hints = _hints(kind)
    for each in fields(fact):
        value = getattr(fact, each.name)
        name, hint = f"{where}.{each.name}", hints[each.name]
        if not _fits(value, hint):
            yield f"{name} is {type(value).__name__}, not {each.type}"
            continue
        for part in _parts(value):
            if is_dataclass(part) and not isinstance(part, type):
                yield from wrong_kinds(part, type(part).__name__)


def unsayable(fact: Any) -> Iterator[str]:
    """Phrases of a manifest that cannot be said: asked when its words are known."""
    for each in fields(fact):
        value = getattr(fact, each.name)
        for part in _parts(value):
            if isinstance(part, LazyString):
                yield from _unsaid(part, f"{type(fact).__name__}.{each.name}")
            elif is_dataclass(part) and not isinstance(part, type):
                yield from unsayable(part)


def _parts(value: Any) -> Iterable[Any]:
    """What a field holds: many, or the one thing itself."""
    if isinstance(value, tuple):
        return value
    return value.values() if isinstance(value, Mapping) else (value,)


def _unsaid(value: LazyString, name: str) -> Iterator[str]:
    for language in LANGUAGES:
        try:
            with use_locale(language):
                str(value)
        except Exception as error:
            yield f"{name} cannot be said: {type(error).__name__}"
            return


class _Names(dict[str, Any]):
    """What the names in annotations mean; those that only the type checker knows mean anything."""

    def __missing__(self, name: str) -> Any:
        found = getattr(manifest_module, name, None)
        return getattr(builtins, name, Any) if found is None else found


@cache
def _hints(kind: Any) -> dict[str, Any]:
    names = _Names(Text=LazyString | str, Blueprint=Blueprint, Form=Form)
    return get_type_hints(kind, localns=names)


def _fits(value: Any, hint: Any) -> bool:
    origin, inner = get_origin(hint), get_args(hint)
    if hint is Any:
        return True
    if origin in (Union, UnionType):
        return any(_fits(value, each) for each in inner)
    if origin in (tuple, frozenset):
        return isinstance(value, origin) and all(_fits(each, inner[0]) for each in value)
    if origin is type:
        return isinstance(value, type) and (inner[0] is Any or issubclass(value, inner[0]))
    if origin is Callable:
        return callable(value)
    return isinstance(value, origin or hint)


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
    for role in manifest.roles:
        if not role.key.startswith(f"{manifest.name}_"):
            yield f"the role {role.key!r} does not begin with '{manifest.name}_'"
    for what, full in named:
        if not full.startswith(prefix):
            yield f"the {what} {full!r} does not begin with {prefix!r}"
    activity_scoped = [m for m in manifest.mounts if m.scope is Scope.ACTIVITY]
    if manifest.activity_types and not activity_scoped:
        yield "it has a form of activity but no pages for it"
    yield from _settings_faults(manifest)
    for kind in manifest.activity_types:
        if kind.home.split(".")[0] not in {m.blueprint.name for m in activity_scoped}:
            yield f"the home {kind.home!r} of {kind.key!r} is not a page of its activities"


def _settings_faults(manifest: Plugin) -> Iterator[str]:
    if manifest.settings is not None:
        for unkept in unkept_fields(manifest.settings):
            yield f"its settings cannot be stored: {unkept}"
        return
    if manifest.settings_in_communities:
        yield "it lets communities set something, and has no settings"
    if manifest.try_settings is not None:
        yield "it tries settings, and has none"


def _blueprint_faults(manifest: Plugin) -> Iterator[str]:
    for mount in manifest.mounts:
        blueprint = mount.blueprint.name
        if blueprint != manifest.name and not blueprint.startswith(f"{manifest.name}_"):
            yield f"the blueprint {blueprint!r} is not named after the plugin"
        if mount.blueprint.url_prefix or mount.blueprint.subdomain:
            yield f"the blueprint {blueprint!r} brings an address of its own"
        if mount.blueprint.template_folder or mount.blueprint.static_folder:
            yield f"the blueprint {blueprint!r} brings folders of its own"


def _job_faults(manifest: Plugin) -> Iterator[str]:
    periodic = [f"{manifest.name}.{work.name}" for work in manifest.periodic]
    names = [job.name for job in manifest.jobs] + periodic
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"there are two jobs {name!r}"
    for job in manifest.jobs:
        if job.tries < 1:
            yield f"the job {job.name!r} is never tried"


def _clashes(manifest: Plugin, registry: Registry) -> Iterator[str]:
    for key in sorted({role.key for role in manifest.roles} & registry.roles_of_core):
        yield f"the role {key!r} is one of core"
    for other in registry.manifests():
        if other.name == manifest.name:
            yield f"there already is a plugin {other.name!r}"
        twice = {r.key for r in manifest.roles} & {r.key for r in other.roles}
        if twice:
            yield f"the role {min(twice)!r} already is one of {other.name!r}"
        names = {m.blueprint.name for m in manifest.mounts}
        if names & {m.blueprint.name for m in other.mounts}:
            yield f"a blueprint has the name of one of {other.name!r}"
