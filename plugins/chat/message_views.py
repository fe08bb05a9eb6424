"""What one does to a message: answer, change, take back, sign, pin, decide; and to its author."""

from __future__ import annotations

from typing import Any

from flask import flash, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.api import (
    Activity,
    Content,
    Missing,
    actions_under,
    attempt,
    can,
    current_viewer,
    limit,
    requires,
    signed_in,
    status_of,
)
from plugins.chat import finding, log, messages, rooms, text, wire, writing
from plugins.chat.finding import Visit
from plugins.chat.forms import ChangeForm, RestrainForm, number_of
from plugins.chat.models import Message
from plugins.chat.page import address
from plugins.chat.views import back_to, chat
from plugins.chat.words import _

CHANGING = "60/5 minutes"
SIGNING = "120/minute"


def _visit(activity: Activity, message: Message) -> Visit:
    visit = finding.room(activity, message.room_id)
    if visit is None:
        raise Missing(_("This message was removed."))
    return visit


def _done(activity: Activity, message: Message) -> ResponseReturnValue:
    """Back to where the message stands; a script gets the message as it is now."""
    if request.accept_mimetypes.best == "application/json":
        line = log.one(message.id, current_viewer())
        return jsonify(message=wire.message(line) if line is not None else None)
    return back_to(_visit(activity, message), f"message-{message.id}")


@chat.get("/messages/<int:message>/menu")
@signed_in
def message_menu(activity: Activity, message: Message) -> ResponseReturnValue:
    """What can be done with a message: a page, or the menu that a script opens."""
    visit, viewer = _visit(activity, message), current_viewer()
    values: dict[str, Any] = {
        "activity": activity, "visit": visit, "message": message,
        "line": log.one(message.id, viewer), "own": message.content.author_id == viewer.id,
        "may_change": messages.why_not_change(viewer, activity, message) is None,
        "actions": actions_under({message.id: writing.MESSAGE}, viewer).get(message.id, ()),
        "author_leads": _author_leads(visit, message.content),
        "room_address": address(visit),
    }  # fmt: skip
    part = "HX-Request" in request.headers
    return render_template("chat/_menu.html" if part else "chat/menu.html", **values)


def _author_leads(visit: Visit, content: Content) -> bool:
    """Those who lead here are not silenced by one another."""
    author = content.author
    if author is None or author.id == current_viewer().id:
        return True
    return can(author, "chat.moderate", visit.activity.community)


@chat.route("/messages/<int:message>/change", methods=["GET", "POST"])
@requires("chat.write")
def change(activity: Activity, message: Message) -> ResponseReturnValue:
    """Mend a message; for ten minutes."""
    viewer = current_viewer()
    opened = request.method == "GET"
    refused = messages.why_not_change(viewer, activity, message) if opened else None
    if refused is not None:
        flash(str(refused), "warning")
        return back_to(_visit(activity, message), f"message-{message.id}")
    words = text.in_words(message.text, message.mentions)
    form = ChangeForm(data={"text": words, "version": str(message.content.version)})

    def save() -> bool:
        limit("chat.changes", CHANGING, str(viewer.id))
        written = text.with_mentions(text.checked(form.text.data or ""), activity.community)
        seen = number_of(form.version.data)
        messages.change(viewer, activity, message, written, seen_version=seen)
        return True

    if attempt(form, save):
        return _done(activity, message)
    page = render_template("chat/change.html", activity=activity, message=message, form=form)
    return page, status_of(form)


@chat.post("/messages/<int:message>/take-back")
@signed_in
def take_back(activity: Activity, message: Message) -> ResponseReturnValue:
    """Take out of sight what one said; it can be brought back."""
    messages.take_back(current_viewer(), activity, message)
    url = url_for("chat.bring_back", activity=activity, message=message)
    undo: Any = {"text": _("The message is taken back."), "url": url, "label": _("Undo")}
    if request.accept_mimetypes.best != "application/json":
        flash(undo, "undo")
    return _done(activity, message)


@chat.post("/messages/<int:message>/bring-back")
@signed_in
def bring_back(activity: Activity, message: Message) -> ResponseReturnValue:
    """Undo having taken a message back."""
    messages.bring_back(current_viewer(), activity, message)
    return _done(activity, message)


@chat.post("/messages/<int:message>/sign")
@requires("contents.react")
def sign(activity: Activity, message: Message) -> ResponseReturnValue:
    """Put a sign under a message, or take it off."""
    viewer = current_viewer()
    limit("reactions", SIGNING, str(viewer.id))
    messages.sign(viewer, activity, message, request.form.get("sign", ""))
    return _done(activity, message)


@chat.post("/messages/<int:message>/pin")
@signed_in
def pin(activity: Activity, message: Message) -> ResponseReturnValue:
    """Keep a message at the top of its room, or take it down."""
    finding.ensure_leads(_visit(activity, message))
    messages.pin(current_viewer(), activity, message, request.form.get("on") == "1")
    return _done(activity, message)


@chat.post("/messages/<int:message>/decide")
@signed_in
def decide_message(activity: Activity, message: Message) -> ResponseReturnValue:
    """Mark a message as what was decided, or take the mark off."""
    finding.ensure_leads(_visit(activity, message))
    messages.decide(current_viewer(), activity, message, request.form.get("on") == "1")
    return _done(activity, message)


@chat.route("/messages/<int:message>/restrain", methods=["GET", "POST"])
@signed_in
def restrain(activity: Activity, message: Message) -> ResponseReturnValue:
    """Silence or remove the author of a message, with a reason."""
    visit, author = _visit(activity, message), message.content.author
    finding.ensure_leads(visit)
    if author is None or not author.name:
        raise Missing(_("Nobody knows any more who wrote this."))
    form = RestrainForm()

    def do() -> bool:
        reason, term = form.reason.data, form.term
        rooms.restrain(current_viewer(), activity, visit.id, author.id, reason, term)
        return True

    if attempt(form, do):
        flash(_("Done. The person reads the reason."), "success")
        return back_to(visit)
    page = render_template(
        "chat/restrain.html", activity=activity, visit=visit, message=message, person=author,
        line=log.one(message.id, current_viewer()), form=form,
    )  # fmt: skip
    return page, status_of(form)
