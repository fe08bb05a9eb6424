"""Who took part, as a table for Excel: places, works, stages passed, hours."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from core.api import timestamp
from plugins.workshops.models import Work, WorkState
from plugins.workshops.queries import STATES, Guest, passed_by
from plugins.workshops.stages import PASSABLE, TITLES, Course, StageKind
from plugins.workshops.words import _

# Programs for tables take what begins so for a formula.
FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def people_as_csv(people: Sequence[Guest], course: Course) -> bytes:
    """As Excel opens it in Russia: semicolons, and a mark of the encoding."""
    out = io.StringIO()
    lines = csv.writer(out, delimiter=";", lineterminator="\r\n")
    stages = [kind for kind in PASSABLE if course.has(kind)]
    passed = passed_by([person.place.id for person in people])
    lines.writerow(
        [_("Name"), _("School"), _("Place"), _("Work"), *(str(TITLES[kind]) for kind in stages),
         _("Hours in all"), _("Completed")]
    )  # fmt: skip
    for person in people:
        done = passed.get(person.place.id, {})
        hours = [str(done[kind].hours) if kind in done else "" for kind in stages]
        completed = done.get(StageKind.RESULTS)
        lines.writerow(
            [
                _safe(person.name), _safe(person.school), str(STATES[person.place.state]),
                _handed_in(person.work), *hours, str(sum(row.hours for row in done.values())),
                timestamp(completed.passed_at).striptags() if completed else "",
            ]
        )  # fmt: skip
    return out.getvalue().encode("utf-8-sig")


def _handed_in(work: Work | None) -> str:
    if work is None or work.state == WorkState.DRAFT or work.handed_in_at is None:
        return ""
    return timestamp(work.handed_in_at).striptags()


def _safe(words: str) -> str:
    return f"'{words}" if words.startswith(FORMULAS) else words
