"""The inbox, a conversation, and beginning one."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.api import (
    Face,
    Viewer,
    acquaintances,
    acquaintances_named,
    attempt,
    current_viewer,
    draft_in,
    drafts_at,
    limit,
    row_number,
    signed_in,
    status_of,
)
from plugins.messages import operations, queries
from plugins.messages.clarification_page import clarification_of
from plugins.messages.forms import MessageForm, NewForm
from plugins.messages.models import MOST_PEOPLE, Message, Thread
from plugins.messages.queries import Show
from plugins.messages.words import _

messages = Blueprint("messages", __name__)

SENDING, BEGINNING = "60/5 minutes", "30/hour"


def only_looking() -> bool:
    """Whether a browser fetches a page ahead, which nobody has seen yet."""
    return "Sec-Purpose" in request.headers


@messages.get("/")
@signed_in
def inbox() -> ResponseReturnValue:
    """One's conversations, the latest first."""
    viewer = current_viewer()
    asked = request.args.get("show", "")
    show = Show(asked) if asked in set(Show) else Show.ALL
    words = request.args.get("q", "").strip()[:200]
    return render_template(
        "messages/inbox.html", page=queries.inbox(viewer, show, words), show=show, words=words,
        drafts=drafts_at(viewer, "messages.thread:"),
    )  # fmt: skip


def draft_place(thread: Thread) -> str:
    return f"messages.thread:{thread.id}"


@messages.get("/<int:thread>")
@signed_in
def show(thread: Thread) -> ResponseReturnValue:
    """A conversation, and a place to write."""
    viewer = current_viewer()
    draft = draft_in(viewer, draft_place(thread))
    form = MessageForm(formdata=None, data={"body": draft.body} if draft else None)
    html, last = _page(thread, viewer, form, draft)
    if not only_looking():
        _note_read(viewer, thread, last)
    return html


def _page(thread: Thread, viewer: Viewer, form: MessageForm, draft: object) -> tuple[str, int]:
    """The page of a conversation, and the latest message that it shows."""
    at = request.args.get("at", 0, row_number)
    before = at + 1 if at else request.args.get("before", 0, row_number)
    talk = queries.talk(thread, viewer, before)
    people = queries.people_of(thread)
    others = [person for person in people if person.id != viewer.id]
    blocks = queries.blocks_between(viewer, [p.id for p in others] if not thread.is_group else [])
    html = render_template(
        "messages/thread.html", thread=thread, talk=talk, form=form, draft=draft,
        draft_place=draft_place(thread), party=queries.party_of(thread, viewer), people=people,
        others=others, blocks=blocks, step_words=queries.step_words,
        title=queries.name_of(thread.title, others, is_group=thread.is_group),
        readers=queries.readers_of(talk.last_id, people, viewer),
        clarification=clarification_of(thread, viewer),
    )  # fmt: skip
    return html, talk.last_id


def _note_read(viewer: Viewer, thread: Thread, upto: int) -> None:
    new = queries.party_of(thread, viewer).read_id < upto
    if new or any(number <= upto for number in queries.told_in(thread, viewer)):
        operations.mark_read(viewer, thread.id, upto)


@messages.post("/<int:thread>")
@signed_in
def write(thread: Thread) -> ResponseReturnValue:
    """Write in a conversation."""
    viewer = current_viewer()
    form = MessageForm()

    def send() -> Message:
        limit("messages.sent", SENDING, str(viewer.id))
        return operations.send(viewer, thread, form.written(draft_place(thread)))

    message = attempt(form, send)
    if message is not None:
        return redirect(address(message), 303)
    html, _last = _page(thread, viewer, form, None)
    return html, status_of(form)


def address(message: Message) -> str:
    """The page on which somebody sees the message they just wrote."""
    return url_for("messages.show", thread=message.thread_id) + f"#message-{message.id}"


@messages.route("/new", methods=["GET", "POST"])
@signed_in
def new() -> ResponseReturnValue:
    """Choose people, and write to them."""
    viewer = current_viewer()
    chosen = _chosen(viewer)
    place = "messages.new:" + ",".join(str(face.id) for face in chosen)
    draft = draft_in(viewer, place) if request.method == "GET" and chosen else None
    form = NewForm(data={"title": draft.title, "body": draft.body} if draft else None)

    def send() -> Message:
        limit("messages.begun", BEGINNING, str(viewer.id))
        people = [face.id for face in chosen]
        return operations.begin(viewer, people, form.title.data or "", form.written(place))

    message = attempt(form, send) if chosen else None
    if message is not None:
        return redirect(address(message), 303)
    words = request.args.get("q", "").strip()[:100]
    found = acquaintances_named(viewer, words, limit=20) if words else []
    html = render_template(
        "messages/new.html", form=form, chosen=chosen, words=words, draft=draft, place=place,
        found=[face for face in found if face.id not in {one.id for one in chosen}],
    )  # fmt: skip
    return html, status_of(form)


def _chosen(viewer: Viewer) -> Sequence[Face]:
    """The people that the address names, as far as the viewer may write to them."""
    asked = [row_number(raw) for raw in request.args.getlist("to")[: MOST_PEOPLE - 1]]
    wanted = list(dict.fromkeys(n for n in asked if n and n != viewer.id))
    known = acquaintances(viewer, wanted)
    return [known[number] for number in wanted if number in known]


@messages.post("/<int:thread>/arrange")
@signed_in
def arrange(thread: Thread) -> ResponseReturnValue:
    """Star, mute or put away a conversation for oneself; or let it count as unread."""
    viewer = current_viewer()
    what, on = request.form.get("what", ""), request.form.get("on") == "1"
    if what == "unread":
        operations.mark_unread(viewer, thread)
        return redirect(url_for("messages.inbox"), 303)
    if what in ("starred", "muted", "archived"):
        operations.arrange(viewer, thread, **{what: on})
    if what != "archived":
        return redirect(url_for("messages.show", thread=thread), 303)
    _tell_put_away(thread, away=on)
    return redirect(url_for("messages.inbox"), 303)


def _tell_put_away(thread: Thread, *, away: bool) -> None:
    if not away:
        flash(_("The conversation is back in the inbox."), "success")
        return
    back = url_for("messages.back", thread=thread)
    words = _("The conversation is put away. It comes back with the next message.")
    flash({"text": words, "url": back, "label": _("Undo")}, "undo")  # type: ignore[arg-type]


@messages.post("/<int:thread>/back")
@signed_in
def back(thread: Thread) -> ResponseReturnValue:
    """Take a conversation back into the inbox."""
    operations.arrange(current_viewer(), thread, archived=False)
    return redirect(url_for("messages.inbox"), 303)


@messages.post("/at/<int:message>/take-back")
@signed_in
def take_back(message: Message) -> ResponseReturnValue:
    """Take a message of one's own back."""
    operations.take_back(current_viewer(), message)
    flash(_("The message is taken back."), "success")
    return redirect(address(message), 303)
