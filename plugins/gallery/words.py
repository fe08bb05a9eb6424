"""The gallery's words."""

from __future__ import annotations

from core.api import Domain

domain = Domain("gallery")
_ = domain.gettext
_l = domain.lazy
ngettext = domain.ngettext
