"""Setting a line up: its theme, the ways to turn to it, its terms and limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from core.api import (
    Activity,
    Actor,
    User,
    db,
    new_content,
    note_revision,
    operation,
    search_again,
)
from plugins.consultations import hours
from plugins.consultations.finding import held_line, line_at
from plugins.consultations.models import Line

LINE = "consultations.line"
# What the form of a line has under the same names as its row.
FIELDS = (
    "by_question", "by_slot", "by_queue", "answer_days", "notice_hours", "cutoff_hours",
    "ahead_days", "most_open", "most_monthly", "needs_evidence",
)  # fmt: skip


@operation
def line_saved(actor: Actor, activity: Activity, form: Any) -> None:
    """Inside the operation in which an activity was made or changed."""
    line = db.session.scalar(select(Line).where(Line.activity_id == activity.id))
    if line is None:
        line = _begun(actor, activity)
    if form is None:
        return
    line = held_line(line.id)
    if line.about and line.about != form.about.data:
        note_revision(actor, line.content, line.about, seen_version=line.content.version)
    line.about = form.about.data
    for name in FIELDS:
        setattr(line, name, form[name].data)
    search_again([line.id])
    hours.renew(actor, line.id)


def _begun(actor: Actor, activity: Activity) -> Line:
    content = new_content(actor, LINE, activity)
    user = db.session.get(User, actor.id) if actor.id is not None else None
    line = Line(
        id=content.id, content=content, activity_id=activity.id, activity=activity,
        zone_name=user.zone_name if user is not None else "",
    )  # fmt: skip
    db.session.add(line)
    db.session.flush()
    return line


def settings_of_line(activity: Activity) -> Mapping[str, Any]:
    """What the form begins with when the settings are opened again."""
    line = line_at(activity)
    return {"about": line.about, **{name: getattr(line, name) for name in FIELDS}}
