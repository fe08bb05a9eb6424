"""What the log holds of a plugin: what it recorded, what happened in it, how far it read."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select

from core.contract.traces import Trace, begins_with
from core.events.models import EventCursor, EventRow, EventSetAside
from core.platform.db import Base
from core.platform.i18n import core_domain

_l = core_domain.lazy


def _events(plugin: str) -> ColumnElement[bool]:
    activities, contents = (Base.metadata.tables[name] for name in ("activities", "contents"))
    own = select(activities.c.id).where(activities.c.plugin == plugin)
    written = select(contents.c.id).where(
        or_(begins_with(contents.c.kind, f"{plugin}."), contents.c.activity_id.in_(own))
    )
    return or_(
        begins_with(EventRow.kind, f"{plugin}."),
        EventRow.activity_id.in_(own),
        EventRow.content_id.in_(written),
    )


def _set_aside(plugin: str) -> ColumnElement[bool]:
    theirs = select(EventRow.id).where(_events(plugin))
    return or_(EventSetAside.reader == plugin, EventSetAside.event_id.in_(theirs))


TRACES = (
    Trace(_l("Events set aside"), EventSetAside, _set_aside),
    Trace(_l("Events"), EventRow, _events),
    Trace(_l("Places in the log"), EventCursor, lambda plugin: EventCursor.reader == plugin),
)
