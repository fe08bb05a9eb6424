"""The words of this plugin."""

from core.api import Domain

DOMAIN = Domain("bookmarks")
_, _l = DOMAIN.gettext, DOMAIN.lazy
