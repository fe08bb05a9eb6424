"""The page with what one saved, and the button."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.api import content_at, current_viewer, limit, signed_in
from sreda_bookmarks import operations, queries
from sreda_bookmarks.words import _

pages = Blueprint("bookmarks", __name__)


@pages.get("/")
@signed_in
def saved() -> str:
    """What the viewer saved."""
    return render_template("bookmarks/saved.html", saved=queries.saved_by(current_viewer()))


@pages.post("/<int:content>")
@signed_in
def turn(content: int) -> ResponseReturnValue:
    """Save something, or let it go."""
    viewer = current_viewer()
    limit("bookmarks", "120/minute", str(viewer.id))
    is_saved = operations.turn(viewer, content_at(content))
    flash(_("It is among your bookmarks.") if is_saved else _("The bookmark is gone."), "success")
    if request.form.get("list"):
        return redirect(url_for("bookmarks.saved"), 303)
    return redirect(url_for("contents.show", content=content), 303)
