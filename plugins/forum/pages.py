"""All pages of the forum: importing these modules gives the blueprints their routes."""

from core.api import Mount, Scope
from plugins.forum import agenda_views, feeds, finding, moderation_views, queries, sections_views
from plugins.forum.site_views import site
from plugins.forum.views import forum

__all__ = ["MOUNTS", "agenda_views", "feeds", "moderation_views", "sections_views"]

ROWS = {
    "topic": finding.topic, "post": finding.post, "problem": finding.problem,
    "section": queries.section_in,
}  # fmt: skip
MOUNTS = (Mount(forum, Scope.ACTIVITY, ROWS), Mount(site, Scope.SITE))
