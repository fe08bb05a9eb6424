"""What chats forbid, and what they do when people come and go."""

from __future__ import annotations

from core.api import SYSTEM, Activity, Event, utcnow
from plugins.chat import notices, rooms
from plugins.chat.words import _

JOINED = "communities.member_joined"
LEFT = frozenset({"communities.member_left", "communities.member_excluded"})
LISTENS = (JOINED, *sorted(LEFT), *notices.LISTENS)


def take(event: Event) -> None:
    """Somebody came or went; or something happened that people are told of."""
    if event.kind not in LEFT and event.kind != JOINED:
        notices.tell(event)
    elif event.community_id is not None and event.subject_id is not None:
        follow = rooms.welcome if event.kind == JOINED else rooms.part
        follow(SYSTEM, event.community_id, event.subject_id)


def forbid(capability: str, activity: Activity | None) -> str | None:
    """Why somebody with the right cannot use it in this chat now."""
    if activity is None or activity.plugin != "chat":
        return None
    ours = capability.startswith("chat.") or capability == "contents.react"
    if ours and activity.state == "archived":
        return _("This chat is in the archive and can only be read.")
    if capability in ("chat.write", "contents.react") and not activity.is_open(utcnow()):
        return _("This chat is not open at present; it can be read.")
    return None
