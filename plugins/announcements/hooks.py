"""What announcements add to the pages of others."""

from __future__ import annotations

from collections.abc import Iterator

from flask import render_template, request, url_for
from markupsafe import Markup

from core.api import Community, NavItem, Viewer
from plugins.announcements import queries
from plugins.announcements.words import _


def entry(community: Community | None, viewer: Viewer) -> Iterator[NavItem]:
    """The way to the announcements of a community."""
    if community is not None and queries.looks_in(viewer, community):
        yield NavItem(
            _("Announcements"), url_for("announcements_here.home", community=community),
            "megaphone", "yellow", active=request.endpoint == "announcements_here.home",
        )  # fmt: skip


def piece(slot: str, community: Community | None, viewer: Viewer) -> Markup | None:
    """What is pinned to the home of a community; what one has still to acknowledge on one's day."""
    if slot == "community.top" and community is not None and queries.looks_in(viewer, community):
        lines = queries.pinned_in(community, viewer)
        template = "announcements/pinned.html"
    elif slot == "my_day.main" and viewer.is_authenticated:
        lines = queries.waiting_for(viewer)
        template = "announcements/waiting.html"
    else:
        return None
    if not lines:
        return None
    return Markup(render_template(template, lines=lines))  # noqa: S704  # our own, which escapes
