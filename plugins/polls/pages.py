"""All pages of polls: importing these modules gives the blueprints their routes."""

from core.api import Mount, Scope
from plugins.polls import (
    comparing_views,
    editor_views,
    finding,
    handing_views,
    placing_views,
    run_views,
)
from plugins.polls.community_views import pages
from plugins.polls.site_views import site
from plugins.polls.views import polls

__all__ = [
    "MOUNTS",
    "comparing_views",
    "editor_views",
    "handing_views",
    "placing_views",
    "run_views",
]

ROWS = {
    "section": finding.section, "question": finding.question, "answer": finding.answer,
}  # fmt: skip
MOUNTS = (
    Mount(polls, Scope.ACTIVITY, ROWS),
    Mount(pages, Scope.COMMUNITY, {"content": finding.content}),
    Mount(site, Scope.SITE),
)
