"""Pages for those who run a webinar: its meetings, who has a place, who came, recordings."""

from __future__ import annotations

from collections.abc import Callable

from babel.numbers import format_decimal
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.api import (
    Activity,
    Face,
    attempt,
    csv_file,
    current_locale,
    current_viewer,
    face_of,
    readers_matching,
    requires,
    row_number,
    signed_in,
    status_of,
    timestamp,
    utcnow,
)
from plugins.webinar import attendance, films, operations, queries, schedule
from plugins.webinar.forms import CancelForm, ListForm, MeetingForm, RecordingForm
from plugins.webinar.lists import decoded, read_list
from plugins.webinar.models import Film, Meeting, Place
from plugins.webinar.schedule import Plan
from plugins.webinar.views import ensure_runs, webinar
from plugins.webinar.words import _, ngettext


def _plan(form: MeetingForm) -> Plan:
    return Plan(
        begins_at=form.begins_at.data or utcnow(),
        minutes=form.minutes.data,
        topic=form.topic.data or "",
    )


@webinar.route("/meetings/new", methods=["GET", "POST"])
@signed_in
def new_meeting(activity: Activity) -> ResponseReturnValue:
    """Plan one more meeting."""
    ensure_runs(activity)
    form = MeetingForm()
    found = queries.webinar_at(activity)

    def plan() -> Meeting:
        return schedule.plan_meeting(current_viewer(), found, _plan(form))

    if attempt(form, plan) is not None:
        flash(_("The meeting is planned. Those who have a place hear of it."), "success")
        return redirect(url_for("webinar.home"), 303)
    html = render_template("webinar/meeting.html", activity=activity, form=form, meeting=None)
    return html, status_of(form)


