"""Pages of a webinar for those who come: what it is, signing up, the door, feedback, recordings."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.api import (
    Activity,
    Refused,
    absolute,
    attachments_of,
    attempt,
    calendar_download,
    calendar_file,
    comments_of,
    current_locale,
    current_viewer,
    db,
    note_seen,
    over_because,
    public,
    requires,
    signed_in,
    status_of,
    utcnow,
)
from plugins.webinar import attendance, dates, operations, queries, schedule
from plugins.webinar.doors import After, DoorState, door_of
from plugins.webinar.forms import RatingForm
from plugins.webinar.models import Meeting, PlaceState, Recorded, Recording
from plugins.webinar.providers import provider_of
from plugins.webinar.visits import Visit
from plugins.webinar.words import _

webinar = Blueprint("webinar", __name__)

# What somebody reads who opens the address of a door that is not theirs, or not open.
CLOSED = {
    DoorState.SHUT: lambda: _("Nobody meets here any more."),
    DoorState.CANCELLED: lambda: _("This meeting was called off."),
    DoorState.OVER: lambda: _("This meeting is over."),
    DoorState.SIGN_UP: lambda: _("Sign up first; then you can come in."),
    DoorState.FULL: lambda: _("All places are taken. Sign up to wait for a free one."),
    DoorState.ASKED: lambda: _("A host still has to give you a place."),
    DoorState.WAITING: lambda: _("You wait for a free place."),
    DoorState.REFUSED: lambda: _("The hosts could not give you a place. Write to them."),
    DoorState.LATER: lambda: _("The door is not open yet."),
    DoorState.HOST: lambda: _("The host is not there yet. The door opens when they come."),
    DoorState.MAKING: lambda: _("This meeting is over. Its recording is being made."),
    DoorState.RECORDING: lambda: _("This meeting is over. There is a recording of it."),
}


def ensure_runs(activity: Activity) -> None:
    """Raise unless the viewer runs this webinar."""
    if not queries.runs(current_viewer(), activity):
        raise Refused(_("Only those who run this webinar can do this."))


@webinar.get("/")
@public
def home(activity: Activity) -> ResponseReturnValue:
    """What it is about, when, who speaks, and the way in."""
    viewer = current_viewer()
    found = queries.webinar_at(activity)
    meetings = queries.meetings_of(found)
    hosts = queries.hosts_of(found)
    runs = queries.runs(viewer, activity, hosts)
    meeting = queries.next_of(meetings)
    place = queries.place_of(found, viewer)
    now = utcnow()
    recordings = queries.recordings_of(activity, viewer)
    over = over_because(activity.community, activity)
    changes = runs and not over
    provider = provider_of(found)
    making, films = queries.films_of(found) if provider.records else (frozenset(), ())
    after = After({each.meeting_id: each.id for each in reversed(recordings)}, making)
    page = render_template(
        "webinar/home.html", activity=activity, webinar=found, meetings=meetings, hosts=hosts,
        runs=runs, changes=changes, meeting=meeting, place=None if over else place, now=now,
        guests=queries.guests_of(found),
        door=door_of(found, meeting, place, now, host=runs, after=after), after=after,
        provider=provider, recordings=recordings, films=films if changes else (),
        queue=queries.place_in_queue(found, viewer) if place == PlaceState.WAITING else None,
        remarks=comments_of([found.id], viewer)[found.id],
    )  # fmt: skip
    note_seen(viewer, [found.id])
    return page


@webinar.post("/places")
@requires("webinar.sign_up")
def sign_up(activity: Activity) -> ResponseReturnValue:
    """Ask for a place."""
    place = operations.sign_up(current_viewer(), queries.webinar_at(activity))
    words = {
        PlaceState.HELD: _("You have a place. The dates come by mail, with a reminder before."),
        PlaceState.WAITING: _("All places are taken; you get the next one that is free."),
        PlaceState.ASKED: _("Your request is with the hosts; their answer comes by mail."),
    }
    flash(words[PlaceState(place.state)], "success")
    return redirect(url_for(".home"), 303)


@webinar.post("/places/leave")
@signed_in
def leave(activity: Activity) -> ResponseReturnValue:
    """Give up one's place."""
    had_place = operations.leave(current_viewer(), queries.webinar_at(activity))
    text = _("You have given up your place.") if had_place else _("Your request is taken back.")
    undo = {"text": text, "url": url_for(".sign_up"), "label": _("Sign up again")}
    flash(undo, "undo")  # type: ignore[arg-type]  # the layout makes a button of it
    return redirect(url_for(".home"), 303)


