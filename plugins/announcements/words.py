"""The words of this plugin."""

from __future__ import annotations

from core.api import Domain

domain = Domain("announcements")
_ = domain.gettext
_l = domain.lazy
ngettext = domain.ngettext
