"""All pages of the forum: importing these modules gives the blueprints their routes."""

from plugins.forum import agenda_views, moderation_views, sections_views
from plugins.forum.site_views import site
from plugins.forum.views import forum

__all__ = ["agenda_views", "forum", "moderation_views", "sections_views", "site"]
