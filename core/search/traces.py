"""What was read of a plugin's contents and activities, to be found by its words."""

from __future__ import annotations

from core.contract.traces import Trace
from core.platform.i18n import core_domain
from core.search.models import SearchDocument

_l = core_domain.lazy

TRACES = (
    Trace(_l("What is found by its words"), SearchDocument, lambda p: SearchDocument.plugin == p),
)
