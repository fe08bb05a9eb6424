"""Giving plugins their addresses, and seeing to it that they get nothing else of the application.

Flask cannot take a blueprint away again. So every plugin is first mounted on an application that
nobody sees, and looked at there; only one that keeps to its own is mounted on the real one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.routing import Map, Rule

from core.access.guard import guard_of, refuse_bare_views
from core.access.marks import PUBLIC, SIGNED_IN, demand_of, is_webhook
from core.contract.discovery import quarantine
from core.contract.faults import unsayable
from core.contract.manifest import ActivityType, Mount, Scope
from core.contract.registry import Installed, Registry, registry_of
from core.errors import SetupError
from core.platform import i18n
from core.realtime.opening import open_doors, refuse_faulty_namespaces

PREFIXES = {
    Scope.ACTIVITY: "/c/<community>/{}/<int:activity>",
    Scope.COMMUNITY: "/c/<community>/{}",
    Scope.SITE: "/{}",
}

# What an application is made of, by the word for it in a sentence: one thing for each name, ...
THINGS: dict[str, Callable[[Flask], MutableMapping[Any, Any]]] = {
    "the pages": lambda app: app.view_functions,
    "the blueprints": lambda app: app.blueprints,
    "the settings": lambda app: app.config,
    "the extensions": lambda app: app.extensions,
    "the words of templates": lambda app: app.jinja_env.globals,
    "the filters of templates": lambda app: app.jinja_env.filters,
    "the tests of templates": lambda app: app.jinja_env.tests,
    "the commands": lambda app: app.cli.commands,
}
# ... or several for each blueprint (None: for the whole site).
LISTS: dict[str, Callable[[Flask], MutableMapping[Any, Any]]] = {
    "what happens before requests": lambda app: app.before_request_funcs,
    "what happens after requests": lambda app: app.after_request_funcs,
    "what happens at the end of requests": lambda app: app.teardown_request_funcs,
    "the facts of templates": lambda app: app.template_context_processors,
    "the reading of addresses": lambda app: app.url_value_preprocessors,
    "the making of addresses": lambda app: app.url_default_functions,
    "the pages of errors": lambda app: app.error_handler_spec,
}


def mount_plugin(app: Flask, registry: Registry, plugin: Installed) -> None:
    """Give a checked plugin its addresses and words; a third-party one that fails is set aside."""
    with _set_aside_if_it_fails(registry, plugin):
        i18n.register_domain(plugin.name, plugin.folder / "translations")
        rehearse(app, plugin)
        for mount in plugin.manifest.mounts:
            _mount(app, plugin.name, mount)
            guard_of(app).mounted(plugin.name, mount)
            _let_servers_call(app, mount)
        open_doors(app, plugin)


def set_up_plugins(app: Flask) -> None:
    """Last step: views must say who may call them, then each plugin may look at the whole house."""
    refuse_bare_views(app)
    registry = registry_of(app)
    for plugin in list(registry.installed.values()):
        with _set_aside_if_it_fails(registry, plugin), _only_looking(app, plugin.name):
            registry.call_all("setup_app", only=plugin.name, app=app)


@contextmanager
def _set_aside_if_it_fails(registry: Registry, plugin: Installed) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        if plugin.built_in:
            raise
        quarantine(registry, plugin.name, plugin.distribution, error)


def _mount(app: Flask, name: str, mount: Mount) -> None:
    app.register_blueprint(mount.blueprint, url_prefix=PREFIXES[mount.scope].format(name))


def _let_servers_call(app: Flask, mount: Mount) -> None:
    """Webhooks are asked for no token of a form: whoever calls them has read no form of ours."""
    for endpoint, view in app.view_functions.items():
        if endpoint.rpartition(".")[0] == mount.blueprint.name and is_webhook(view):
            app.extensions["csrf"].exempt(view)


def rehearse(app: Flask, plugin: Installed) -> None:
    """Mount a plugin where nobody sees it. Raises SetupError with what it would do beyond having
    pages of its own under its own addresses."""
    for fault in unsayable(plugin.manifest):
        raise SetupError(fault)
    refuse_faulty_namespaces(registry_of(app), plugin)
    _refuse_taken_addresses(app, plugin)
    stage = type(app)("rehearsal", static_folder=None, template_folder=None)
    stage.config.update(app.config)
    stage.extensions = dict(app.extensions)
    stage.url_map.converters = app.url_map.converters
    for mount in plugin.manifest.mounts:
        before = State.of(stage)
        _mount(stage, plugin.name, mount)
        _refuse_more_than_pages(before, stage, mount, PREFIXES[mount.scope].format(plugin.name))
    _refuse_unknown_demands(app, stage, plugin)
    for form in plugin.manifest.activity_types:
        _check_home(stage, form)


def _refuse_taken_addresses(app: Flask, plugin: Installed) -> None:
    for mount in plugin.manifest.mounts:
        root = PREFIXES[mount.scope].format(plugin.name).removesuffix("/<int:activity>")
        for rule in app.url_map.iter_rules():
            if f"{rule.rule}/".startswith(f"{root}/") and not _is_of(rule, plugin):
                raise SetupError(f"the addresses below {root} belong to others already")


def _is_of(rule: Rule, plugin: Installed) -> bool:
    names = {mount.blueprint.name for mount in plugin.manifest.mounts}
    return rule.endpoint.partition(".")[0] in names


def _refuse_more_than_pages(before: State, stage: Flask, mount: Mount, root: str) -> None:
    name = mount.blueprint.name
    for part, key in before.changes(State.of(stage)):
        if part == "the addresses" or key == name:
            continue
        if part != "the pages" or not _is_page(key, name):
            raise SetupError(f"its blueprint {name!r} changes {part} of the whole site")
    for rule in stage.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] == name and not _is_below(rule.rule, root):
            raise SetupError(f"its address {rule.rule!r} is not below {root}")


def _is_page(endpoint: str, name: str) -> bool:
    """Directly of this blueprint: a blueprint within it would be nobody's to the guard."""
    return endpoint.rpartition(".")[0] == name


