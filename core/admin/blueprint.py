"""The blueprint of the administration; all its pages are for administrators of the site."""

from __future__ import annotations

from flask import Blueprint

from core.platform.i18n import core_domain

_l = core_domain.lazy

admin = Blueprint("admin", __name__, url_prefix="/admin")

# The pages side by side, in the order of their use.
TABS = (
    ("admin.plugins", _l("Plugins")),
    ("admin.people", _l("People")),
    ("admin.schools", _l("Schools")),
    ("admin.communities", _l("Communities")),
    ("admin.log", _l("Log")),
    ("admin.condition", _l("Health")),
)


@admin.context_processor
def _tabs() -> dict[str, object]:
    return {"admin_tabs": TABS}
