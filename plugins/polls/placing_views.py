"""Putting polls onto the pages of contents, and taking them off."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from core.api import (
    Activity,
    Community,
    Content,
    DomainError,
    attempt,
    content_views,
    current_viewer,
    db,
    requires,
    row_number,
    status_of,
)
from plugins.polls import finding, placing
from plugins.polls.capabilities import MANAGE
from plugins.polls.community_views import pages
from plugins.polls.forms import PlaceForm
from plugins.polls.words import _


@pages.route("/place/<int:content>", methods=["GET", "POST"])
@requires(MANAGE)
def place(community: Community, content: Content) -> ResponseReturnValue:
    """Choose the poll that is to stand on the page of a content, or ask a new question there."""
    form = PlaceForm()
    form.poll.choices = [
        SelectChoice(activity.id, activity.title) for activity in placing.placeable(community)
    ]

    def put() -> bool:
        placing.put(current_viewer(), _chosen(community, form.poll.data), finding.seen(content))
        return True

    if attempt(form, put):
        flash(_("The poll stands there now."), "success")
        return redirect(url_for("contents.show", content=content.id), 303)
    view = content_views({finding.seen(content).id: content.kind}).get(content.id)
    html = render_template(
        "polls/place.html", community=community, form=form, content=content, view=view
    )
    return html, status_of(form)


def _chosen(community: Community, number: int) -> Activity:
    activity = db.session.get(Activity, number)
    if activity is None or activity.community_id != community.id or activity.plugin != "polls":
        raise DomainError(_("There is no such poll any more."))
    return activity


@pages.post("/place/<int:content>/remove")
@requires(MANAGE)
def take_off(community: Community, content: Content) -> ResponseReturnValue:
    """Take a poll off a page; the poll itself stays."""
    activity = _chosen(community, row_number(request.form.get("poll")))
    placing.take_off(current_viewer(), activity, content)
    flash(_("The poll stands there no more. It is still among the polls."), "success")
    return redirect(url_for("contents.show", content=content.id), 303)
