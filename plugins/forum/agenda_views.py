"""Pages of the agenda: problems that are planned, and those that were opened."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core.api import (
    Activity,
    attempt,
    calendar_download,
    calendar_file,
    comments_of,
    current_viewer,
    db,
    draft_in,
    public,
    requires,
    status_of,
    utcnow,
)
from plugins.forum import agenda, dates, queries
from plugins.forum.finding import is_staff
from plugins.forum.forms import ProblemForm, choose_sections
from plugins.forum.models import Problem, Section
from plugins.forum.views import address, forum
from plugins.forum.words import _


@forum.get("/agenda")
@public
def problems(activity: Activity) -> ResponseReturnValue:
    """What the moderators want discussed, and when."""
    staff = is_staff(activity)
    found = [p for p in queries.agenda_of(activity) if staff or p.content.is_visible]
    return render_template("forum/agenda.html", activity=activity, problems=found)


@forum.get("/agenda/<int:problem>")
@public
def problem(activity: Activity, problem: Problem) -> ResponseReturnValue:
    """One problem with the remarks on it."""
    viewer = current_viewer()
    remarks = comments_of([problem.id], viewer)[problem.id]
    draft = draft_in(viewer, f"core.comment:{problem.id}")
    return render_template(
        "forum/problem.html", activity=activity, problem=problem, remarks=remarks, draft=draft
    )


@forum.get("/agenda/<int:problem>/date.ics")
@public
def problem_date(activity: Activity, problem: Problem) -> ResponseReturnValue:
    """The day of a problem, to be noted in one's own calendar."""
    item = dates.date_of(problem, current_viewer())
    if item is None:
        abort(404)
    return calendar_download(calendar_file([item]), f"{item.key}.ics")


@forum.route("/agenda/new", methods=["GET", "POST"])
@requires("forum.agenda")
def plan_problem(activity: Activity) -> ResponseReturnValue:
    """Put a problem on the agenda."""
    form = ProblemForm()
    choose_sections(form.section, queries.sections_of(activity))

    def plan() -> Problem:
        return agenda.plan_problem(current_viewer(), activity, _plan(form))

    planned = attempt(form, plan)
    if planned is not None:
        flash(_("The problem is on the agenda."), "success")
        return redirect(url_for("forum.problem", problem=planned), 303)
    html = render_template("forum/plan_problem.html", activity=activity, form=form, problem=None)
    return html, status_of(form)


@forum.route("/agenda/<int:problem>/edit", methods=["GET", "POST"])
@requires("forum.agenda")
def edit_problem(activity: Activity, problem: Problem) -> ResponseReturnValue:
    """Change a planned problem."""
    version = str(problem.content.version)
    form = ProblemForm(
        data={
            "title": problem.title, "body": problem.body, "section": problem.section_id,
            "opens_at": problem.opens_at, "version": version,
        }
    )  # fmt: skip
    choose_sections(form.section, queries.sections_of(activity))

    def change() -> Problem:
        agenda.change_problem(
            current_viewer(), problem, _plan(form), seen_version=form.seen_version()
        )
        return problem

    if attempt(form, change) is not None:
        flash(_("The problem is changed."), "success")
        return redirect(url_for("forum.problem", problem=problem), 303)
    html = render_template("forum/plan_problem.html", activity=activity, form=form, problem=problem)
    return html, status_of(form)


def _plan(form: ProblemForm) -> agenda.Plan:
    section = db.session.get_one(Section, form.section.data)
    return agenda.Plan(
        title=form.title.data, body=form.body.data, section=section,
        opens_at=form.opens_at.data or utcnow(),
    )  # fmt: skip


@forum.post("/agenda/<int:problem>/open")
@requires("forum.agenda")
def open_problem(activity: Activity, problem: Problem) -> ResponseReturnValue:
    """Open the discussion of a problem before its time."""
    topic = agenda.open_problem(current_viewer(), problem)
    flash(_("The discussion is open."), "success")
    return redirect(address(topic), 303)


@forum.post("/agenda/<int:problem>/cancel")
@requires("forum.agenda")
def cancel_problem(activity: Activity, problem: Problem) -> ResponseReturnValue:
    """Take a problem off the agenda."""
    agenda.cancel_problem(current_viewer(), problem)
    flash(_("The problem is taken off the agenda."), "success")
    return redirect(url_for("forum.problems"), 303)
