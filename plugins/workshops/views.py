"""Pages of a workshop for those who take part: what it is, whose turn it is, signing up, the
demonstration, and what is left at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Row

from core.api import (
    Activity,
    Content,
    DomainError,
    Face,
    File,
    Page,
    Refused,
    Viewer,
    attachments_of,
    calendar_download,
    calendar_file,
    can,
    comments_of,
    current_viewer,
    face_of,
    hand_out,
    note_seen,
    over_because,
    public,
    requires,
    signed_in,
    utcnow,
    zone_title,
)
from plugins.workshops import dates, demonstrating, places, queries, reminding, work_queries
from plugins.workshops.holding import course_of
from plugins.workshops.models import PlaceState
from plugins.workshops.passing import GROUNDS
from plugins.workshops.stages import PASSABLE, TITLES, StageKind
from plugins.workshops.turns import Scene, turn_of
from plugins.workshops.words import _

workshops = Blueprint("workshops", __name__)


def ensure_leads(activity: Activity) -> None:
    """Raise unless the viewer leads this workshop."""
    if not queries.leads(current_viewer(), activity):
        raise Refused(_("Only those who lead this workshop can do this."))


def stage_named(name: str) -> StageKind:
    """The stage that a form names; 404 for one that nobody knows."""
    if name not in TITLES:
        abort(404)
    return StageKind(name)


@workshops.get("/")
@public
def home(activity: Activity) -> ResponseReturnValue:
    """What it is about, where it stands, and whose turn it is."""
    viewer = current_viewer()
    found = queries.workshop_at(activity)
    masters = queries.masters_with_faces(found)
    leads = queries.leads(viewer, activity, masters)
    course, now = course_of(found), utcnow()
    demonstration = demonstrating.demonstration_of(activity)
    demonstrating.catch_up(found, course, demonstration)
    over = over_because(activity.community, activity)
    scene = Scene(
        found, course, queries.part_of(found, viewer), now, demonstration,
        queries.figures_of(found) if leads else None,
    )  # fmt: skip
    page = render_template(
        "workshops/home.html", activity=activity, workshop=found, masters=masters, leads=leads,
        scene=scene, part=scene.part, figures=scene.figures, course=course, now=now,
        turn=None if over else turn_of(scene), titles=TITLES, demonstration=demonstration,
        live=demonstrating.is_live(course, demonstration, now),
        opened=leads or demonstrating.is_open(course, now),
        files=attachments_of([demonstration.id])[demonstration.id] if demonstration else [],
        guests=queries.guests_of(found), takes_people=places.takes_people(found, course),
        examples=work_queries.examples_of(found) if scene.part.has_seat or leads else [],
        remarks=comments_of([found.id], viewer)[found.id], grounds=GROUNDS, passable=PASSABLE,
        extendable=reminding.EXTENDABLE, zone=zone_title(),
    )  # fmt: skip
    note_seen(viewer, [found.id])
    return page


@workshops.post("/places")
@requires("workshops.sign_up")
def sign_up(activity: Activity) -> ResponseReturnValue:
    """Ask for a place."""
    place = places.sign_up(current_viewer(), queries.workshop_at(activity))
    words = {
        PlaceState.HELD: _("You have a place. The dates come by mail, with reminders."),
        PlaceState.WAITING: _("All places are taken; you get the next one that is free."),
        PlaceState.ASKED: _("Your request is with the master; the answer comes by mail."),
    }
    flash(words[PlaceState(place.state)], "success")
    return redirect(url_for(".home"), 303)


@workshops.post("/places/leave")
@signed_in
def leave(activity: Activity) -> ResponseReturnValue:
    """Give up one's place."""
    found = queries.workshop_at(activity)
    had_place = places.leave(current_viewer(), found)
    text = _("You have given up your place.") if had_place else _("Your request is taken back.")
    if places.takes_people(found, course_of(found)):
        undo = {"text": text, "url": url_for(".sign_up"), "label": _("Sign up again")}
        flash(undo, "undo")  # type: ignore[arg-type]  # the layout makes a button of it
    else:
        flash(text, "success")
    return redirect(url_for(".home"), 303)


