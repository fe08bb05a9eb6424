"""All pages of this plugin: importing these modules gives the blueprints their routes."""

from core.api import Mount, Scope
from plugins.messages import (
    clarification_views,
    group_views,
    queries,
    report_queries,
    report_views,
    settings_views,
)
from plugins.messages.views import messages

__all__ = ["MOUNTS", "clarification_views", "group_views", "settings_views"]

ROWS = {
    "thread": queries.thread_at, "message": queries.message_at, "report": report_queries.report_at,
}  # fmt: skip
MOUNTS = (Mount(messages, Scope.SITE, ROWS), Mount(report_views.community_pages, Scope.COMMUNITY))
