"""Pages of works: one's own, those of others, the master's feedback, examples."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.api import (
    Activity,
    attachments_of,
    attempt,
    current_viewer,
    draft_in,
    lasting,
    note_seen,
    public,
    reactions_of,
    requires,
    signed_in,
    status_of,
    utcnow,
)
from plugins.workshops import queries, reviewing, work_queries, works
from plugins.workshops.forms import FeedbackForm, WorkForm, seen_version
from plugins.workshops.holding import course_of
from plugins.workshops.models import Review, Work, Workshop, WorkState
from plugins.workshops.queries import Part
from plugins.workshops.stages import Course, StageKind
from plugins.workshops.views import authors_in, ensure_leads, hand_out_one, workshops
from plugins.workshops.words import _
from plugins.workshops.works import Written


@workshops.route("/work", methods=["GET", "POST"])
@requires("workshops.sign_up")
def own_work(activity: Activity) -> ResponseReturnValue:
    """Write one's work and hand it in; when the time is over, read it."""
    viewer = current_viewer()
    found = queries.workshop_at(activity)
    part, course = queries.part_of(found, viewer), course_of(found)
    if not part.has_seat:
        flash(_("Only those who have a place take part. Sign up first."), "warning")
        return redirect(url_for(".home"), 303)
    if request.method == "GET" and not _has_time(found, part, course):
        return _without_time(part)
    form = _work_form(activity, part.work)
    hand_in = request.form.get("then") != "draft"

    def save() -> Work:
        return works.save_work(viewer, found, _written(form), hand_in=hand_in)

    work = attempt(form, save)
    if work is not None:
        flash(_said(work, hand_in), "success")
        return redirect(url_for(".work", work=work) if hand_in else url_for(".own_work"), 303)
    html = render_template(
        "workshops/own_work.html", activity=activity, workshop=found, part=part, form=form,
        draft=draft_in(viewer, works.draft_place(activity)), place=works.draft_place(activity),
        until=_until(course, part),
    )  # fmt: skip
    return html, status_of(form)


def _has_time(workshop: Workshop, part: Part, course: Course) -> bool:
    now = utcnow()
    own = part.own_time(StageKind.PRACTICE, now)
    on = course.is_on(StageKind.PRACTICE, now) or own is not None
    return workshop.activity.is_open(now) and on


def _until(course: Course, part: Part) -> Any:
    """Until when the viewer has time; the later of the stage's end and their own."""
    now = utcnow()
    own = part.own_time(StageKind.PRACTICE, now)
    if not course.is_on(StageKind.PRACTICE, now):
        return own
    ends = course.until(StageKind.PRACTICE, now)
    return max(ends, own) if ends and own else ends


def _without_time(part: Part) -> ResponseReturnValue:
    if part.work is not None:
        return redirect(url_for(".work", work=part.work), 303)
    flash(_("Works are handed in during the practice. It is not on now."), "warning")
    return redirect(url_for(".home"), 303)


def _work_form(activity: Activity, work: Work | None) -> WorkForm:
    values: dict[str, Any] = {"version": "1"}
    if work is not None:
        values = {
            "title": work.title, "body": work.body, "files": attachments_of([work.id])[work.id],
            "version": str(work.content.version),
        }  # fmt: skip
    draft = draft_in(current_viewer(), works.draft_place(activity))
    if draft is not None and request.method == "GET":
        values |= {"title": draft.title or values.get("title", ""), "body": draft.body}
    return WorkForm(data=values)


def _written(form: WorkForm) -> Written:
    return Written(
        title=form.title.data or "", body=form.body.data or "", files=form.files.data,
        seen_version=seen_version(form.version),
    )  # fmt: skip


def _said(work: Work, hand_in: bool) -> str:
    if not hand_in:
        return _("The draft is stored. Nobody but you sees it until you hand it in.")
    if work.is_late:
        return _("Your work is handed in: later than others, as the master allowed.")
    return _("Your work is handed in. You can change it while the practice lasts.")


@workshops.post("/work/consent")
@lasting
@signed_in
def consent(activity: Activity) -> ResponseReturnValue:
    """Agree that everybody may see one's work, or no longer."""
    viewer = current_viewer()
    work = works.own_work(queries.workshop_at(activity), viewer)
    if work is None:
        abort(404)
    agreed = request.form.get("agreed") == "1"
    works.set_consent(viewer, work, agreed)
    words = (
        _("Thank you. The master may now show your work to everybody.") if agreed
        else _("Nobody but the master and your reviewers sees your work now.")
    )  # fmt: skip
    flash(words, "success")
    return redirect(url_for(".work", work=work), 303)


@workshops.get("/works")
@signed_in
def all_works(activity: Activity) -> ResponseReturnValue:
    """All works that are handed in, for the master; those without feedback first."""
    ensure_leads(activity)
    found = queries.workshop_at(activity)
    page = work_queries.works_of(found)
    return render_template(
        "workshops/works.html", activity=activity, workshop=found, page=page,
        faces=authors_in(page),
    )  # fmt: skip


