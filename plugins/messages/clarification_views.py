"""Asking an author in private, and what comes of it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.api import (
    attempt,
    content_at,
    content_views,
    current_viewer,
    draft_in,
    limit,
    row_number,
    signed_in,
    status_of,
)
from plugins.messages import clarifying
from plugins.messages.clarification_page import clarification_of
from plugins.messages.forms import MessageForm, ModeratorForm
from plugins.messages.models import Message, Thread
from plugins.messages.views import BEGINNING, address, messages
from plugins.messages.words import _


@messages.route("/clarify", methods=["GET", "POST"])
@signed_in
def clarify() -> ResponseReturnValue:
    """Ask the author of a post in private; whoever did already is led there."""
    viewer = current_viewer()
    number = row_number(request.args.get("about"))
    if not number:
        return redirect(url_for("messages.inbox"), 303)
    about = content_at(number)
    thread = clarifying.thread_about(viewer, about.id)
    if thread is not None and request.method == "GET":
        return redirect(url_for("messages.show", thread=thread), 303)
    if not clarifying.may_ask(about):
        flash(_("There is no author to ask here."), "info")
        return redirect(url_for("contents.show", content=about.id), 303)
    place = f"messages.about:{about.id}"
    draft = draft_in(viewer, place) if request.method == "GET" else None
    form = MessageForm(data={"body": draft.body} if draft else None)

    view = content_views({about.id: about.kind}).get(about.id)
    title = str(view.title) if view is not None else ""

    def send() -> Message:
        limit("messages.begun", BEGINNING, str(viewer.id))
        return clarifying.ask_author(viewer, about, title, form.written(place))

    message = attempt(form, send)
    if message is not None:
        return redirect(address(message), 303)
    html = render_template(
        "messages/clarify.html", about=about, view=view, form=form, draft=draft, place=place,
        days=clarifying.days_of(about.community_id),
    )  # fmt: skip
    return html, status_of(form)


@messages.post("/<int:thread>/outcome")
@signed_in
def outcome(thread: Thread) -> ResponseReturnValue:
    """Settle a clarification, take it to the public, or open it again."""
    viewer = current_viewer()
    asked = request.form.get("outcome", "")
    work = {
        "settled": clarifying.settle, "public": clarifying.go_public, "open": clarifying.reopen,
    }.get(asked)  # fmt: skip
    if work is not None:
        work(viewer, thread)
    shown = clarification_of(thread, viewer)
    if asked == "public" and shown is not None and shown.url:
        flash(_("Noted. Here is the public discussion: keep to the matter."), "success")
        return redirect(shown.url, 303)
    return redirect(url_for("messages.show", thread=thread), 303)


@messages.route("/<int:thread>/moderator", methods=["GET", "POST"])
@signed_in
def moderator(thread: Thread) -> ResponseReturnValue:
    """Ask the moderators for help with a clarification."""
    viewer = current_viewer()
    shown = clarification_of(thread, viewer)
    if shown is None or not shown.is_open:
        return redirect(url_for("messages.show", thread=thread), 303)
    form = ModeratorForm()

    def call() -> bool:
        limit("messages.reported", "20/hour", str(viewer.id))
        clarifying.call_moderator(
            viewer, thread, form.reason.data, form.note.data or "", show=bool(form.show.data)
        )
        return True

    if attempt(form, call):
        flash(_("The moderators are told. You will hear from them."), "success")
        return redirect(url_for("messages.show", thread=thread), 303)
    html = render_template("messages/moderator.html", thread=thread, form=form, shown=shown)
    return html, status_of(form)