@webinar.route("/meetings/<int:meeting>/edit", methods=["GET", "POST"])
@signed_in
def edit_meeting(activity: Activity, meeting: Meeting) -> ResponseReturnValue:
    """Move a meeting, or call it otherwise."""
    ensure_runs(activity)
    minutes = int((meeting.ends_at - meeting.begins_at).total_seconds() // 60)
    form = MeetingForm(
        data={
            "topic": meeting.topic, "begins_at": meeting.begins_at, "minutes": minutes,
            "version": str(meeting.sequence),
        }
    )  # fmt: skip

    def change() -> bool:
        schedule.change_meeting(current_viewer(), meeting, _plan(form), seen=form.seen_version())
        return True

    if attempt(form, change):
        flash(_("The meeting is changed. Those who have a place hear of a new time."), "success")
        return redirect(url_for("webinar.home"), 303)
    html = render_template("webinar/meeting.html", activity=activity, form=form, meeting=meeting)
    return html, status_of(form)


@webinar.route("/meetings/<int:meeting>/cancel", methods=["GET", "POST"])
@signed_in
def cancel_meeting(activity: Activity, meeting: Meeting) -> ResponseReturnValue:
    """Call a meeting off."""
    ensure_runs(activity)
    form = CancelForm()

    def cancel() -> bool:
        schedule.cancel_meeting(current_viewer(), meeting, form.reason.data)
        return True

    if attempt(form, cancel):
        flash(_("The meeting is called off. Everybody who had a place hears of it."), "success")
        return redirect(url_for("webinar.home"), 303)
    html = render_template("webinar/cancel.html", activity=activity, form=form, meeting=meeting)
    return html, status_of(form)


@webinar.post("/meetings/<int:meeting>/end")
@signed_in
def end_meeting(activity: Activity, meeting: Meeting) -> ResponseReturnValue:
    """It is over."""
    ensure_runs(activity)
    schedule.end_meeting(current_viewer(), meeting)
    flash(_("The meeting is over. Now you can say who attended, and publish a recording."), "info")
    return redirect(url_for("webinar.home"), 303)


@webinar.get("/people")
@signed_in
def people(activity: Activity) -> ResponseReturnValue:
    """Everybody who signed up, and who came."""
    ensure_runs(activity)
    found = queries.webinar_at(activity)
    page, ratings = queries.people_of(found), queries.ratings_of(found)
    stars = [row.stars for row in ratings]
    return render_template(
        "webinar/people.html", activity=activity, webinar=found, page=page, ratings=ratings,
        meetings=queries.meetings_of(found), now=utcnow(),
        attendance=queries.attendance_of(found, [row.id for row in page.items]),
        faces={row.id: face_of(row, Face) for row in page.items}, states=queries.STATES,
        average=_average(stars),
    )  # fmt: skip


def _average(stars: list[int]) -> str:
    """As people write it: «4,7»."""
    return format_decimal(sum(stars) / len(stars), "0.0", current_locale()) if stars else ""


@webinar.post("/people/<int:place>/admit")
@signed_in
def admit(activity: Activity, place: Place) -> ResponseReturnValue:
    """Give somebody a place."""
    ensure_runs(activity)
    operations.admit(current_viewer(), place)
    return _decided()


@webinar.post("/people/<int:place>/refuse")
@signed_in
def refuse(activity: Activity, place: Place) -> ResponseReturnValue:
    """Tell somebody that there is no place for them."""
    ensure_runs(activity)
    operations.refuse(current_viewer(), place)
    return _decided()


def _decided() -> ResponseReturnValue:
    flash(_("Done. They are told by mail."), "success")
    return redirect(url_for("webinar.people"), 303)


@webinar.get("/people.csv")
@signed_in
def people_table(activity: Activity) -> ResponseReturnValue:
    """The same as a table for Excel."""
    ensure_runs(activity)
    found = queries.webinar_at(activity)
    meetings = queries.meetings_of(found)
    came = queries.attendance_of(found)
    dates = [timestamp(m.begins_at).striptags() for m in meetings]
    rows: list[list[str]] = [[_("Name"), _("School"), _("Place"), *dates]]
    for row in queries.everybody_in(found):
        minutes = [_minutes(came.get(row.id, {}).get(m.id)) for m in meetings]
        rows.append([row.name, row.school, str(queries.STATES[row.state]), *minutes])
    return csv_file(rows, f"webinar-{activity.id}.csv")


def _minutes(came: object) -> str:
    if came is None:
        return ""
    minutes = getattr(came, "minutes", None)
    return _("came") if minutes is None else str(minutes)


@webinar.route("/meetings/<int:meeting>/attended", methods=["GET", "POST"])
@signed_in
def attended(activity: Activity, meeting: Meeting) -> ResponseReturnValue:
    """Bring the list of who attended, from the service where people met."""
    ensure_runs(activity)
    form = ListForm()
    unknown: list[str] = []

    def count() -> int:
        brought = read_list(meeting, _list_in(form))
        unknown.extend(brought.unknown)
        attendance.count(current_viewer(), meeting, brought.minutes)
        return len(brought.minutes)

    number = attempt(form, count)
    if number is not None:
        words = ngettext("%(n)s person is counted.", "%(n)s people are counted.", number)
        flash(words, "success")
        if not unknown:
            return redirect(url_for("webinar.people"), 303)
        form.table.data = "\n".join(unknown)
    html = render_template(
        "webinar/attended.html", activity=activity, meeting=meeting, form=form, unknown=unknown
    )
    return html, 200 if number is not None else status_of(form)


def _list_in(form: ListForm) -> str:
    """What was sent: a file goes before what was pasted."""
    if not form.file.data:
        return str(form.table.data or "")
    with form.file.data.stream as file:
        return decoded(file.read())


@webinar.route("/meetings/<int:meeting>/recordings/new", methods=["GET", "POST"])
@signed_in
def new_recording(activity: Activity, meeting: Meeting) -> ResponseReturnValue:
    """Publish what was recorded."""
    ensure_runs(activity)
    form = RecordingForm()

    def publish() -> int:
        return attendance.publish_recording(
            current_viewer(), meeting, form.title.data, form.url.data or "", form.files.data,
            form.submission.data,
        ).id  # fmt: skip

    number = attempt(form, publish)
    if number is not None:
        flash(_("The recording is published. Those who had a place hear of it."), "success")
        return redirect(url_for("webinar.recording", recording=number), 303)
    html = render_template("webinar/new_recording.html", activity=activity, form=form)
    return html, status_of(form)


@webinar.post("/films/<int:film>/publish")
@signed_in
def publish_film(activity: Activity, film: Film) -> ResponseReturnValue:
    """Publish what the server of the meeting recorded."""
    ensure_runs(activity)
    number = films.publish(current_viewer(), film).id
    flash(_("The recording is published. Those who had a place hear of it."), "success")
    return redirect(url_for("webinar.recording", recording=number), 303)


@webinar.post("/films/<int:film>/refuse")
@signed_in
def refuse_film(activity: Activity, film: Film) -> ResponseReturnValue:
    """Let nobody see here what the server of the meeting recorded."""
    ensure_runs(activity)
    films.refuse(current_viewer(), film)
    flash(_("The recording stays unpublished."), "info")
    return redirect(url_for("webinar.home"), 303)


@webinar.get("/hosts")
@requires("webinar.run")
def hosts(activity: Activity) -> ResponseReturnValue:
    """Who runs it; others are found by their names."""
    found = queries.webinar_at(activity)
    words = request.args.get("q", "")[:100]
    there = queries.hosts_of(found)
    known = {face.id for face in there}
    offered = readers_matching(activity.community, words) if words.strip() else []
    return render_template(
        "webinar/hosts.html", activity=activity, hosts=there, words=words,
        offered=[face for face in offered if face.id not in known],
    )  # fmt: skip


@webinar.post("/hosts/add")
@requires("webinar.run")
def add_host(activity: Activity) -> ResponseReturnValue:
    """Let somebody run it."""
    return _with_hosts(activity, lambda known, person: known | {person})


@webinar.post("/hosts/remove")
@requires("webinar.run")
def remove_host(activity: Activity) -> ResponseReturnValue:
    """Let somebody run it no longer."""
    return _with_hosts(activity, lambda known, person: known - {person})


def _with_hosts(
    activity: Activity, change: Callable[[set[int], int], set[int]]
) -> ResponseReturnValue:
    found = queries.webinar_at(activity)
    known = {face.id for face in queries.hosts_of(found)}
    wanted = change(known, row_number(request.form.get("person", "")))
    operations.set_hosts(current_viewer(), found, wanted)
    flash(_("It is changed who runs this webinar."), "success")
    return redirect(url_for("webinar.hosts"), 303)
