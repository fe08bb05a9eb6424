"""The stages of a workshop: which one is on at a moment, and until when.

What is on follows from the dates and the clock alone, whatever jobs do. A master who goes to a
stage by hand overrides the dates, until one of a later stage comes.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from plugins.workshops.words import _l

if TYPE_CHECKING:
    from plugins.workshops.models import Stage


class StageKind(enum.StrEnum):
    """In the order in which a workshop passes through them; each can be left out."""

    ANNOUNCEMENT = "announcement"
    REGISTRATION = "registration"
    DEMONSTRATION = "demonstration"
    PRACTICE = "practice"
    REVIEW = "review"
    FEEDBACK = "feedback"
    REFLECTION = "reflection"
    RESULTS = "results"


ORDER: tuple[StageKind, ...] = tuple(StageKind)
TITLES: Mapping[str, Any] = {
    StageKind.ANNOUNCEMENT: _l("Announcement"),
    StageKind.REGISTRATION: _l("Registration"),
    StageKind.DEMONSTRATION: _l("Demonstration"),
    StageKind.PRACTICE: _l("Practice"),
    StageKind.REVIEW: _l("Mutual review"),
    StageKind.FEEDBACK: _l("The master's feedback"),
    StageKind.REFLECTION: _l("Reflection"),
    StageKind.RESULTS: _l("Results"),
}
# What a participant can pass, and hours are counted for.
PASSABLE = (
    StageKind.DEMONSTRATION, StageKind.PRACTICE, StageKind.REVIEW, StageKind.REFLECTION,
)  # fmt: skip
# The forms of this plugin differ in the stages that they begin with, and in nothing else.
USUAL: Mapping[str, tuple[StageKind, ...]] = {
    "workshop": ORDER,
    "masterclass": (
        StageKind.REGISTRATION, StageKind.DEMONSTRATION, StageKind.PRACTICE, StageKind.FEEDBACK,
        StageKind.REFLECTION, StageKind.RESULTS,
    ),
    "experience": (
        StageKind.ANNOUNCEMENT, StageKind.REGISTRATION, StageKind.DEMONSTRATION,
        StageKind.REFLECTION,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Course:
    """The stages of one workshop in their order, with what a master did by hand."""

    stages: Sequence[Stage]
    by_hand: str = ""
    switched_at: datetime | None = None

    def at(self, now: datetime) -> StageKind | None:
        """The stage that is on at a moment: the first until another begins; None without any."""
        if not self.stages:
            return None
        begun = [kind for kind, moment in self._acting() if moment <= now]
        return begun[-1] if begun else self._hand() or self.stages[0].what

    def until(self, kind: StageKind, now: datetime) -> datetime | None:
        """When a stage ends: a later one begins by its date. None when a master ends it by hand."""
        later = (moment for each, moment in self._acting() if _place(each) > _place(kind))
        return next((moment for moment in later if moment > now), None)

    def date_of(self, stage: Stage) -> datetime | None:
        """When a stage began or is to begin. None where nobody knows: after a switch by hand, the
        dates of what it passed over are not true any more."""
        hand, since, begins = self._hand(), self.switched_at, stage.begins_at
        if hand is None or since is None:
            return begins
        if stage.what == hand:
            return since
        ahead = _place(stage.what) > _place(hand)
        return begins if begins is not None and (begins > since) == ahead else None

    def has(self, kind: StageKind) -> bool:
        return any(s.what == kind for s in self.stages)

    def reached(self, kind: StageKind, now: datetime) -> bool:
        """Whether a stage has begun, or would have, were it not left out."""
        current = self.at(now)
        return current is not None and _place(current) >= _place(kind)

    def is_on(self, kind: StageKind, now: datetime) -> bool:
        return self.at(now) == kind

    def _hand(self) -> StageKind | None:
        return next((s.what for s in self.stages if s.kind == self.by_hand), None)

    def _acting(self) -> Iterator[tuple[StageKind, datetime]]:
        """The dates that still say something, in order: after a switch only later ones."""
        hand, since = self._hand(), self.switched_at
        for stage in self.stages:
            moment = stage.begins_at
            if moment is None:
                continue
            if (
                hand is None
                or since is None
                or (_place(stage.what) > _place(hand) and moment > since)
            ):
                yield stage.what, moment


def _place(kind: StageKind) -> int:
    return ORDER.index(kind)


def in_order(stages: Iterable[Stage]) -> list[Stage]:
    """Stages as a workshop passes through them."""
    return sorted(stages, key=lambda stage: _place(stage.what))
