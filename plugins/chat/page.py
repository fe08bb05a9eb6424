"""The page of a room, put together: the talk, what stands beside it, and what is read by it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import render_template, request, url_for
from markupsafe import Markup

from core.api import (
    Face,
    can,
    current_viewer,
    current_zone,
    decide,
    note_seen,
    row_number,
    timestamp,
    utcnow,
)
from plugins.chat import finding, log, rooms, text, voices
from plugins.chat.finding import Visit
from plugins.chat.forms import MessageForm, QuestionForm, pace_choices, pace_in_words
from plugins.chat.models import Session
from plugins.chat.panel import panel_of
from plugins.chat.words import _

# What the page's script makes new messages of.
NOBODY = Face(id=0, surname="", given_name="", patronymic="", photo="", school="")
SAMPLE = log.Line(
    0, None, "", Markup(), NOBODY, datetime.fromtimestamp(0, UTC), None, is_decision=False,
    gone=False, taken_back=False, reason="", reply=None,
)  # fmt: skip


def address(visit: Visit, **values: Any) -> str:
    """The page of a room."""
    if visit.session is None:
        return url_for("chat.home", activity=visit.activity, **values)
    return url_for("chat.session", activity=visit.activity, session=visit.session.id, **values)


def clock_words(moment: datetime) -> str:
    """«15:04», by the clock on the viewer's wall."""
    return f"{moment.astimezone(current_zone()):%H:%M}"


def clock(moment: datetime) -> Markup:
    """The same as an element, with the whole date on hovering."""
    return timestamp(moment, clock_words)


def room_page(visit: Visit, form: MessageForm, **values: Any) -> str:
    """A room. What was shown is read, once the page is made, and never for a prefetch."""
    told = _log(visit)
    html = render_template(
        "chat/room.html" if visit.session is None else "chat/session.html",
        log=told, form=form, answered=_answered(visit, form), **_talk(visit, told),
        **panel_values(visit), **values,
    )  # fmt: skip
    _mark_read(visit, told)
    return html


def _talk(visit: Visit, told: log.Log) -> dict[str, Any]:
    viewer, place = current_viewer(), visit.activity
    refused = decide(viewer, "chat.write", place.community, place)
    return {
        "activity": place, "here": address(visit), "clock": clock,
        "placed": list(told.placed(viewer, steps_by_number(visit.session))),
        "may_write": bool(refused), "refusal": refused.reason,
        "reacts": can(viewer, "contents.react", place.community, place),
        **top_values(visit), "sample": SAMPLE, "after": visit.room.last_entry,
        "unread_before": _unread_before(visit, told),
        "paces": pace_choices(), "quiet_hours": rooms.QUIET_HOURS,
    }  # fmt: skip


def top_values(visit: Visit) -> dict[str, Any]:
    """What stands above the talk: the order of speaking, and why the viewer may have to wait."""
    reason = None if visit.leads else voices.why_silent(visit.mine, visit.room, utcnow())
    return {
        "visit": visit, "silence": reason, "pace": pace_in_words(visit.room.slow_seconds),
        "wait": reason.seconds if isinstance(reason, voices.TooSoon) else 0,
        "place_of": _live_place,
    }  # fmt: skip


def _live_place(visit: Visit) -> Any:
    """What open pages of a room hear of: its session, or the chat."""
    return visit.activity if visit.session is None else visit.session.content


def _log(visit: Visit) -> log.Log:
    """The part of what was said that the address asks for; by default the end of it."""
    viewer, last, read = current_viewer(), visit.room.last_number, visit.read
    before = row_number(request.args.get("before"))
    if before:
        return log.before(visit.id, last, viewer, min(before, last + 1), read=read)
    start = row_number(request.args.get("from"))
    if start:
        return log.since(visit.id, last, viewer, min(start, last), read=read)
    return log.newest(visit.id, last, viewer, read=read, held=bool(visit.room.held))


def steps_by_number(session: Session | None) -> Mapping[int, str]:
    """The steps of the agenda by the number of the first message said in each."""
    agenda = session.agenda if session is not None else []
    return {each["from_number"]: each["title"] for each in agenda if each.get("from_number")}


def _answered(visit: Visit, form: MessageForm) -> log.Line | None:
    """The message that one is about to answer."""
    number = row_number(form.reply_to.data)
    found = finding.message(visit.activity, number) if number else None
    if found is None or found.room_id != visit.id:
        return None
    return log.one(number, current_viewer())


def _unread_before(visit: Visit, told: log.Log) -> int:
    """How much is unread, where it begins above what the page shows."""
    if not visit.read or told.first <= visit.read + 1 or told.has_later:
        return 0
    return visit.room.last_number - visit.read


def panel_values(visit: Visit) -> dict[str, Any]:
    """What stands beside the talk of a session; one query."""
    session, now = visit.session, utcnow()
    if session is None:
        return {}
    ended = visit.room.closes_at is not None and visit.room.closes_at <= now
    over = ended or session.cancelled_at is not None
    return {
        "panel": panel_of(visit.id, current_viewer(), staff=finding.is_staff(visit.activity)),
        "question_form": QuestionForm(formdata=None), "is_over": over,
        "minutes_ready": visit.minutes_at is not None or (session.closed_at and visit.leads),
        "about": text.as_html(session.about, {}), "clock_words": clock_words,
        "next_step": _next_step(session), **_timer(session, now),
    }  # fmt: skip


def _next_step(session: Session) -> int:
    """The step that comes, counted from 1; 0 when there is none."""
    following = 1 if session.step is None else session.step + 2
    return following if following <= len(session.agenda) else 0


def _timer(session: Session, now: datetime) -> dict[str, Any]:
    """When the time of the step that is on is up, and how much of it is left in words."""
    step = session.agenda[session.step] if session.step is not None else {}
    if not step.get("begun_at") or not step.get("minutes"):
        return {"timer": "", "timer_words": ""}
    ends = datetime.fromisoformat(step["begun_at"]) + timedelta(minutes=step["minutes"])
    left = int((ends - now).total_seconds())
    words = f"{abs(left) // 60}:{abs(left) % 60:02}"
    return {
        "timer": ends.isoformat(),
        "timer_words": words if left >= 0 else _("over by %(time)s", time=words),
    }


def _mark_read(visit: Visit, told: log.Log) -> None:
    viewer = current_viewer()
    if not viewer.is_authenticated or request.method != "GET" or "Sec-Purpose" in request.headers:
        return
    note_seen(viewer, {line.id for line in told.lines})
    if told.shown_till > visit.read:
        rooms.mark_read(viewer, visit.id, told.shown_till)
