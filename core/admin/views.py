"""Pages of the administration: plugins, people, schools, communities, log, health."""

from __future__ import annotations

from core.admin import alarms, people_views, place_views, plugin_views, site_views
from core.admin.blueprint import admin

# Importing them puts their pages onto the blueprint.
PAGES = (alarms, people_views, place_views, plugin_views, site_views)

__all__ = ["PAGES", "admin"]
