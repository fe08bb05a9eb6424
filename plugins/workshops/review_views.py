"""Pages of the mutual review: the task and its criteria, one's reviews, who reviews what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.api import (
    Activity,
    Face,
    attachments_of,
    attempt,
    current_viewer,
    draft_in,
    face_of,
    requires,
    signed_in,
    status_of,
    utcnow,
)
from plugins.workshops import allocating, queries, reviewing, work_queries
from plugins.workshops.forms import CriterionForm, TaskForm, WordsForm
from plugins.workshops.holding import course_of
from plugins.workshops.models import Criterion, Mark, Review, ReviewState, Workshop
from plugins.workshops.reviewing import CriterionDraft, Said, Task
from plugins.workshops.stages import Course, StageKind
from plugins.workshops.views import ensure_leads, workshops
from plugins.workshops.words import _, ngettext

WORDS_LENGTH = 10_000


@workshops.route("/task", methods=["GET", "POST"])
@signed_in
def task(activity: Activity) -> ResponseReturnValue:
    """What participants try, and how their works are reviewed."""
    ensure_leads(activity)
    found = queries.workshop_at(activity)
    fields = Task.__dataclass_fields__
    form = TaskForm(data={name: getattr(found, name) for name in fields})

    def store() -> bool:
        values = {name: form[name].data for name in fields}
        reviewing.set_task(current_viewer(), found, Task(**values))
        return True

    if attempt(form, store):
        flash(_("The task is stored."), "success")
        return redirect(url_for(".home"), 303)
    html = render_template("workshops/task.html", activity=activity, form=form)
    return html, status_of(form)


@workshops.route("/criteria", methods=["GET", "POST"])
@signed_in
def criteria(activity: Activity) -> ResponseReturnValue:
    """What reviews look at."""
    ensure_leads(activity)
    found = queries.workshop_at(activity)
    form = CriterionForm()

    def add() -> Criterion:
        draft = CriterionDraft(
            title=form.title.data or "", hint=form.hint.data or "", most=form.most.data or 10,
            levels=form.levels.data or "",
        )  # fmt: skip
        return reviewing.add_criterion(current_viewer(), found, draft)

    if attempt(form, add) is not None:
        flash(_("The criterion is added."), "success")
        return redirect(url_for(".criteria"), 303)
    there = reviewing.criteria_of(found)
    html = render_template(
        "workshops/criteria.html", activity=activity, workshop=found, form=form, criteria=there,
        levels=work_queries.levels_of(there), examples=work_queries.examples_of(found),
    )  # fmt: skip
    return html, status_of(form)


@workshops.post("/criteria/<int:criterion>/remove")
@signed_in
def remove_criterion(activity: Activity, criterion: Criterion) -> ResponseReturnValue:
    """Look at one thing less."""
    ensure_leads(activity)
    reviewing.remove_criterion(current_viewer(), criterion, queries.workshop_at(activity))
    flash(_("The criterion is removed."), "success")
    return redirect(url_for(".criteria"), 303)


@workshops.route("/reviews/<int:review>", methods=["GET", "POST"])
@requires("workshops.sign_up")
def review(activity: Activity, review: Review) -> ResponseReturnValue:
    """Review a work. Masters read it; nobody else opens it."""
    viewer = current_viewer()
    own = review.reviewer_id == viewer.id
    if not own and not queries.leads(viewer, activity):
        abort(404)
    found = queries.workshop_at(activity)
    course = course_of(found)
    can_write = own and _can_write(found, course, review)
    there = reviewing.criteria_of(found)
    form = WordsForm()
    draft = draft_in(viewer, reviewing.draft_place(review)) if can_write else None
    typed, words = _filled(there, review, draft.fields if draft else None)
    done = request.form.get("then") != "draft"

    def save() -> bool:
        reviewing.save_review(viewer, review, words, typed, done=done)
        return True

    if attempt(form, save):
        flash(
            _("The review is sent.") if done else _("The draft of the review is stored."), "success"
        )
        return redirect(_after(review, done), 303)
    html = render_template(
        "workshops/review.html", activity=activity, workshop=found, review=review, form=form,
        own=own, criteria=there, levels=work_queries.levels_of(there), typed=typed, words=words,
        work=review.work, files=attachments_of([review.work_id])[review.work_id],
        author=_author(found, review, own), can_write=can_write, draft=draft,
        draft_place=reviewing.draft_place(review),
        until=course.until(StageKind.REVIEW, utcnow()),
        master=_masters_review(found, review),
    )  # fmt: skip
    return html, status_of(form)


def _filled(
    criteria: Sequence[Criterion], review: Review, kept: Mapping[str, str] | None
) -> tuple[Mapping[int, Said], str]:
    """What the form shows: what was sent, else what was being typed, else what is stored."""
    fields = request.form if request.method == "POST" else kept
    if fields is None:
        return _stored(review), review.words
    typed = {
        c.id: Said(_points(fields, f"points-{c.id}"), _words(fields, f"words-{c.id}"))
        for c in criteria
    }
    return typed, _words(fields, "words")


def _words(fields: Mapping[str, str], name: str) -> str:
    return fields.get(name, "").replace("\x00", "").strip()[:WORDS_LENGTH]


def _points(fields: Mapping[str, str], name: str) -> int | None:
    sent = fields.get(name, "").strip()
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 5 else None


def _stored(review: Review) -> Mapping[int, Said]:
    marks: Mapping[int, Mark] = work_queries.own_marks(review)
    return {number: Said(mark.points, mark.words) for number, mark in marks.items()}


def _after(review: Review, done: bool) -> str:
    if not done or review.work.is_example:
        return url_for(".review", review=review)
    return url_for(".home")


def _author(workshop: Workshop, review: Review, own: bool) -> Face | None:
    hidden = own and workshop.hides_authors and not review.is_own
    return None if hidden else work_queries.face_of_person(review.work.author_id)


def _can_write(workshop: Workshop, course: Course, review: Review) -> bool:
    now = utcnow()
    if not workshop.activity.is_open(now):
        return False
    if review.work.is_example or course.is_on(StageKind.REVIEW, now):
        return True
    part = queries.part_of(workshop, current_viewer())
    return part.own_time(StageKind.REVIEW, now) is not None


def _masters_review(workshop: Workshop, review: Review) -> Any:
    """How the master reviewed an example, for whoever has sent a review of their own."""
    if not review.work.is_example or review.state != ReviewState.DONE:
        return None
    masters = {face.id for face in queries.masters_with_faces(workshop)}
    found = work_queries.reviews_on(review.work, current_viewer(), names=True)
    others = (one for one in found if one.review.reviewer_id in masters - {review.reviewer_id})
    return next(others, None)


@workshops.post("/reviews/<int:review>/out")
@signed_in
def take_out(activity: Activity, review: Review) -> ResponseReturnValue:
    """Take an unfit review out of sight, or show it again."""
    ensure_leads(activity)
    out = request.form.get("out") == "1"
    reviewing.take_out(current_viewer(), review, out)
    flash(_("The review is out of sight.") if out else _("The review is shown again."), "success")
    return redirect(url_for(".work", work=review.work), 303)


@workshops.get("/allocation")
@signed_in
def allocation(activity: Activity) -> ResponseReturnValue:
    """Who reviews how many works, and how far they are."""
    ensure_leads(activity)
    found = queries.workshop_at(activity)
    page = work_queries.reviewers_of(found)
    course = course_of(found)
    return render_template(
        "workshops/allocation.html", activity=activity, workshop=found, page=page,
        faces={row.id: face_of(row, Face) for row in page.items}, figures=queries.figures_of(found),
        is_on=course.is_on(StageKind.REVIEW, utcnow()),
        until=course.until(StageKind.REVIEW, utcnow()),
    )  # fmt: skip


@workshops.post("/allocation/distribute")
@signed_in
def distribute(activity: Activity) -> ResponseReturnValue:
    """Distribute works now, also to those who came later."""
    ensure_leads(activity)
    number = allocating.distribute_by_hand(current_viewer(), queries.workshop_at(activity))
    words = ngettext("%(n)s review is newly given.", "%(n)s reviews are newly given.", number)
    flash(words if number else _("Nothing is to be given anew."), "success")
    return redirect(url_for(".allocation"), 303)


@workshops.post("/allocation/replace")
@signed_in
def replace(activity: Activity) -> ResponseReturnValue:
    """Replace those who have not begun."""
    ensure_leads(activity)
    number = allocating.replace_by_hand(current_viewer(), queries.workshop_at(activity))
    words = ngettext("%(n)s reviewer is replaced.", "%(n)s reviewers are replaced.", number)
    flash(words if number else _("Nobody is to be replaced."), "success")
    return redirect(url_for(".allocation"), 303)
