"""A plugin that fails or dawdles again and again is left out for a while, and shown.

Each process of a site counts for itself: nothing is written while a page is made.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

# So many troubles within so many seconds switch the contributions off for so long.
TROUBLES = 5
WINDOW = 60.0
PAUSE = 300.0
# A contribution is part of a page; taking longer than this many seconds counts as a trouble.
SLOW = 1.0


@dataclass(frozen=True)
class Trouble:
    """One failure: when (seconds of the monotonic clock), in which hook, and its traceback."""

    at: float
    hook: str
    traceback: str


@dataclass
class Breaker:
    """Counts troubles by plugin, in this process. A running call cannot be stopped from here."""

    clock: Callable[[], float] = time.monotonic
    troubles: dict[str, deque[Trouble]] = field(default_factory=dict)
    open_until: dict[str, float] = field(default_factory=dict)
    untold: list[tuple[str, str]] = field(default_factory=list)

    def is_open(self, plugin: str) -> bool:
        """Whether the plugin is being left out at the moment."""
        return self.open_until.get(plugin, 0.0) > self.clock()

    def failed(self, plugin: str, hook: str, traceback: str) -> None:
        """Count a failure; the last ones are kept for the administrator."""
        kept = self.troubles.setdefault(plugin, deque(maxlen=20))
        kept.append(Trouble(self.clock(), hook, traceback))
        recent = [t for t in kept if t.at > self.clock() - WINDOW]
        if len(recent) >= TROUBLES:
            if not self.is_open(plugin):
                self.untold.append((plugin, hook))
            self.open_until[plugin] = self.clock() + PAUSE

    def timed(self, plugin: str, hook: str, seconds: float) -> None:
        """Count a call that took too long for a page."""
        if seconds > SLOW:
            self.failed(plugin, hook, f"{hook} took {seconds:.1f} s")

    def take_untold(self) -> list[tuple[str, str]]:
        """Plugins that were left out since the last call, each with the hook that failed last."""
        told, self.untold = self.untold, []
        return told

    def reset(self, plugin: str) -> None:
        """Let the plugin speak again at once; the administrator's button."""
        self.open_until.pop(plugin, None)
        self.troubles.pop(plugin, None)
