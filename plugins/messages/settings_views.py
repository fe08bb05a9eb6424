"""How one wants to talk: whom one has blocked, and whether others see what one has read."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.api import (
    Face,
    attempt,
    current_viewer,
    db,
    face_of,
    row_number,
    signed_in,
    status_of,
)
from plugins.messages import operations, preferences, queries
from plugins.messages.forms import PreferenceForm
from plugins.messages.views import messages
from plugins.messages.words import _


@messages.route("/settings", methods=["GET", "POST"])
@signed_in
def settings() -> ResponseReturnValue:
    """Read marks, and the people one has blocked."""
    viewer = current_viewer()
    form = PreferenceForm(data={"shows_reading": queries.shows_reading(viewer)})

    def choose() -> bool:
        preferences.choose(viewer, shows_reading=bool(form.shows_reading.data))
        return True

    if attempt(form, choose):
        flash(_("Your settings are saved."), "success")
        return redirect(url_for("messages.settings"), 303)
    rows = db.session.execute(queries.blocked_by(viewer))
    blocked = [face_of(row, Face) for row in rows]
    return render_template("messages/settings.html", form=form, blocked=blocked), status_of(form)


@messages.post("/block")
@signed_in
def block() -> ResponseReturnValue:
    """Take no more messages from somebody."""
    operations.block(current_viewer(), row_number(request.form.get("person")))
    flash(_("You will get no more messages from this person."), "success")
    return _back()


@messages.post("/unblock")
@signed_in
def unblock() -> ResponseReturnValue:
    """Take messages from somebody again."""
    operations.unblock(current_viewer(), row_number(request.form.get("person")))
    flash(_("This person can write to you again."), "success")
    return _back()


def _back() -> ResponseReturnValue:
    thread = row_number(request.form.get("thread"))
    place = url_for("messages.show", thread=thread) if thread else url_for("messages.settings")
    return redirect(place, 303)
