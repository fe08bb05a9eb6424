"""Pages of the team: who is in it, its load, breaks, one's own share, figures."""

from __future__ import annotations

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.api import (
    Activity,
    Refused,
    attempt,
    current_viewer,
    public,
    readers_matching,
    requires,
    row_number,
    signed_in,
    status_of,
    utcnow,
)
from plugins.consultations import figures, finding, queries, team
from plugins.consultations.finding import line_at
from plugins.consultations.forms import BreakForm, ShareForm
from plugins.consultations.models import Consultant
from plugins.consultations.pages import consultations
from plugins.consultations.terms import today_in
from plugins.consultations.words import _


@consultations.get("/team")
@public
def people(activity: Activity) -> ResponseReturnValue:
    """Who consults; for those who run the line with the load of each."""
    viewer, line = current_viewer(), line_at(activity)
    members = queries.team_of(line)
    leads = finding.leads(viewer, activity)
    words = request.args.get("q", "")[:100] if leads else ""
    known = {member.id for member in members}
    offered = readers_matching(activity.community, words) if words.strip() else []
    return render_template(
        "consultations/team.html", activity=activity, line=line, team=members, leads=leads,
        in_team=viewer.id in known, words=words, names={m.id: m.short_name for m in members},
        offered=[face for face in offered if face.id not in known],
        most=max((member.waiting for member in members), default=0),
    )  # fmt: skip


@consultations.post("/team/add")
@requires("consultations.lead")
def add_consultant(activity: Activity) -> ResponseReturnValue:
    """Take somebody into the team."""
    team.add(current_viewer(), line_at(activity), row_number(request.form.get("person", "")))
    flash(_("The team has one more consultant."), "success")
    return redirect(url_for(".people"), 303)


@consultations.post("/team/<int:consultant>/remove")
@requires("consultations.lead")
def remove_consultant(activity: Activity, consultant: Consultant) -> ResponseReturnValue:
    """Take somebody out of the team."""
    team.remove(current_viewer(), consultant)
    flash(_("They are in the team no longer. What waited for them is with others."), "success")
    return redirect(url_for(".people"), 303)


def _ensure_own(activity: Activity, consultant: Consultant) -> None:
    viewer = current_viewer()
    if consultant.user_id != viewer.id and not finding.leads(viewer, activity):
        raise Refused(_("Only the consultant and those who lead the line settle this."))


@consultations.route("/team/<int:consultant>/share", methods=["GET", "POST"])
@signed_in
def share(activity: Activity, consultant: Consultant) -> ResponseReturnValue:
    """How much of the work is theirs, and where they meet people on the screen."""
    _ensure_own(activity, consultant)
    form = ShareForm(data={"most_open": consultant.most_open, "room_url": consultant.room_url})

    def settle() -> bool:
        settled = team.Share(most_open=form.most_open.data, room_url=form.room_url.data or "")
        team.settle(current_viewer(), consultant, settled)
        return True

    if attempt(form, settle):
        flash(_("It is kept."), "success")
        return redirect(url_for(".people"), 303)
    html = render_template(
        "consultations/share.html", activity=activity, consultant=consultant, form=form
    )
    return html, status_of(form)


@consultations.route("/team/<int:consultant>/break", methods=["GET", "POST"])
@signed_in
def set_break(activity: Activity, consultant: Consultant) -> ResponseReturnValue:
    """Have a break, with a substitute or without."""
    _ensure_own(activity, consultant)
    line = consultant.line
    form = BreakForm(data={
        "first": consultant.away_from or today_in(line.zone_name),
        "until": consultant.away_until, "substitute": consultant.substitute_id or 0,
    })  # fmt: skip
    others = [m for m in queries.team_of(line) if m.id != consultant.user_id]
    form.substitute.choices = [
        (0, _("Nobody: booked times are called off")), *((m.id, m.name) for m in others)
    ]  # fmt: skip

    def settle() -> bool:
        settled = team.Break(
            first=form.first.data or utcnow().date(),
            until=form.until.data,
            substitute=form.substitute.data or None,
        )
        team.set_break(current_viewer(), consultant, settled)
        return True

    if attempt(form, settle):
        flash(_("The break is settled. Everybody concerned is told."), "success")
        return redirect(url_for(".people"), 303)
    html = render_template(
        "consultations/break.html", activity=activity, consultant=consultant, form=form
    )
    return html, status_of(form)


@consultations.post("/team/<int:consultant>/break/end")
@signed_in
def end_break(activity: Activity, consultant: Consultant) -> ResponseReturnValue:
    """Be there again."""
    _ensure_own(activity, consultant)
    team.end_break(current_viewer(), consultant)
    flash(_("Welcome back: questions and bookings come again."), "success")
    return redirect(url_for(".people"), 303)


@consultations.get("/figures")
@signed_in
def show_figures(activity: Activity) -> ResponseReturnValue:
    """Figures of the line for a report."""
    line = line_at(activity)
    finding.ensure_runs(activity, line)
    span = figures.span_of(request.args.get("from", ""), request.args.get("until", ""))
    return render_template(
        "consultations/figures.html", activity=activity, line=line, span=span,
        found=figures.named(figures.of_line(line, span)), people=figures.of_team(line, span),
        last=span.until - timedelta(days=1), ratings=queries.ratings_in(activity), now=utcnow(),
    )  # fmt: skip


@consultations.get("/figures.csv")
@signed_in
def figures_table(activity: Activity) -> ResponseReturnValue:
    """The same as a table for Excel."""
    line = line_at(activity)
    finding.ensure_runs(activity, line)
    span = figures.span_of(request.args.get("from", ""), request.args.get("until", ""))
    return figures.table(line, span)
