"""Reporting a message, and deciding on reports."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.api import (
    Community,
    Conflict,
    attempt,
    can,
    content_views,
    current_viewer,
    db,
    ensure,
    limit,
    note_seen,
    requires,
    shared_communities,
    short_name,
    signed_in,
    status_of,
    visible_among,
)
from plugins.messages import operations, queries, reporting
from plugins.messages.forms import DecisionForm, ReportForm
from plugins.messages.models import Message, Report
from plugins.messages.reasons import reason_title
from plugins.messages.report_queries import may_judge, reports
from plugins.messages.views import address, messages
from plugins.messages.words import _

community_pages = Blueprint("messages_community", __name__)


@messages.route("/at/<int:message>/report", methods=["GET", "POST"])
@signed_in
def report(message: Message) -> ResponseReturnValue:
    """Show a message to those who moderate."""
    viewer = current_viewer()
    author = message.content.author_id
    if author in (None, viewer.id) or message.gone_at is not None:
        flash(_("There is nobody to answer for this message."), "info")
        return redirect(address(message), 303)
    form = ReportForm()
    places = {place.id: place for place in shared_communities(viewer, author or 0)}
    form.place.choices = [
        *((n, _("The moderators of “%(title)s”", title=c.title)) for n, c in places.items()),
        (0, _("The administrators of the site")),
    ]

    def send() -> bool:
        limit("messages.reported", "20/hour", str(viewer.id))
        reporting.report(
            viewer, message, places.get(form.place.data), form.reason.data, form.note.data or ""
        )
        if form.block.data and author is not None:
            operations.block(viewer, author)
        return True

    if attempt(form, send):
        flash(_("Thank you. Those who moderate are told, and you will hear from them."), "success")
        return redirect(url_for("messages.show", thread=message.thread_id), 303)
    html = render_template("messages/report.html", message=message, form=form)
    return html, status_of(form)


@messages.get("/reports")
@signed_in
def own_reports() -> ResponseReturnValue:
    """What one has reported; for the site's staff also what they are to decide on."""
    viewer = current_viewer()
    judges = can(viewer, "messages.judge")
    mine = Report.reporter_id == viewer.id
    which = mine | Report.community_id.is_(None) if judges else mine
    return render_template(
        "messages/reports.html", page=reports(which), community=None, judges=judges,
        reason_title=reason_title, short_name=short_name,
    )  # fmt: skip


@community_pages.get("/reports")
@requires("messages.judge")
def reports_here(community: Community) -> ResponseReturnValue:
    """Reports that the moderators of a community are to decide on."""
    page = reports(Report.community_id == community.id)
    return render_template(
        "messages/reports.html", page=page, community=community, judges=True,
        reason_title=reason_title, short_name=short_name,
    )  # fmt: skip


@messages.route("/reports/<int:report>", methods=["GET", "POST"])
@signed_in
def decide(report: Report) -> ResponseReturnValue:
    """A report: for those who decide on it with what was said, for whoever made it the answer."""
    viewer = current_viewer()
    judges = may_judge(viewer, report)
    form = DecisionForm()
    if request.method == "POST":
        community = db.session.get(Community, report.community_id or 0)
        ensure(viewer, "messages.judge", community)
        if not judges:
            raise Conflict(_("Somebody else has to decide on this: it is about you."))

    def close() -> bool:
        upheld = request.form.get("decision") == "hide"
        reporting.close(viewer, report, upheld=upheld, answer=form.answer.data or "")
        return True

    if attempt(form, close):
        flash(_("The decision is noted, and whoever reported it is told."), "success")
        return redirect(url_for("messages.decide", report=report), 303)
    html = _report_page(report, form, judges=judges)
    note_seen(viewer, [report.id])
    return html, status_of(form)


def _report_page(report: Report, form: DecisionForm, *, judges: bool) -> str:
    seen = visible_among(current_viewer(), [report.about_id] if report.about_id else [])
    views = content_views({number: content.kind for number, content in seen.items()})
    community = db.session.get(Community, report.community_id or 0)
    message = queries.message_at(None, report.message_id or 0)
    return render_template(
        "messages/decide.html", report=report, form=form, judges=judges, community=community,
        about=views.get(report.about_id or 0), message=message, reason=reason_title(report.reason),
    )  # fmt: skip
