"""The forum's words, and what a locked place says."""

from __future__ import annotations

from core.api import Domain

domain = Domain("forum")
_ = domain.gettext
_l = domain.lazy
ngettext = domain.ngettext
