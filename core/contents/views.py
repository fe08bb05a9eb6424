"""Pages of the room, gathered: importing this module puts them all on the blueprint."""

from __future__ import annotations

from core.contents import comment_views, draft_views, moderation_views, show_views
from core.contents.blueprint import contents

__all__ = ("comment_views", "contents", "draft_views", "moderation_views", "show_views")
