"""The page of everything unread, across all communities of the viewer."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from core.api import current_viewer, signed_in
from plugins.forum import queries
from plugins.forum.views import page_number

site = Blueprint("forum_site", __name__)


@site.get("/unread")
@signed_in
def unread() -> ResponseReturnValue:
    """Everything unread, the latest first."""
    link = {"endpoint": "forum_site.unread"}
    page = queries.unread_everywhere(current_viewer(), page_number(), link)
    return render_template("forum/unread.html", page=page, forums=queries.places_of(page.lines))
