"""Who took part, as a table for Excel: places, works, stages passed, hours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.api import timestamp
from plugins.workshops.models import Work, WorkState
from plugins.workshops.queries import STATES, Guest, passed_by
from plugins.workshops.stages import PASSABLE, TITLES, Course, StageKind
from plugins.workshops.words import _


def people_table(people: Sequence[Guest], course: Course) -> Iterator[Sequence[str | int]]:
    """A line for each person."""
    stages = [kind for kind in PASSABLE if course.has(kind)]
    passed = passed_by([person.place.id for person in people])
    yield (
        _("Name"), _("School"), _("Place"), _("Work"), *(str(TITLES[kind]) for kind in stages),
        _("Hours in all"), _("Completed"),
    )  # fmt: skip
    for person in people:
        done = passed.get(person.place.id, {})
        completed = done.get(StageKind.RESULTS)
        yield (
            person.name, person.school, str(STATES[person.place.state]), _handed_in(person.work),
            *(done[kind].hours if kind in done else "" for kind in stages),
            sum(row.hours for row in done.values()),
            timestamp(completed.passed_at).striptags() if completed else "",
        )  # fmt: skip


def _handed_in(work: Work | None) -> str:
    if work is None or work.state == WorkState.DRAFT or work.handed_in_at is None:
        return ""
    return timestamp(work.handed_in_at).striptags()
