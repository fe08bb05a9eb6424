"""Which plugins there are, whether they may speak here, and how they are asked."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

import pluggy
from flask import Flask, current_app

from core.contract.breaker import Breaker
from core.contract.manifest import (
    ActivityType,
    CalendarItem,
    Capability,
    ContentType,
    DataRecord,
    Job,
    NavItem,
    Periodic,
    Plugin,
    RoleTemplate,
)
from core.contract.notices import NoticeKind
from core.platform.db import current_unit, db

if TYPE_CHECKING:
    from core.contract.manifest import Text

log = logging.getLogger("sreda.plugins")

T = TypeVar("T")


@dataclass(frozen=True)
class Installed:
    """A plugin that is mounted: its manifest, where it lives and whether it came with Sreda."""

    manifest: Plugin
    module: ModuleType
    folder: Path
    built_in: bool
    distribution: str = ""

    @property
    def name(self) -> str:
        return self.manifest.name


@dataclass(frozen=True)
class Quarantined:
    """A third-party plugin that could not be taken in; the site runs without it."""

    name: str
    distribution: str
    reason: str
    traceback: str = ""


@dataclass
class Registry:
    """All plugins of this process. ``enabled_in`` answers which may speak in a community."""

    hooks: pluggy.PluginManager
    installed: dict[str, Installed] = field(default_factory=dict)
    quarantined: list[Quarantined] = field(default_factory=list)
    breaker: Breaker = field(default_factory=Breaker)
    enabled_in: Callable[[int | None], frozenset[str]] = field(default=lambda _: frozenset())
    core: Plugin | None = None
    _facts: dict[str, Any] = field(default_factory=dict, repr=False)
    _facts_of: tuple[Any, ...] = field(default=(), repr=False)

    def kept(self, name: str, gather: Callable[[], T]) -> T:
        """Something gathered from all manifests, again only when a plugin came or went.

        A page looks at these facts a hundred times. Nobody changes what this gives.
        """
        present = (self.core, *self.installed.values())
        if present != self._facts_of:
            self._facts, self._facts_of = {}, present
        if name not in self._facts:
            self._facts[name] = gather()
        found: T = self._facts[name]
        return found

    def manifests(self) -> Iterator[Plugin]:
        """Core's own manifest first, then every installed plugin's, in the order of loading."""
        if self.core is not None:
            yield self.core
        for plugin in self.installed.values():
            yield plugin.manifest

    def capabilities(self) -> dict[str, Capability]:
        return self.kept(
            "capabilities", lambda: {c.name: c for m in self.manifests() for c in m.capabilities}
        )

    def role_templates(self) -> list[RoleTemplate]:
        return [role for m in self.manifests() for role in m.roles]

    def activity_types(self) -> dict[tuple[str, str], ActivityType]:
        """Every form of activity by (plugin, key)."""
        return self.kept(
            "activity types",
            lambda: {(m.name, t.key): t for m in self.manifests() for t in m.activity_types},
        )

    def content_types(self) -> dict[str, ContentType]:
        return {c.kind: c for m in self.manifests() for c in m.contents}

    def event_kinds(self) -> dict[str, Text]:
        """Every kind of event that somebody records, with its words."""
        return self.kept(
            "events", lambda: {kind: t for m in self.manifests() for kind, t in m.events.items()}
        )

    def jobs(self) -> dict[str, Job]:
        """Every job that an operation may put off, by its name."""
        return self.kept("jobs", lambda: {j.name: j for m in self.manifests() for j in m.jobs})

    def periodic(self) -> dict[str, Periodic]:
        """Work that is done again and again, by ``owner.name``."""
        return self.kept(
            "periodic",
            lambda: {f"{m.name}.{p.name}": p for m in self.manifests() for p in m.periodic},
        )

    def notice_kinds(self) -> dict[str, NoticeKind]:
        """Everything that people can be told of, by name."""
        return self.kept(
            "notices", lambda: {kind.name: kind for m in self.manifests() for kind in m.notices}
        )

    def ask(self, hook: str, *, community_id: int | None = None, **facts: Any) -> list[Answer]:
        """Collect contributions of the plugins that are on here.

        A plugin that raises, answers with the wrong type or leaves something to be written is
        left out, logged and counted; under test its error is raised again.
        """
        impls = getattr(self.hooks.hook, hook).get_hookimpls()
        if not impls:
            return []
        enabled = self.enabled_in(community_id)
        return self._answers(hook, ((i, facts) for i in impls if i.plugin_name in enabled))

    def ask_about(self, hook: str, communities: Sequence[Any], **facts: Any) -> list[Answer]:
        """The same about many communities at once: each plugin hears of those that have it on."""
        questions = []
        for impl in getattr(self.hooks.hook, hook).get_hookimpls():
            places = [c for c in communities if impl.plugin_name in self.enabled_in(c.id)]
            if places:
                questions.append((impl, facts | {"communities": places}))
        return self._answers(hook, questions)

    def _answers(self, hook: str, questions: Iterable[tuple[Any, dict[str, Any]]]) -> list[Answer]:
        answers: list[Answer] = []
        for impl, facts in questions:
            if not self.breaker.is_open(impl.plugin_name):
                answer = self._guarded(hook, impl.plugin_name, impl, facts)
                if answer is not None:
                    answers.append(Answer(impl.plugin_name, answer))
        return answers

    def _guarded(self, hook: str, name: str, impl: Any, facts: dict[str, Any]) -> Any:
        started = time.monotonic()
        try:
            answer = _checked(hook, impl.function(*[facts[arg] for arg in impl.argnames]))
            _refuse_writes()
        except Exception as error:
            self._note_failure(hook, name, error)
            return Denial(name) if hook == "veto" else None
        self.breaker.timed(name, hook, time.monotonic() - started)
        return answer

    def consult(self, plugin: str, what: str, question: Callable[[], T], otherwise: T) -> T:
        """Call what a manifest offers for pages with the care that a hook gets: a plugin that
        raises, answers with another type than ``otherwise`` or leaves something to be written
        is left out, and ``otherwise`` stands in for its answer."""
        if self.breaker.is_open(plugin):
            return otherwise
        started = time.monotonic()
        try:
            answer = question()
            if not isinstance(answer, type(otherwise)):
                raise TypeError(f"{what} answered {type(answer).__name__}")
            _refuse_writes()
        except Exception as error:
            self._note_failure(what, plugin, error)
            return otherwise
        self.breaker.timed(plugin, what, time.monotonic() - started)
        return answer

    def _note_failure(self, hook: str, name: str, error: Exception) -> None:
        log.exception("plugin %s failed in hook %s", name, hook)
        self.breaker.failed(name, hook, "".join(traceback.format_exception(error)))
        if current_unit() is None:
            # On PostgreSQL a failed statement spoils the transaction for the rest of the page.
            db.session.rollback()
        if current_app.config.get("SREDA_RAISE_HOOK_ERRORS"):
            raise error

    def call_all(self, hook: str, *, only: str | None = None, **facts: Any) -> list[Answer]:
        """Ask every installed plugin, switched on or off, and let errors through."""
        answers = []
        for impl in getattr(self.hooks.hook, hook).get_hookimpls():
            if only is None or impl.plugin_name == only:
                answer = _checked(hook, impl.function(*[facts[arg] for arg in impl.argnames]))
                answers.append(Answer(impl.plugin_name, answer))
        return answers


@dataclass(frozen=True)
class Answer:
    """What one plugin answered."""

    plugin: str
    value: Any


@dataclass(frozen=True)
class Denial:
    """The answer put in place of a veto that raised: no."""

    plugin: str


_ITEMS: dict[str, type] = {
    "nav_items": NavItem,
    "calendar_items": CalendarItem,
    "export_user_data": DataRecord,
}


def _checked(hook: str, answer: Any) -> Any:
    """The answer in its promised type; raises TypeError for anything else."""
    if hook in _ITEMS:
        return _items(hook, answer)
    if hook in ("page_fragment", "veto"):
        if answer is None:
            return None
        if not isinstance(answer, str) or (
            hook == "page_fragment" and not hasattr(answer, "__html__")
        ):
            raise TypeError(f"{hook} answered {type(answer).__name__}")
    return answer


def _items(hook: str, answer: Iterable[Any] | None) -> list[Any]:
    if isinstance(answer, (str, bytes)):
        raise TypeError(f"{hook} answered {type(answer).__name__}")
    items = list(answer or ())
    for item in items:
        if not isinstance(item, _ITEMS[hook]):
            raise TypeError(f"{hook} yielded {type(item).__name__}")
    return items


def _refuse_writes() -> None:
    session = db.session()
    if "unit" not in session.info and (session.new or session.dirty or session.deleted):
        raise RuntimeError("a contribution left something to be written")


def registry_of(app: Flask) -> Registry:
    """The registry of an application."""
    registry: Registry = app.extensions["sreda-plugins"]
    return registry


def registry() -> Registry:
    """The registry of the application that is serving this request or job."""
    return registry_of(current_app)