@webinar.get("/meetings/<int:meeting>/door")
@signed_in
def door(activity: Activity, meeting: Meeting) -> ResponseReturnValue:
    """Come in: who is let in is noted, and led to where people meet."""
    viewer = current_viewer()
    found = meeting.webinar
    shut = over_because(activity.community, activity)
    host = queries.runs(viewer, activity) and not shut
    state = door_of(found, meeting, queries.place_of(found, viewer), utcnow(), host=host).state
    if state is not DoorState.OPEN and not (host and meeting.may_reopen(utcnow())):
        flash(CLOSED[state](), "warning")
        return redirect(url_for(".home"), 303)
    provider = provider_of(found)
    if provider.missing():
        raise Refused(provider.missing())
    visit = _visit(activity, meeting, host)
    if host:
        db.session.rollback()
        provider.open(visit)
        schedule.open_meeting(viewer, meeting)
    attendance.come(viewer, meeting)
    return redirect(provider.address(visit), 303)


def _visit(activity: Activity, meeting: Meeting, host: bool) -> Visit:
    viewer, found = current_viewer(), meeting.webinar
    return Visit(
        meeting_id=meeting.id, room=meeting.room, title=meeting.topic or activity.title,
        link=found.address, home=absolute(url_for(".home")),
        records=found.recorded != Recorded.NO, user_id=viewer.id or 0, name=viewer.name,
        is_host=host, locale=current_locale(),
    )  # fmt: skip


@webinar.get("/meetings/<int:meeting>/date.ics")
@public
def date(activity: Activity, meeting: Meeting) -> ResponseReturnValue:
    """The date of a meeting, to be noted in one's own calendar."""
    items = dates.of_meeting(activity, meeting.id)
    if not items:
        abort(404)
    return calendar_download(calendar_file(items), f"{items[0].key}.ics")


@webinar.route("/meetings/<int:meeting>/feedback", methods=["GET", "POST"])
@signed_in
def feedback(activity: Activity, meeting: Meeting) -> ResponseReturnValue:
    """Say what one thought of a meeting; it can be changed later."""
    viewer = current_viewer()
    if request.method == "GET" and queries.place_of(meeting.webinar, viewer) != PlaceState.HELD:
        flash(str(attendance.NO_PLACE), "warning")
        return redirect(url_for(".home"), 303)
    said = queries.own_rating(meeting, viewer)
    form = RatingForm(data={"stars": str(said.stars), "words": said.words} if said else None)

    def rate() -> bool:
        stars, words = int(form.stars.data), form.words.data or ""
        attendance.rate(viewer, meeting, stars, words)
        return True

    if attempt(form, rate):
        flash(_("Thank you. The hosts read it without your name."), "success")
        return redirect(url_for(".home"), 303)
    html = render_template("webinar/feedback.html", activity=activity, meeting=meeting, form=form)
    return html, status_of(form)


@webinar.get("/recordings/<int:recording>")
@public
def recording(activity: Activity, recording: Recording) -> ResponseReturnValue:
    """A recording, with what people say about it."""
    viewer = current_viewer()
    page = render_template(
        "webinar/recording.html", activity=activity, recording=recording,
        files=attachments_of([recording.id])[recording.id],
        remarks=comments_of([recording.id], viewer)[recording.id],
    )  # fmt: skip
    note_seen(viewer, [recording.id])
    return page
