"""All pages of this room; they hang on two blueprints."""

from core.communities import (
    admission_views,
    catalogue_views,
    charter_views,
    people_views,
    plugin_settings_views,
    request_views,
    role_views,
    settings_views,
    side_views,
    state_views,
)
from core.communities.blueprints import communities, site

__all__ = [
    "admission_views",
    "catalogue_views",
    "charter_views",
    "communities",
    "people_views",
    "plugin_settings_views",
    "request_views",
    "role_views",
    "settings_views",
    "side_views",
    "site",
    "state_views",
]
