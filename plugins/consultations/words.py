"""The words of consultations."""

from __future__ import annotations

from core.api import Domain

domain = Domain("consultations")
_ = domain.gettext
_l = domain.lazy
ngettext = domain.ngettext
