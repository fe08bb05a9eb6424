"""Pages of live hours and private rooms."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core.api import (
    Activity,
    attempt,
    current_viewer,
    current_zone,
    from_text,
    limit,
    note_seen,
    public,
    requires,
    signed_in,
    status_of,
    utcnow,
)
from plugins.consultations import (
    asking,
    booking,
    finding,
    hours,
    queries,
    queueing,
    rooms,
    talk,
    timetable,
)
from plugins.consultations.finding import ensure_talks, line_at
from plugins.consultations.forms import EndingForm, RatingForm, SayForm, TicketForm
from plugins.consultations.meeting_models import BookingState, Room
from plugins.consultations.pages import consultations
from plugins.consultations.streams import ROOMS
from plugins.consultations.words import _

SAYING = "60/minute"
AN_HOUR = 60


@consultations.get("/live")
@public
def live(activity: Activity) -> ResponseReturnValue:
    """Live hours: who is there, one's place in the queue and the wait."""
    return _live_page(activity, TicketForm(formdata=None), "consultations/live.html")


@consultations.get("/live/queue")
@public
def live_queue(activity: Activity) -> ResponseReturnValue:
    """The queue alone, for pages that are open."""
    return _live_page(activity, TicketForm(formdata=None), "consultations/_queue.html")


def _live_page(
    activity: Activity, form: TicketForm, template: str, status: int = 200
) -> ResponseReturnValue:
    viewer, line = current_viewer(), line_at(activity)
    in_team, queue = finding.consults(viewer, line.id), queueing.queue_of(line, viewer)
    mine = in_team and any(slot.consultant_id == viewer.id for slot in queue.on)
    html = render_template(
        template, activity=activity, line=line, form=form, in_team=in_team, mine=mine,
        now=utcnow(), queue=queue, coming=timetable.live_ahead(line, 5),
        waiting=queueing.waiting_in(line) if in_team else (),
    )  # fmt: skip
    return html, status


@consultations.post("/live/join")
@requires("consultations.ask")
def join_queue(activity: Activity) -> ResponseReturnValue:
    """Get into the queue."""
    form, line = TicketForm(), line_at(activity)
    if attempt(form, lambda: queueing.join(current_viewer(), line, form.note.data or "")) is None:
        return _live_page(activity, form, "consultations/live.html", status_of(form))
    flash(_("You are in the queue. Keep this page open: it says when it is your turn."), "success")
    return redirect(url_for(".live"), 303)


@consultations.post("/live/leave")
@signed_in
def leave_queue(activity: Activity) -> ResponseReturnValue:
    """Get out of the queue."""
    queueing.leave(current_viewer(), line_at(activity))
    flash(_("You have left the queue."), "info")
    return redirect(url_for(".live"), 303)


@consultations.post("/live/open")
@signed_in
def open_queue(activity: Activity) -> ResponseReturnValue:
    """Take people from the queue for an hour from now."""
    line = line_at(activity)
    finding.ensure_consults(activity, line)
    hours.open_queue(current_viewer(), line, AN_HOUR)
    flash(_("The queue is open for an hour."), "success")
    return redirect(url_for(".live"), 303)


@consultations.post("/live/close")
@signed_in
def close_queue(activity: Activity) -> ResponseReturnValue:
    """End one's own live hours now."""
    line = line_at(activity)
    finding.ensure_consults(activity, line)
    hours.close_queue(current_viewer(), line)
    flash(_("Your live hours are over. Whoever still waits can be called or answered."), "info")
    return redirect(url_for(".live"), 303)


@consultations.post("/live/next")
@signed_in
def call_next(activity: Activity) -> ResponseReturnValue:
    """Take the next from the queue."""
    line = line_at(activity)
    finding.ensure_consults(activity, line)
    room = queueing.call_next(current_viewer(), line)
    return redirect(url_for(".room", room=room), 303)


@consultations.get("/rooms/<int:room>")
@signed_in
def room(activity: Activity, room: Room) -> ResponseReturnValue:
    """A private room."""
    ensure_talks(room)
    return _room_page(activity, room, SayForm(formdata=None))


