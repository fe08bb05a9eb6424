"""The people of a group: who is in it, adding, renaming, leaving."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.api import (
    acquaintances,
    acquaintances_named,
    attempt,
    current_viewer,
    limit,
    row_number,
    signed_in,
    status_of,
)
from plugins.messages import operations, queries
from plugins.messages.forms import TitleForm
from plugins.messages.models import Thread
from plugins.messages.views import messages
from plugins.messages.words import _


@messages.route("/<int:thread>/people", methods=["GET", "POST"])
@signed_in
def people(thread: Thread) -> ResponseReturnValue:
    """Who is in a conversation; a group gets its name here."""
    viewer = current_viewer()
    form = TitleForm(data={"title": thread.title})

    def rename() -> bool:
        operations.rename(viewer, thread, form.title.data or "")
        return True

    if attempt(form, rename):
        flash(_("The name of the group is changed."), "success")
        return redirect(url_for("messages.people", thread=thread), 303)
    members = queries.people_of(thread)
    words = request.args.get("q", "").strip()[:100]
    found = acquaintances_named(viewer, words, limit=20) if words and thread.is_group else []
    there = {member.id for member in members}
    others = [member for member in members if member.id != viewer.id]
    html = render_template(
        "messages/people.html", thread=thread, form=form, members=members, words=words,
        found=[face for face in found if face.id not in there],
        title=queries.name_of(thread.title, others, is_group=thread.is_group),
    )  # fmt: skip
    return html, status_of(form)


@messages.post("/<int:thread>/add")
@signed_in
def add(thread: Thread) -> ResponseReturnValue:
    """Take somebody into a group."""
    viewer = current_viewer()
    limit("messages.begun", "60/hour", str(viewer.id))
    known = acquaintances(viewer, [row_number(request.form.get("person"))])
    for face in known.values():
        operations.add(viewer, thread, [face.id])
        flash(_("In the group now: %(name)s.", name=face.name), "success")
    return redirect(url_for("messages.people", thread=thread), 303)


@messages.post("/<int:thread>/leave")
@signed_in
def leave(thread: Thread) -> ResponseReturnValue:
    """Leave a group."""
    operations.leave(current_viewer(), thread)
    flash(_("You have left the group."), "success")
    return redirect(url_for("messages.inbox"), 303)
