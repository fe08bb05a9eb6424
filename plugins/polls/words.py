"""The words of polls."""

from __future__ import annotations

from core.api import Domain

domain = Domain("polls")
_ = domain.gettext
_l = domain.lazy
ngettext = domain.ngettext
