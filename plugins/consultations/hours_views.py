"""Pages on which a consultant settles when they are there."""

from __future__ import annotations

from datetime import date, time

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.api import (
    Activity,
    attempt,
    current_viewer,
    current_zone,
    signed_in,
    status_of,
    utcnow,
    zone_title,
)
from plugins.consultations import finding, hours, timetable
from plugins.consultations.finding import line_at
from plugins.consultations.forms import WEEKDAYS, DaysOffForm, HoursForm, SlotForm
from plugins.consultations.hours import Week
from plugins.consultations.meeting_models import Hours, Slot
from plugins.consultations.models import Line
from plugins.consultations.pages import consultations
from plugins.consultations.terms import today_in
from plugins.consultations.words import _, ngettext


def _own_line(activity: Activity) -> Line:
    line = line_at(activity)
    finding.ensure_consults(activity, line)
    return line


@consultations.get("/hours")
@signed_in
def my_hours(activity: Activity) -> ResponseReturnValue:
    """My weekly hours and my days off on this line."""
    line, viewer = _own_line(activity), current_viewer()
    return render_template(
        "consultations/hours.html", activity=activity, line=line, weekdays=WEEKDAYS,
        hours=timetable.hours_of(line, viewer.id or 0), zone=zone_title(),
        off=timetable.days_off(line, viewer.id or 0), form=DaysOffForm(formdata=None),
    )  # fmt: skip


@consultations.route("/hours/new", methods=["GET", "POST"])
@signed_in
def new_hours(activity: Activity) -> ResponseReturnValue:
    """Be there every week."""
    line, viewer = _own_line(activity), current_viewer()
    form = HoursForm(data={"valid_from": today_in(str(current_zone()))})

    def add() -> bool:
        hours.add_weeks(viewer, line, [_week(form, int(day)) for day in form.weekdays.data])
        return True

    if attempt(form, add):
        flash(_("Your hours are kept. People can book from now on."), "success")
        return redirect(url_for(".my_hours"), 303)
    html = render_template(
        "consultations/new_hours.html", activity=activity, form=form, zone=zone_title()
    )
    return html, status_of(form)


def _week(form: HoursForm, weekday: int) -> Week:
    return Week(
        live=form.live.data == "1", weekday=weekday, starts=_minutes(form.starts.data),
        ends=_minutes(form.ends.data), minutes=form.minutes.data, pause=form.pause.data,
        capacity=form.capacity.data, topic=form.topic.data or "",
        valid_from=form.valid_from.data or utcnow().date(), valid_until=form.valid_until.data,
        zone_name=str(current_zone()),
    )  # fmt: skip


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


@consultations.post("/hours/<int:hours>/remove")
@signed_in
def remove_hours(activity: Activity, hours: Hours) -> ResponseReturnValue:
    """Be there no more at these times."""
    from plugins.consultations import hours as operations

    _own_line(activity)
    if hours.consultant_id == current_viewer().id:
        operations.remove_hours(current_viewer(), hours)
        flash(_("These hours are gone. What is booked stays."), "success")
    return redirect(url_for(".my_hours"), 303)


@consultations.route("/slots/new", methods=["GET", "POST"])
@signed_in
def new_slot(activity: Activity) -> ResponseReturnValue:
    """Offer one more time."""
    line, viewer, form = _own_line(activity), current_viewer(), SlotForm()

    def add() -> Slot:
        week = Week(
            live=False, weekday=0, starts=0, ends=0, minutes=form.minutes.data,
            capacity=form.capacity.data, topic=form.topic.data or "", valid_from=date.min,
            zone_name=str(current_zone()),
        )  # fmt: skip
        return hours.add_slot(viewer, line, form.begins_at.data or utcnow(), week)

    if attempt(form, add) is not None:
        flash(_("The time can be booked."), "success")
        return redirect(url_for(".bookings"), 303)
    html = render_template("consultations/new_slot.html", activity=activity, form=form)
    return html, status_of(form)


@consultations.post("/days-off")
@signed_in
def add_days_off(activity: Activity) -> ResponseReturnValue:
    """Not be there on some days."""
    line, form = _own_line(activity), DaysOffForm()

    def add() -> int:
        today = utcnow().date()
        first, last = form.first.data or today, form.last.data or today
        return hours.set_days_off(current_viewer(), line, first, last)

    booked = attempt(form, add)
    if booked is None:
        words = next((str(error) for found in form.errors.values() for error in found), "")
        flash(words or _("Give the first and the last day."), "danger")
    elif booked:
        flash(
            ngettext(
                "Noted. %(n)s time in these days is booked: call it off, or keep it.",
                "Noted. %(n)s times in these days are booked: call them off, or keep them.",
                booked,
            ),
            "warning",
        )
    else:
        flash(_("Noted: nothing can be booked on these days."), "success")
    return redirect(url_for(".my_hours"), 303)


@consultations.post("/days-off/clear")
@signed_in
def clear_day_off(activity: Activity) -> ResponseReturnValue:
    """Be there on a day after all."""
    line = _own_line(activity)
    try:
        day = date.fromisoformat(request.form.get("day", ""))
    except ValueError:
        return redirect(url_for(".my_hours"), 303)
    hours.clear_day_off(current_viewer(), line, day)
    return redirect(url_for(".my_hours"), 303)
