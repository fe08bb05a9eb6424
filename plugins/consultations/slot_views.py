"""Pages of times: what can be booked, one's own bookings, moving and giving up."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.api import (
    Activity,
    Missing,
    attempt,
    calendar_download,
    calendar_file,
    current_viewer,
    limit,
    public,
    requires,
    row_number,
    signed_in,
    status_of,
    utcnow,
    zone_title,
)
from plugins.consultations import booking as operations
from plugins.consultations import dates, finding, queries, timetable
from plugins.consultations.finding import line_at
from plugins.consultations.forms import BookingForm, ReasonForm
from plugins.consultations.meeting_models import Booking, BookingState, Slot
from plugins.consultations.pages import consultations
from plugins.consultations.rooms import Wish
from plugins.consultations.words import _

BOOKING = "30/5 minutes"


@consultations.get("/slots")
@public
def slots(activity: Activity) -> ResponseReturnValue:
    """The times that are ahead: free, nearly full, full, and one's own."""
    viewer, line = current_viewer(), line_at(activity)
    person = row_number(request.args.get("consultant"))
    page = timetable.offered(line, viewer, person)
    return render_template(
        "consultations/slots.html", activity=activity, line=line, page=page,
        days=timetable.by_day(page.items), team=queries.team_of(line), person=person,
        in_team=finding.consults(viewer, line.id), now=utcnow(), zone=zone_title(),
    )  # fmt: skip


@consultations.route("/slots/<int:slot>/book", methods=["GET", "POST"])
@requires("consultations.ask")
def book(activity: Activity, slot: Slot) -> ResponseReturnValue:
    """Take a place."""
    viewer, form = current_viewer(), BookingForm()

    def take() -> Booking:
        limit("consultations.bookings", BOOKING, str(viewer.id))
        wish = Wish(note=form.note.data or "", files=() if slot.is_group else form.files.data)
        return operations.book(viewer, slot, wish)

    if attempt(form, take) is not None:
        flash(_("You have a place. The date comes by mail, with a reminder before."), "success")
        return redirect(url_for(".bookings"), 303)
    html = render_template(
        "consultations/book.html", activity=activity, slot=slot, form=form, zone=zone_title()
    )
    return html, status_of(form)


@consultations.post("/slots/<int:slot>/watch")
@requires("consultations.ask")
def watch(activity: Activity, slot: Slot) -> ResponseReturnValue:
    """Hear of a free place in a full slot, or not any more."""
    watching = request.form.get("watching") == "1"
    operations.watch(current_viewer(), slot, watching)
    flash(
        _("You will hear when a place becomes free.") if watching
        else _("You will not hear of free places there."), "success",
    )  # fmt: skip
    return redirect(url_for(".slots"), 303)


@consultations.get("/slots/<int:slot>/date.ics")
@signed_in
def date(activity: Activity, slot: Slot) -> ResponseReturnValue:
    """The date, to be noted in one's own calendar."""
    items = dates.of_slot(slot)
    if not items:
        abort(404)
    return calendar_download(calendar_file(items), f"{items[0].key}.ics")


@consultations.get("/bookings")
@signed_in
def bookings(activity: Activity) -> ResponseReturnValue:
    """One's own places; for a consultant, who has booked their time."""
    viewer, line = current_viewer(), line_at(activity)
    show = request.args.get("show", "")
    past = show == "past"
    in_team = finding.consults(viewer, line.id)
    page, busy = timetable.times_of_consultant(line, viewer.id or 0, show)
    if not in_team:
        page = timetable.own_bookings(line, viewer, past=past)
    return render_template(
        "consultations/bookings.html", activity=activity, line=line, past=past, show=show,
        in_team=in_team,
        busy=busy, page=page, now=utcnow(), too_late=operations.is_too_late,
    )  # fmt: skip


@consultations.post("/bookings/<int:booking>/give-up")
@signed_in
def give_up(activity: Activity, booking: Booking) -> ResponseReturnValue:
    """Give up a place, or (consultants) take one back with a reason."""
    viewer = current_viewer()
    operations.give_up(viewer, booking, request.form.get("reason", "")[:500])
    if viewer.id != booking.user_id:
        flash(_("The place is free again; the person is told."), "success")
        return redirect(url_for(".bookings"), 303)
    undo = {
        "text": _("You have given up your place."), "url": url_for(".book", slot=booking.slot_id),
        "label": _("Book again"),
    }  # fmt: skip
    flash(undo, "undo")  # type: ignore[arg-type]  # the layout makes a button of it
    return redirect(url_for(".bookings"), 303)


@consultations.route("/bookings/<int:booking>/move", methods=["GET", "POST"])
@requires("consultations.ask")
def move(activity: Activity, booking: Booking) -> ResponseReturnValue:
    """Take another time instead."""
    viewer, line = current_viewer(), booking.slot.line
    if booking.user_id != viewer.id or booking.state != BookingState.BOOKED:
        flash(_("This place is not yours any more."), "info")
        return redirect(url_for(".bookings"), 303)
    if request.method == "POST":
        target = finding.slot_in(activity, row_number(request.form.get("slot", "")))
        if target is None:
            raise Missing(_("This time is there no longer. Choose another."))
        operations.move(viewer, booking, target)
        flash(_("The consultation is moved. Everything that was written goes along."), "success")
        return redirect(url_for(".bookings"), 303)
    page = timetable.offered(line, viewer)
    return render_template(
        "consultations/move.html", activity=activity, booking=booking, page=page,
        days=timetable.by_day(page.items), zone=zone_title(),
    )  # fmt: skip


@consultations.post("/bookings/<int:booking>/presence")
@signed_in
def presence(activity: Activity, booking: Booking) -> ResponseReturnValue:
    """Say whether somebody came."""
    finding.ensure_consults(activity, booking.slot.line)
    operations.note_presence(current_viewer(), booking, request.form.get("came") == "1")
    return redirect(url_for(".bookings", show="past"), 303)


@consultations.route("/slots/<int:slot>/call-off", methods=["GET", "POST"])
@signed_in
def call_off(activity: Activity, slot: Slot) -> ResponseReturnValue:
    """Call a time off."""
    finding.ensure_consults(activity, slot.line)
    form = ReasonForm()

    def cancel() -> bool:
        operations.call_off(current_viewer(), slot, form.reason.data or "")
        return True

    if attempt(form, cancel):
        flash(_("The time is called off. Those who booked it are told."), "success")
        return redirect(url_for(".bookings"), 303)
    html = render_template("consultations/call_off.html", activity=activity, slot=slot, form=form)
    return html, status_of(form)