@workshops.get("/dates.ics")
@public
def stage_dates(activity: Activity) -> ResponseReturnValue:
    """All dates that are ahead, to be noted in one's own calendar."""
    items = dates.ahead(activity)
    if not items:
        flash(_("No dates are ahead."), "info")
        return redirect(url_for(".home"), 303)
    return calendar_download(calendar_file(items), f"workshop-{activity.id}.ics")


@workshops.get("/demonstration/door")
@requires("workshops.sign_up")
def door(activity: Activity) -> ResponseReturnValue:
    """Come in to a live demonstration: that one came is noted."""
    viewer = current_viewer()
    demonstration = demonstrating.demonstration_of(activity)
    if demonstration is None:
        flash(_("The demonstration is not on now."), "warning")
        return redirect(url_for(".home"), 303)
    found, leads = queries.workshop_at(activity), queries.leads(viewer, activity)
    try:
        address = demonstrating.come_in(viewer, found, demonstration, leads=leads)
    except DomainError as refusal:
        flash(str(refusal), "warning")
        return redirect(url_for(".home"), 303)
    return redirect(address, 303)


@workshops.get("/demonstration/file")
@requires("workshops.sign_up")
def demonstration_file(activity: Activity) -> ResponseReturnValue:
    """A file of the demonstration, by its place; masters have it before its stage begins."""
    viewer = current_viewer()
    found, course = (
        demonstrating.demonstration_of(activity),
        course_of(queries.workshop_at(activity)),
    )
    is_open = demonstrating.is_open(course, utcnow()) or queries.leads(viewer, activity)
    if found is None or not is_open or not _is_seen(found.content, viewer, activity):
        abort(404)
    return hand_out_one(attachments_of([found.id])[found.id], request.args.get("position", 1, int))


def _is_seen(content: Content, viewer: Viewer, activity: Activity) -> bool:
    return content.is_visible or can(viewer, "contents.hide", activity.community)


def hand_out_one(files: Sequence[File], position: int) -> ResponseReturnValue:
    """One of the files of a content, counted from 1, whole or as a picture of a size; 404 where
    there are fewer. Whoever calls has made sure that the viewer may read it."""
    if not 1 <= position <= len(files):
        abort(404)
    save = request.args.get("save") == "1"
    return hand_out(files[position - 1], request.args.get("size", type=int), save=save)


@workshops.post("/demonstration/watched")
@requires("workshops.sign_up")
def watched(activity: Activity) -> ResponseReturnValue:
    """Say that one watched the recording and looked at the materials."""
    demonstrating.note_watched(current_viewer(), queries.workshop_at(activity))
    flash(_("Noted: you have seen the demonstration."), "success")
    return redirect(url_for(".home"), 303)


@workshops.post("/time")
@requires("workshops.sign_up")
def ask_for_time(activity: Activity) -> ResponseReturnValue:
    """Ask the master for more time in a stage."""
    kind = stage_named(request.form.get("kind", ""))
    reason = request.form.get("reason", "")
    reminding.ask_for_time(current_viewer(), queries.workshop_at(activity), kind, reason)
    flash(_("The master is asked for more time; the answer comes by mail."), "success")
    return redirect(url_for(".home"), 303)


@workshops.get("/results")
@public
def results(activity: Activity) -> ResponseReturnValue:
    """What is left of it: works that everybody may see, and figures."""
    viewer = current_viewer()
    found = queries.workshop_at(activity)
    page = work_queries.shown_works(found, viewer, activity.community)
    return render_template(
        "workshops/results.html", activity=activity, workshop=found, page=page,
        figures=queries.figures_of(found), faces=authors_in(page), course=course_of(found),
        passed=queries.own_passed(found, viewer),
        files=attachments_of([row.Work.id for row in page.items]),
    )  # fmt: skip


def authors_in(page: Page[Row[*tuple[Any, ...]]]) -> Mapping[int, Face | None]:
    """The authors of a page of works, by the work; None for those who were forgotten."""
    rows = page.items
    return {row.Work.id: face_of(row, Face) if row.Work.author_id else None for row in rows}
