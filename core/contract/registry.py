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
from gevent import GreenletExit, Timeout

from core.contract.answers import BY_HOOK, anything
from core.contract.breaker import Breaker
from core.contract.contributed import contributed
from core.contract.manifest import (
    ActivityType,
    Capability,
    ContentType,
    Job,
    Periodic,
    Plugin,
    RoleTemplate,
)
from core.contract.notices import NoticeKind
from core.platform.contribution import no_contribution
from core.platform.current import current_application
from core.platform.db import current_unit, db

if TYPE_CHECKING:
    from core.contract.manifest import Text

log = logging.getLogger("sreda.plugins")

T = TypeVar("T")
U = TypeVar("U")

# Not a plugin's to catch or to raise: somebody ends the whole process, or this request.
PASSING = (KeyboardInterrupt, GreenletExit)
# What no ``except Exception`` stops, and what a plugin may well raise without meaning so much.
ENDING = (SystemExit, GeneratorExit, Timeout)


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
    roles_of_core: frozenset[str] = frozenset()
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

    def apart_kinds(self) -> frozenset[str]:
        """Kinds of notices that do not stand behind the bell."""
        return self.kept(
            "apart", lambda: frozenset(n for n, kind in self.notice_kinds().items() if kind.apart)
        )

    def silent_in(self, slot: str) -> frozenset[str]:
        """The plugins that have pieces for other slots than this one."""
        return self.kept(
            f"slot {slot}",
            lambda: frozenset(m.name for m in self.manifests() if m.slots and slot not in m.slots),
        )

    def of_activities(self, hook: str) -> frozenset[str]:
        """The plugins that answer a hook only where activities of theirs stand."""
        return self.kept(
            f"only {hook}",
            lambda: frozenset(m.name for m in self.manifests() if hook in m.of_activities),
        )

    def ask(
        self,
        hook: str,
        *,
        community_id: int | None = None,
        without: frozenset[str] = frozenset(),
        **facts: Any,
    ) -> list[Answer]:
        """Collect contributions of the plugins that are on here, ``without`` some of them.

        A plugin that raises, answers with the wrong type, does what only operations may or takes
        too much is left out, logged and counted; under test its error is raised again.
        """
        impls = getattr(self.hooks.hook, hook).get_hookimpls()
        if not impls:
            return []
        enabled = self.enabled_in(community_id) - without
        return self._answers(hook, ((i, facts) for i in impls if i.plugin_name in enabled))

    def ask_about(
        self,
        hook: str,
        communities: Sequence[Any],
        concerns: Callable[[str, int], bool] = lambda plugin, community_id: True,
        **facts: Any,
    ) -> list[Answer]:
        """The same about many communities at once: each plugin hears of those that have it on, and
        that concern it."""
        questions = []
        for impl in getattr(self.hooks.hook, hook).get_hookimpls():
            name = impl.plugin_name
            places = [
                c for c in communities if name in self.enabled_in(c.id) and concerns(name, c.id)
            ]
            if places:
                questions.append((impl, facts | {"communities": places}))
        return self._answers(hook, questions)

    def _answers(self, hook: str, questions: Iterable[tuple[Any, dict[str, Any]]]) -> list[Answer]:
        answers: list[Answer] = []
        for impl, facts in questions:
            if not self.breaker.is_open(impl.plugin_name):
                otherwise = Denial(impl.plugin_name) if hook == "veto" else None
                question = _call(hook, impl, facts)
                answer = self._carefully(impl.plugin_name, hook, question, otherwise)
                if answer is not None:
                    answers.append(Answer(impl.plugin_name, answer))
        return answers

    def consult(
        self, plugin: str, what: str, question: Callable[[], Any], settle: Callable[[Any], T],
        otherwise: U,
    ) -> T | U:  # fmt: skip
        """Call what a manifest offers for pages with the care that a hook gets.

        ``settle`` looks at the answer (see :mod:`core.contract.answers`); ``otherwise`` stands in
        for that of a plugin that fails or is left out for now.
        """
        if self.breaker.is_open(plugin):
            return otherwise
        answer: T | U = self._carefully(plugin, what, lambda: settle(question()), otherwise)
        return answer

    def _carefully(
        self, plugin: str, what: str, question: Callable[[], Any], otherwise: Any
    ) -> Any:
        started = time.monotonic()
        try:
            answer = contributed(question)
        except PASSING:
            raise
        except BaseException as error:
            self._note_failure(what, plugin, error)
            return otherwise
        self.breaker.timed(plugin, what, time.monotonic() - started)
        return answer

    def _note_failure(self, hook: str, name: str, error: BaseException) -> None:
        log.error("plugin %s failed in hook %s", name, hook, exc_info=error)
        self.breaker.failed(name, hook, "".join(traceback.format_exception(error)))
        if current_unit() is None:
            # On PostgreSQL a failed statement spoils the transaction for the rest of the page.
            with no_contribution():
                db.session.rollback()
        if current_app.config.get("SREDA_RAISE_HOOK_ERRORS"):
            raise error

    def call_all(self, hook: str, *, only: str | None = None, **facts: Any) -> list[Answer]:
        """Ask every installed plugin, switched on or off, and let errors through."""
        return [
            Answer(impl.plugin_name, tamed(_call(hook, impl, facts)))
            for impl in getattr(self.hooks.hook, hook).get_hookimpls()
            if only is None or impl.plugin_name == only
        ]


@dataclass(frozen=True)
class Answer:
    """What one plugin answered."""

    plugin: str
    value: Any


@dataclass(frozen=True)
class Denial:
    """The answer put in place of a veto that raised: no."""

    plugin: str


def tamed(work: Callable[[], T]) -> T:
    """Let a plugin work; what it raises to end the process is an error like any other."""
    try:
        return work()
    except ENDING as error:
        raise RuntimeError(f"a plugin raised {type(error).__name__}") from error


def _call(hook: str, impl: Any, facts: dict[str, Any]) -> Callable[[], Any]:
    """The question to one plugin; its answer is looked at as part of it."""
    settle = BY_HOOK.get(hook, anything)

    def question() -> Any:
        answer = impl.function(*[facts[arg] for arg in impl.argnames])
        return settle(answer)

    return question


def ask(hook: str, community: Any = None, **facts: Any) -> list[Answer]:
    """Ask all plugins that are on here a hook that some plugin published (``Plugin(hooks=…)``).

    With the same care as core's own hooks. Raises LookupError for a hook that nobody published.
    """
    known = registry()
    if not any(hook == each.__name__ for m in known.manifests() for each in m.hooks):
        raise LookupError(f"no plugin published the hook {hook!r}")
    return known.ask(hook, community_id=community.id if community else None, **facts)


def registry_of(app: Flask) -> Registry:
    """The registry of an application."""
    registry: Registry = app.extensions["sreda-plugins"]
    return registry


def registry() -> Registry:
    """The registry of the application that is serving this request or job."""
    return registry_of(current_application())
