"""All pages of chats: importing these modules gives the blueprint its routes."""

from core.api import Mount, Scope
from plugins.chat import finding, message_views, minutes_views, session_views
from plugins.chat.views import chat

__all__ = ["MOUNTS", "message_views", "minutes_views", "session_views"]

ROWS = {
    "room": finding.room, "session": finding.session, "message": finding.message,
    "question": finding.question,
}  # fmt: skip
MOUNTS = (Mount(chat, Scope.ACTIVITY, ROWS),)
