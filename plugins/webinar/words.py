"""The words of webinars."""

from __future__ import annotations

from core.api import Domain

domain = Domain("webinar")
_ = domain.gettext
_l = domain.lazy
ngettext = domain.ngettext