@workshops.get("/works/<int:work>")
@public
def work(activity: Activity, work: Work) -> ResponseReturnValue:
    """A work with what others and the master say of it, as far as the viewer may read it."""
    viewer = current_viewer()
    leads = ensure_reads(activity, work)
    found = queries.workshop_at(activity)
    own = viewer.id is not None and viewer.id == work.author_id and not work.is_example
    course, now = course_of(found), utcnow()
    names = leads or not found.hides_reviewers
    reads = leads or (own and work_queries.reviews_are_open(course, now))
    reviews = work_queries.reviews_on(work, viewer, names=names) if reads else []
    part = queries.part_of(found, viewer) if own or work.is_example else Part()
    page = render_template(
        "workshops/work.html", activity=activity, workshop=found, work=work, leads=leads, own=own,
        files=attachments_of([work.id])[work.id], author=_author(found, work, leads, own),
        reviews=[each for each in reviews if leads or not each.review.is_out], reads=reads,
        percent=work_queries.percent_of(work) if reads else None, part=part,
        has_time=own and _has_time(found, part, course),
        mine=None if own else _review_by(work, viewer.id),
        master_face=work_queries.face_of_person(work.feedback_by_id)
        if work.feedback and (own or leads) else None,
        signs=reactions_of([work.id], viewer)[work.id] if work.shown_at else None,
        waits_for_reviews=own and course.is_on(StageKind.REVIEW, now),
    )  # fmt: skip
    note_seen(viewer, [work.id])
    return page


def ensure_reads(activity: Activity, work: Work) -> bool:
    """Whether the viewer leads the workshop; 404 for whoever may not read the work."""
    viewer = current_viewer()
    leads = queries.leads(viewer, activity)
    if not work_queries.may_read(viewer, work, activity.community, leads=leads):
        abort(404)
    return leads


def _author(workshop: Workshop, work: Work, leads: bool, own: bool) -> Any:
    """None where the viewer must not know, or the author was forgotten."""
    named = leads or own or work.shown_at is not None or not workshop.hides_authors
    return work_queries.face_of_person(work.author_id) if named or work.is_example else None


def _review_by(work: Work, viewer_id: int | None) -> Review | None:
    return work_queries.review_by(work, viewer_id) if viewer_id is not None else None


@workshops.get("/works/<int:work>/files/<int:position>")
@public
def work_file(activity: Activity, work: Work, position: int) -> ResponseReturnValue:
    """A file of a work, by its place; open to whoever may read the work, and to nobody else."""
    ensure_reads(activity, work)
    return hand_out_one(attachments_of([work.id])[work.id], position)


@workshops.route("/works/<int:work>/feedback", methods=["GET", "POST"])
@signed_in
def feedback(activity: Activity, work: Work) -> ResponseReturnValue:
    """The master's answer to a work; it may go back to be improved."""
    ensure_leads(activity)
    if work.state == WorkState.DRAFT or work.is_example:
        abort(404)
    place = works.feedback_place(work)
    draft = draft_in(current_viewer(), place) if request.method == "GET" else None
    form = FeedbackForm(data={"words": draft.body if draft else work.feedback})

    def answer() -> bool:
        until = form.again_until.data
        works.give_feedback(current_viewer(), work, form.words.data, again_until=until)
        return True

    if attempt(form, answer):
        flash(_("Your feedback is sent. The author hears of it."), "success")
        return redirect(url_for(".all_works"), 303)
    html = render_template(
        "workshops/feedback.html", activity=activity, work=work, form=form, draft=draft,
        draft_place=place,
        files=attachments_of([work.id])[work.id],
        author=work_queries.face_of_person(work.author_id),
    )  # fmt: skip
    return html, status_of(form)


@workshops.post("/works/<int:work>/show")
@signed_in
def show(activity: Activity, work: Work) -> ResponseReturnValue:
    """Show a work to everybody, or cease to."""
    ensure_leads(activity)
    shown = request.form.get("shown") == "1"
    works.show_work(current_viewer(), work, shown)
    words = (
        _("The work is shown to everybody on the page of results.") if shown
        else _("The work is shown no longer.")
    )  # fmt: skip
    flash(words, "success")
    return redirect(url_for(".work", work=work), 303)


# ---- Examples


@workshops.route("/examples/new", methods=["GET", "POST"])
@signed_in
def new_example(activity: Activity) -> ResponseReturnValue:
    """Give participants a work to try reviewing on."""
    ensure_leads(activity)
    form = WorkForm()
    found = queries.workshop_at(activity)

    def give() -> Work:
        return works.save_example(current_viewer(), found, _written(form))

    example = attempt(form, give)
    if example is not None:
        flash(_("The example is there. Review it yourself: participants compare."), "success")
        return redirect(url_for(".work", work=example), 303)
    html = render_template("workshops/new_example.html", activity=activity, form=form)
    return html, status_of(form)


@workshops.post("/works/<int:work>/try")
@requires("workshops.sign_up")
def try_example(activity: Activity, work: Work) -> ResponseReturnValue:
    """Review an example, before one reviews works of others."""
    if not work.is_example:
        abort(404)
    ensure_reads(activity, work)
    review = reviewing.try_example(current_viewer(), queries.workshop_at(activity), work)
    return redirect(url_for(".review", review=review), 303)
