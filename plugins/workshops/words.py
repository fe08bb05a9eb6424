"""The words of workshops."""

from __future__ import annotations

from core.api import Domain

domain = Domain("workshops")
_ = domain.gettext
_l = domain.lazy
ngettext = domain.ngettext