def _is_below(path: str, root: str) -> bool:
    return path == root or path.startswith(f"{root}/")


def _refuse_unknown_demands(app: Flask, stage: Flask, plugin: Installed) -> None:
    known = registry_of(app).capabilities().keys() | {PUBLIC, SIGNED_IN}
    for endpoint, view in sorted(stage.view_functions.items()):
        demand = demand_of(view)
        if demand is None:
            raise SetupError(f"the view {endpoint} says nothing about access")
        if demand not in known:
            raise SetupError(f"the view {endpoint} asks for {demand!r}, a right that nobody knows")


def _check_home(stage: Flask, form: ActivityType) -> None:
    """Lists of activities lead to the home of each: its address needs the activity alone."""
    rules = [rule for rule in stage.url_map.iter_rules() if rule.endpoint == form.home]
    if not any(rule.arguments == {"community", "activity"} for rule in rules):
        raise SetupError(f"the home {form.home!r} of {form.key!r} is not the page of an activity")


@dataclass(frozen=True)
class State:
    """What an application is made of at a moment."""

    things: dict[str, dict[Any, Any]]
    lists: dict[str, dict[Any, Any]]
    rules: tuple[Rule, ...]
    wsgi_app: Any

    @classmethod
    def of(cls, app: Flask) -> State:
        return cls(
            {name: dict(part(app)) for name, part in THINGS.items()},
            {name: {k: _copy(v) for k, v in part(app).items()} for name, part in LISTS.items()},
            tuple(app.url_map.iter_rules()),
            app.wsgi_app,
        )

    def changes(self, later: State) -> Iterator[tuple[str, Any]]:
        """Every part with the key under which something came, went or was replaced."""
        for name, before in self.things.items():
            after = later.things[name]
            for key in before.keys() | after.keys():
                if before.get(key, self) is not after.get(key, self):
                    yield name, key
        for name, before in self.lists.items():
            after = later.lists[name]
            for key in before.keys() | after.keys():
                if (before.get(key) or None) != (after.get(key) or None):
                    yield name, key
        if self.rules != later.rules or self.wsgi_app is not later.wsgi_app:
            yield "the addresses", ""

    def restore(self, app: Flask) -> None:
        """Put everything back as it was."""
        for name, part in THINGS.items():
            _fill(part(app), self.things[name])
        for name, part in LISTS.items():
            _fill(part(app), {key: _copy(value) for key, value in self.lists[name].items()})
        if tuple(app.url_map.iter_rules()) != self.rules:
            app.url_map = _map_of(app.url_map, self.rules)
        app.wsgi_app = self.wsgi_app  # type: ignore[method-assign]


def _copy(value: Any) -> Any:
    """Of lists, and of the dictionaries of dictionaries in which Flask keeps pages of errors."""
    if isinstance(value, defaultdict):
        inner = {key: dict(each) for key, each in value.items() if each}
        return defaultdict(value.default_factory, inner)
    return list(value)


def _fill(part: MutableMapping[Any, Any], former: Mapping[Any, Any]) -> None:
    for key in [key for key in part if key not in former]:
        del part[key]
    for key, value in former.items():
        if part.get(key, part) is not value:
            part[key] = value


def _map_of(former: Map, rules: tuple[Rule, ...]) -> Map:
    """The same addresses anew: Werkzeug cannot take one away."""
    fresh = type(former)(host_matching=former.host_matching)
    fresh.converters = former.converters
    for rule in rules:
        fresh.add(rule.empty())
    return fresh


@contextmanager
def _only_looking(app: Flask, plugin: str) -> Iterator[None]:
    """While ``setup_app`` runs: it may keep something of its own, and change nothing else."""
    before = State.of(app)
    try:
        yield
        for part, key in before.changes(State.of(app)):
            if part != "the extensions" or not _is_named_after(key, plugin):
                raise SetupError(f"setup_app changes {part} of the whole site: {key or 'routes'}")
    except BaseException:
        before.restore(app)
        raise


def _is_named_after(key: Any, plugin: str) -> bool:
    return key == plugin or str(key).startswith((f"{plugin}-", f"{plugin}_", f"{plugin}."))
