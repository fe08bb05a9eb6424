"""Pages for those who lead a workshop: stages, the demonstration, who takes part, masters."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.api import (
    Activity,
    attachments_of,
    attempt,
    csv_file,
    current_viewer,
    readers_matching,
    requires,
    row_number,
    signed_in,
    status_of,
    utcnow,
    zone_title,
)
from plugins.workshops import (
    demonstrating,
    operations,
    passing,
    places,
    queries,
    reminding,
    running,
    table,
    work_queries,
)
from plugins.workshops.forms import DemonstrationForm, StagesForm, TimeForm, WordsForm, seen_version
from plugins.workshops.holding import course_of
from plugins.workshops.models import Place, Workshop
from plugins.workshops.running import Plan
from plugins.workshops.stages import ORDER, PASSABLE, TITLES, Course, StageKind
from plugins.workshops.views import ensure_leads, stage_named, workshops
from plugins.workshops.words import _, ngettext


@workshops.route("/stages", methods=["GET", "POST"])
@signed_in
def stages(activity: Activity) -> ResponseReturnValue:
    """Which stages there are and when they begin; going to one by hand."""
    ensure_leads(activity)
    found = queries.workshop_at(activity)
    course = course_of(found)
    form = StagesForm(data=_planned(found, course))

    def plan() -> bool:
        plans = {kind: _plan(form, kind) for kind in ORDER if form[f"{kind}_on"].data}
        running.plan_stages(current_viewer(), found, plans, seen=seen_version(form.version))
        return True

    if attempt(form, plan):
        flash(_("The stages are stored."), "success")
        return redirect(url_for(".home"), 303)
    now = utcnow()
    html = render_template(
        "workshops/stages.html", activity=activity, form=form, order=ORDER, titles=TITLES,
        course=course, current=course.at(now), passable=PASSABLE, workshop=found,
        zone=zone_title(),
    )  # fmt: skip
    return html, status_of(form)


def _planned(workshop: Workshop, course: Course) -> dict[str, Any]:
    values: dict[str, Any] = {"version": str(workshop.sequence)}
    for stage in course.stages:
        values[f"{stage.kind}_on"] = True
        values[f"{stage.kind}_begins"] = stage.begins_at
        values[f"{stage.kind}_hours"] = stage.hours
    return values


def _plan(form: StagesForm, kind: StageKind) -> Plan:
    hours = form[f"{kind}_hours"].data if kind in PASSABLE else 0
    return Plan(form[f"{kind}_begins"].data, hours or 0)


@workshops.post("/stages/go")
@signed_in
def go_to_stage(activity: Activity) -> ResponseReturnValue:
    """Go to a stage by hand."""
    ensure_leads(activity)
    kind, seen = (
        stage_named(request.form.get("stage", "")),
        row_number(request.form.get("seen", "")),
    )
    running.switch(current_viewer(), queries.workshop_at(activity), kind, seen=seen)
    words = _("Now it is: %(stage)s. Those whose turn it is hear of it.", stage=TITLES[kind])
    flash(words, "success")
    return redirect(url_for(".home"), 303)


@workshops.route("/demonstration/edit", methods=["GET", "POST"])
@signed_in
def edit_demonstration(activity: Activity) -> ResponseReturnValue:
    """Publish or change what the master shows."""
    ensure_leads(activity)
    found = demonstrating.demonstration_of(activity)
    values: dict[str, Any] = {"version": "1"}
    if found is not None:
        values = {
            "body": found.body, "address": found.address, "minutes": found.minutes,
            "recording": found.recording, "files": attachments_of([found.id])[found.id],
            "version": str(found.content.version),
        }  # fmt: skip
    form = DemonstrationForm(data=values)

    def show() -> bool:
        shown = demonstrating.Shown(
            body=form.body.data, address=form.address.data or "", minutes=form.minutes.data,
            recording=form.recording.data or "", files=form.files.data,
            seen_version=seen_version(form.version),
        )  # fmt: skip
        demonstrating.show(current_viewer(), queries.workshop_at(activity), shown)
        return True

    if attempt(form, show):
        flash(_("The demonstration is published."), "success")
        return redirect(url_for(".home"), 303)
    html = render_template("workshops/demonstration.html", activity=activity, form=form)
    return html, status_of(form)


@workshops.get("/people")
@signed_in
def people(activity: Activity) -> ResponseReturnValue:
    """Everybody who signed up, what they have done, and who asks for more time."""
    ensure_leads(activity)
    found = queries.workshop_at(activity)
    page, course = queries.people_of(found), course_of(found)
    ids = [row.Place.id for row in page.items]
    return render_template(
        "workshops/people.html", activity=activity, workshop=found, page=page,
        lines=[queries.guest_of(row) for row in page.items], course=course,
        passed=queries.passed_by(ids), extensions=queries.extensions_of(ids), now=utcnow(),
        states=queries.STATES, titles=TITLES, grounds=passing.GROUNDS, passable=PASSABLE,
        takes_people=places.takes_people(found, course),
    )  # fmt: skip


@workshops.get("/people.csv")
@signed_in
def people_table(activity: Activity) -> ResponseReturnValue:
    """The same as a table for Excel."""
    ensure_leads(activity)
    found = queries.workshop_at(activity)
    rows = table.people_table(queries.everybody_in(found), course_of(found))
    return csv_file(rows, f"workshop-{activity.id}.csv")


@workshops.post("/people/<int:place>/admit")
@signed_in
def admit(activity: Activity, place: Place) -> ResponseReturnValue:
    """Give somebody a place."""
    ensure_leads(activity)
    places.admit(current_viewer(), place)
    return _decided()


@workshops.post("/people/<int:place>/refuse")
@signed_in
def refuse(activity: Activity, place: Place) -> ResponseReturnValue:
    """Tell somebody that there is no place for them."""
    ensure_leads(activity)
    places.refuse(current_viewer(), place)
    return _decided()


def _decided() -> ResponseReturnValue:
    flash(_("Done. They are told by mail."), "success")
    return redirect(url_for(".people"), 303)


@workshops.route("/attendance", methods=["GET", "POST"])
@signed_in
def attendance(activity: Activity) -> ResponseReturnValue:
    """Note who was at the demonstration, many at once."""
    ensure_leads(activity)
    found = queries.workshop_at(activity)
    form = WordsForm()
    ticked = {row_number(sent) for sent in request.form.getlist("place")}

    def note() -> int:
        return passing.note_attendances(current_viewer(), found, ticked)

    number = attempt(form, note)
    if number is not None:
        flash(ngettext("%(n)s person is noted.", "%(n)s people are noted.", number), "success")
        return redirect(url_for(".people"), 303)
    html = render_template(
        "workshops/attendance.html", activity=activity, form=form, page=queries.unseen_of(found)
    )
    return html, status_of(form)


@workshops.route("/people/<int:place>/time", methods=["GET", "POST"])
@signed_in
def give_time(activity: Activity, place: Place) -> ResponseReturnValue:
    """Give somebody more time in one stage."""
    ensure_leads(activity)
    wishes = queries.extensions_of([place.id]).get(place.id, ())
    asked = next((each for each in wishes if each.until is None), None)
    form = TimeForm(data={"kind": asked.kind} if asked else None)

    def give() -> bool:
        kind = StageKind(form.kind.data)
        reminding.give_time(current_viewer(), place, kind, form.until.data or utcnow())
        return True

    if attempt(form, give):
        flash(_("More time is given. They are told by mail."), "success")
        return redirect(url_for(".people"), 303)
    html = render_template(
        "workshops/time.html", activity=activity, form=form, wishes=wishes, titles=TITLES,
        person=work_queries.face_of_person(place.user_id),
    )  # fmt: skip
    return html, status_of(form)


@workshops.get("/masters")
@requires("workshops.run")
def masters(activity: Activity) -> ResponseReturnValue:
    """Who leads it; others are found by their names."""
    words = request.args.get("q", "")[:100]
    there = queries.masters_with_faces(queries.workshop_at(activity))
    known = {face.id for face in there}
    offered = readers_matching(activity.community, words) if words.strip() else []
    return render_template(
        "workshops/masters.html", activity=activity, masters=there, words=words,
        offered=[face for face in offered if face.id not in known],
    )  # fmt: skip


@workshops.post("/masters/add")
@requires("workshops.run")
def add_master(activity: Activity) -> ResponseReturnValue:
    """Let somebody lead it."""
    person = row_number(request.form.get("person", ""))
    operations.add_master(current_viewer(), queries.workshop_at(activity), person)
    return _masters_changed()


@workshops.post("/masters/remove")
@requires("workshops.run")
def remove_master(activity: Activity) -> ResponseReturnValue:
    """Let somebody lead it no longer."""
    person = row_number(request.form.get("person", ""))
    operations.remove_master(current_viewer(), queries.workshop_at(activity), person)
    return _masters_changed()


def _masters_changed() -> ResponseReturnValue:
    flash(_("It is changed who leads this workshop."), "success")
    return redirect(url_for(".masters"), 303)
