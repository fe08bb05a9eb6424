"""The chat's words."""

from __future__ import annotations

from core.api import Domain

domain = Domain("chat")
_ = domain.gettext
_l = domain.lazy
ngettext = domain.ngettext