def _room_page(
    activity: Activity, room: Room, form: SayForm, status: int = 200
) -> ResponseReturnValue:
    viewer = current_viewer()
    last = ROOMS.last(activity, key=room.id)
    lines = talk.lines_of(room)
    own = viewer.id == room.consultant_id
    html = render_template(
        "consultations/room.html", activity=activity, room=room, form=form, lines=lines, last=last,
        own=own, consultant=queries.face_with(room.consultant_id), guests=talk.guests_in(room),
        video=talk.video_of(room), zone=str(current_zone()), now=utcnow(),
        rating=None if own else queries.rating_of(room.id, viewer),
        notes=timetable.guests_of([room.slot_id]).get(room.slot_id, ())
        if own and room.slot_id is not None else (),
    )  # fmt: skip
    note_seen(viewer, [room.id, *(line.id for line in lines)])
    return html, status


@consultations.post("/rooms/<int:room>/say")
@signed_in
def say(activity: Activity, room: Room) -> ResponseReturnValue:
    """Say something, with files; the script sends mere words by another way."""
    ensure_talks(room)
    viewer, form = current_viewer(), SayForm()

    def send() -> int:
        limit("consultations.saying", SAYING, str(viewer.id))
        said = rooms.Said(
            body=from_text(form.body.data or ""), files=form.files.data, mark=form.submission.data
        )
        return rooms.say(viewer, room, said)

    if attempt(form, send) is None:
        return _room_page(activity, room, form, status_of(form))
    return redirect(url_for(".room", room=room, _anchor="say"), 303)


@consultations.post("/rooms/<int:room>/open")
@signed_in
def open_room(activity: Activity, room: Room) -> ResponseReturnValue:
    """The consultant is there: those who booked are told."""
    ensure_talks(room)
    rooms.open_room(current_viewer(), room)
    return redirect(url_for(".room", room=room), 303)


@consultations.route("/rooms/<int:room>/close", methods=["GET", "POST"])
@signed_in
def close_room(activity: Activity, room: Room) -> ResponseReturnValue:
    """Close a conversation with a summary and notes apart; both can be written anew later."""
    ensure_talks(room)
    viewer = current_viewer()
    guests = timetable.guests_of([room.slot_id]).get(room.slot_id, ()) if room.slot_id else ()
    came = [g.booking_id for g in guests if g.state != BookingState.MISSED]
    form = EndingForm(data={"summary": room.summary, "notes": room.notes, "came": came})
    form.came.choices = [(guest.booking_id, guest.name) for guest in guests]

    def end() -> bool:
        ending = rooms.Ending(summary=form.summary.data, notes=form.notes.data)
        booking.close_room(viewer, room, ending, form.came.data)
        return True

    if attempt(form, end):
        flash(_("The conversation is closed. The summary is with those who came."), "success")
        return redirect(url_for(".room", room=room), 303)
    html = render_template("consultations/close_room.html", activity=activity, room=room, form=form)
    return html, status_of(form)


@consultations.route("/rooms/<int:room>/thanks", methods=["GET", "POST"])
@signed_in
def rate_room(activity: Activity, room: Room) -> ResponseReturnValue:
    """Thank for a conversation, or say what is missing."""
    ensure_talks(room)
    viewer = current_viewer()
    back = url_for(".room", room=room)
    if viewer.id == room.consultant_id or room.closed_at is None:
        flash(_("Those who talked with the consultant say whether it helped."), "info")
        return redirect(back, 303)
    said = queries.rating_of(room.id, viewer)
    form = RatingForm(data={"stars": str(said.stars), "words": said.words} if said else None)

    def send() -> bool:
        asking.rate(
            viewer, room.content, activity.id, room.consultant_id, int(form.stars.data),
            form.words.data or "",
        )  # fmt: skip
        return True

    if attempt(form, send):
        flash(_("Thank you. Your words are with the consultant."), "success")
        return redirect(back, 303)
    title = room.topic or activity.title
    html = render_template(
        "consultations/rate.html", activity=activity, form=form, back=back, title=title
    )
    return html, status_of(form)
