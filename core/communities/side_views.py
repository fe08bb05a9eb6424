"""The left column by itself, for open pages that keep it up to date."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from core.access.marks import signed_in
from core.communities.blueprints import communities
from core.communities.models import Community


@communities.get("/c/<community>/side")
@signed_in
def side(community: Community) -> ResponseReturnValue:
    """The menus of a community, with what is unread in each activity."""
    return render_template("communities/side.html")
