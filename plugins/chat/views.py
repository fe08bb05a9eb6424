"""Pages of a chat: the standing room, the room of a session, and saying something in them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug import Response

from core.api import (
    Activity,
    Missing,
    Refused,
    attempt,
    calendar_download,
    calendar_file,
    can,
    current_viewer,
    lasting,
    limit,
    public,
    readers_matching,
    requires,
    row_number,
    signed_in,
    status_of,
)
from plugins.chat import dates, finding, log, rooms, speaking, wire
from plugins.chat.finding import Visit
from plugins.chat.forms import MessageForm
from plugins.chat.models import AT_ONCE, Message
from plugins.chat.page import address, panel_values, room_page, top_values
from plugins.chat.words import _
from plugins.chat.writing import Stored

chat = Blueprint("chat", __name__)


def back_to(visit: Visit, anchor: str = "") -> Response:
    """After an action in a room: the room."""
    return redirect(address(visit, _anchor=anchor or None), 303)


@chat.get("/")
@public
def home(activity: Activity) -> ResponseReturnValue:
    """The standing room of a chat, and the sessions that are on in it."""
    standing, live = finding.visits_of(activity)
    finding.refuse_removed(standing)
    return room_page(standing, _empty_form(), on_now=live)


@chat.get("/sessions/<int:session>")
@public
def session(activity: Activity, session: Visit) -> ResponseReturnValue:
    """The room of a session: what it is about, its agenda, questions, and the talk."""
    return room_page(session, _empty_form())


@chat.get("/rooms/<int:room>")
@public
def show_room(activity: Activity, room: Visit) -> ResponseReturnValue:
    """Lead to the page of a room."""
    return redirect(address(room))


def _empty_form() -> MessageForm:
    return MessageForm(formdata=None, data={"reply_to": request.args.get("reply", "")[:12]})


@chat.post("/rooms/<int:room>/messages")
@requires("chat.write")
def say(activity: Activity, room: Visit) -> ResponseReturnValue:
    """Say something. A script is answered with the message as it was stored."""
    form = MessageForm()
    stored = attempt(form, lambda: _say(room, form))
    if request.accept_mimetypes.best == "application/json":
        return _said_to_script(form, stored)
    if stored is None:
        return room_page(room, form), status_of(form)
    if stored.number is None:
        flash(_("Thank you. Your message will appear once a moderator has read it."), "info")
    return back_to(room, f"message-{stored.id}")


def _say(room: Visit, form: MessageForm) -> Stored:
    return speaking.speak(
        room, form.text.data or "", mark=form.submission.data,
        reply_to=row_number(form.reply_to.data), files=form.files.data,
    )  # fmt: skip


def _said_to_script(form: MessageForm, stored: Stored | None) -> ResponseReturnValue:
    if stored is None:
        errors = [*form.form_errors, *(e for field in form for e in field.errors)]
        return jsonify(error=str(errors[0]) if errors else ""), status_of(form)
    line = log.one(stored.id, current_viewer())
    return jsonify(message=wire.message(line) if line is not None else None)


@chat.get("/rooms/<int:room>/messages")
@public
def messages(activity: Activity, room: Visit) -> ResponseReturnValue:
    """Lines for the script: those before a number."""
    viewer, last = current_viewer(), room.room.last_number
    before = row_number(request.args.get("before"))
    if before:
        told = log.before(room.id, last, viewer, min(before, last + 1), read=room.read)
        return jsonify(messages=[wire.message(line) for line in told.lines])
    return jsonify(messages=[])


@chat.get("/rooms/<int:room>/top")
@public
def top(activity: Activity, room: Visit) -> ResponseReturnValue:
    """What stands above the talk of a room, for open pages."""
    may_write = can(current_viewer(), "chat.write", activity.community, activity)
    return render_template("chat/top.html", may_write=may_write, **top_values(room))


@chat.get("/sessions/<int:session>/panel")
@public
def panel(activity: Activity, session: Visit) -> ResponseReturnValue:
    """What stands beside the talk of a session, for open pages."""
    may_write = can(current_viewer(), "chat.write", activity.community, activity)
    return render_template(
        "chat/panel.html", may_write=may_write, visit=session, **panel_values(session)
    )


@chat.post("/rooms/<int:room>/read")
@lasting
@signed_in
def read(activity: Activity, room: Visit) -> ResponseReturnValue:
    """What was said up to a number has been seen; without a number, all of it."""
    asked = row_number(request.form.get("number"))
    number = min(asked, room.room.last_number) if asked else room.room.last_number
    if number > room.read:
        rooms.mark_read(current_viewer(), room.id, number)
    return back_to(room)


@chat.post("/rooms/<int:room>/quiet")
@lasting
@signed_in
def quiet(activity: Activity, room: Visit) -> ResponseReturnValue:
    """Hear nothing of a room for some hours, or hear of it again."""
    hours = row_number(request.form.get("hours"))
    rooms.be_quiet(current_viewer(), room.id, hours)
    words = (
        _("You will hear nothing of this chat for a while.")
        if hours
        else _("You hear of this chat again.")
    )
    flash(words, "success")
    return back_to(room)


@chat.get("/messages/<int:message>")
@public
def message(activity: Activity, message: Message) -> ResponseReturnValue:
    """The stable address of a message: lead to where it stands."""
    visit = finding.room(activity, message.room_id)
    if visit is None:
        raise Missing(_("This message was removed."))
    values: dict[str, Any] = {"_anchor": f"message-{message.id}"}
    if message.number and message.number <= visit.room.last_number - AT_ONCE:
        values["from"] = message.number
    return redirect(address(visit, **values))


@chat.get("/people")
@requires("chat.write")
def people(activity: Activity) -> ResponseReturnValue:
    """People to mention: those who can read what is written here."""
    limit("chat.people", "120/minute", str(current_viewer().id))
    found = readers_matching(activity.community, request.args.get("q", "")[:60])
    return [
        {"id": face.id, "name": face.name, "school": face.school, "url": face.url} for face in found
    ]


@chat.get("/sessions/<int:session>/date.ics")
@public
def session_date(activity: Activity, session: Visit) -> ResponseReturnValue:
    """A session, to be noted in one's own calendar."""
    item = dates.date_of(session, current_viewer())
    if item is None:
        raise Refused(_("This session has no date."))
    return calendar_download(calendar_file([item]), f"{item.key}.ics")
