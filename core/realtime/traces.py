"""What the streams hold of a plugin."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select

from core.contract.traces import Trace, begins_with
from core.platform.i18n import core_domain
from core.realtime.models import StreamEntry, StreamRow

_l = core_domain.lazy


def _streams(plugin: str) -> ColumnElement[bool]:
    return begins_with(StreamRow.address, f"{plugin}.")


def _entries(plugin: str) -> ColumnElement[bool]:
    return StreamEntry.stream_id.in_(select(StreamRow.id).where(_streams(plugin)))


TRACES = (
    Trace(_l("Entries of streams"), StreamEntry, _entries),
    Trace(_l("Streams"), StreamRow, _streams),
)
