"""What conversations add to the pages of others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from flask import request, url_for

from core.api import Community, ContentAction, NavItem, Viewer, can
from plugins.messages.operations import TOLD
from plugins.messages.words import _


def unread_item(viewer: Viewer) -> Iterator[NavItem]:
    """The envelope beside the bell; what is unread was counted with the session."""
    yield NavItem(
        _("Messages"), url_for("messages.inbox"), "envelope", "purple",
        badge=viewer.unread_apart.get(TOLD, 0), active=request.endpoint == "messages.inbox",
    )  # fmt: skip


def reports_item(community: Community | None, viewer: Viewer) -> Iterator[NavItem]:
    """For those who moderate a community: what was reported there."""
    if community is not None and can(viewer, "messages.judge", community):
        yield NavItem(
            _("Reported messages"),
            url_for("messages_community.reports_here", community=community), "flag", "orange",
            active=request.endpoint == "messages_community.reports_here",
        )  # fmt: skip


def write_to(people: Collection[int], viewer: Viewer) -> Mapping[int, list[ContentAction]]:
    """Beside everybody but oneself."""
    if not viewer.is_authenticated:
        return {}
    return {
        number: [ContentAction(_("Write"), url_for("messages.new", to=number), "envelope")]
        for number in people
        if number != viewer.id
    }


def ask_in_private(
    authors: Mapping[int, int], community: Community | None, viewer: Viewer
) -> Mapping[int, list[ContentAction]]:
    """Under what others wrote in a community: ask its author in private first."""
    if not viewer.is_authenticated or community is None:
        return {}
    # Said once: a page has fifty of them.
    words, address = _("Clarify in private"), url_for("messages.clarify", about="")
    return {
        number: [ContentAction(words, f"{address}{number}", "chat-left-quote")]
        for number, author in authors.items()
        if author != viewer.id
    }
