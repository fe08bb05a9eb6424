"""The activities of a plugin, and how often they were looked at."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select

from core.activities.models import Activity, DailyCount
from core.contract.traces import Trace
from core.platform.i18n import core_domain

_l = core_domain.lazy


def _counts(plugin: str) -> ColumnElement[bool]:
    return DailyCount.activity_id.in_(select(Activity.id).where(Activity.plugin == plugin))


TRACES = (
    Trace(_l("Counts of visits and downloads"), DailyCount, _counts),
    Trace(_l("Activities"), Activity, lambda plugin: Activity.plugin == plugin),
)
