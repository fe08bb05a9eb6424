"""Minutes: the page that remains of a session, and its editing."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.api import (
    Activity,
    Missing,
    attempt,
    current_viewer,
    public,
    signed_in,
    status_of,
)
from plugins.chat import finding, log
from plugins.chat import minutes as protocol
from plugins.chat.finding import Visit
from plugins.chat.forms import MinutesForm, number_of
from plugins.chat.models import Minutes, Session
from plugins.chat.page import clock_words, steps_by_number
from plugins.chat.panel import Panel, panel_of
from plugins.chat.views import back_to, chat
from plugins.chat.words import _

# So many messages stand on one page of minutes; on paper that is some fifty sheets.
PIECE = 1_000


def _minutes(visit: Visit) -> tuple[Session, Minutes]:
    """The minutes, for whoever may read them; raises Missing for others, and before they are."""
    found = protocol.of_session(visit.session.id) if visit.session is not None else None
    if found is None or visit.session is None:
        raise Missing(_("There are no minutes of this session yet."))
    published = found.published_at is not None and found.content.is_visible
    if not published and not visit.leads:
        raise Missing(_("There are no minutes of this session yet."))
    return visit.session, found


@chat.get("/sessions/<int:session>/minutes")
@public
def minutes(activity: Activity, session: Visit) -> ResponseReturnValue:
    """What was talked about and decided, who took part, and what was said; made to be printed."""
    try:
        row, found = _minutes(session)
    except Missing as none_yet:
        flash(str(none_yet), "info")
        return back_to(session)
    piece = max(1, min(request.args.get("page", 1, int), 10_000))
    last = session.room.last_number
    lines = _text(session, piece) if found.with_text else []
    return render_template(
        "chat/minutes.html", activity=activity, visit=session, session=row, minutes=found,
        people=protocol.participants(session.id), hosts=_panel(session).hosts,
        lines=lines, clock_words=clock_words,
        paging={"number": piece, "pages": max(1, -(-last // PIECE)), "url": _address(row)},
    )  # fmt: skip


def _text(visit: Visit, piece: int) -> list[log.Placed]:
    start = (piece - 1) * PIECE + 1
    viewer = current_viewer()
    told = log.everything(visit.id, viewer, start, PIECE)
    return list(
        log.Log(told, visit.room.last_number, 0).placed(viewer, steps_by_number(visit.session))
    )


def _panel(visit: Visit) -> Panel:
    return panel_of(visit.id, current_viewer(), staff=False)


def _address(session: Session) -> Any:
    def url(number: int) -> str:
        return url_for("chat.minutes", session=session.id, page=number if number > 1 else None)

    return url


@chat.route("/sessions/<int:session>/minutes/edit", methods=["GET", "POST"])
@signed_in
def edit_minutes(activity: Activity, session: Visit) -> ResponseReturnValue:
    """Look through the minutes and change them."""
    finding.ensure_leads(session)
    try:
        row, found = _minutes(session)
    except Missing as none_yet:
        flash(str(none_yet), "info")
        return back_to(session)
    form = MinutesForm(
        data={
            "body": found.body,
            "with_text": found.with_text,
            "version": str(found.content.version),
        }
    )

    publishes = bool(request.form.get("publish"))

    def save() -> bool:
        protocol.edit(
            current_viewer(), found, form.body.data, with_text=bool(form.with_text.data),
            seen_version=number_of(form.version.data),
            publish_in=activity if publishes else None,
        )  # fmt: skip
        return True

    if attempt(form, save):
        if publishes:
            flash(_("The minutes are published. Those who took part are told."), "success")
        return redirect(url_for("chat.minutes", session=row.id), 303)
    page = render_template(
        "chat/edit_minutes.html", activity=activity, visit=session, minutes=found, form=form
    )
    return page, status_of(form)


@chat.post("/sessions/<int:session>/minutes/publish")
@signed_in
def publish_minutes(activity: Activity, session: Visit) -> ResponseReturnValue:
    """Let everybody read the minutes, or take them back to be worked on."""
    finding.ensure_leads(session)
    row, found = _minutes(session)
    if request.form.get("on") == "1":
        protocol.publish(current_viewer(), activity, found)
        flash(_("The minutes are published. Those who took part are told."), "success")
    else:
        protocol.retract(current_viewer(), found)
        flash(_("The minutes are a draft again: only those who lead see them."), "success")
    return redirect(url_for("chat.minutes", session=row.id), 303)
