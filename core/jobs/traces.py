"""The work of a plugin that waits, or that was given up."""

from __future__ import annotations

from core.contract.traces import Trace, begins_with
from core.jobs.models import JobRow
from core.platform.i18n import core_domain

_l = core_domain.lazy

TRACES = (Trace(_l("Jobs"), JobRow, lambda plugin: begins_with(JobRow.name, f"{plugin}.")),)
