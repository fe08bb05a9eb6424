"""Polls of a community: all of them in a list, and setting up a new one."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from core.api import (
    Activity,
    ActivityState,
    Community,
    Term,
    attempt,
    create_activity,
    current_viewer,
    paginate,
    requires,
    row_number,
    status_of,
    zone_title,
)
from plugins.polls import finding, placing
from plugins.polls.capabilities import ANSWER, MANAGE
from plugins.polls.forms import Ends, QuestionnaireForm, QuickForm
from plugins.polls.setting_up import QUESTIONNAIRE, QUICK
from plugins.polls.summaries import summaries
from plugins.polls.words import _

pages = Blueprint("polls_community", __name__)


@pages.get("/")
@requires(ANSWER)
def index(community: Community) -> ResponseReturnValue:
    """All polls of a community, the latest first, with those in the archive."""
    query = select(Activity).where(
        Activity.community_id == community.id, Activity.plugin == "polls",
        Activity.state != ActivityState.DRAFT,
    )  # fmt: skip
    page = paginate(query.order_by(Activity.id.desc()))
    found = [row[0] for row in page.items]
    return render_template(
        "polls/index.html", community=community, page=page, polls=found,
        news=summaries(found, current_viewer()),
    )  # fmt: skip


@pages.route("/new", methods=["GET", "POST"])
@requires(MANAGE)
def new(community: Community) -> ResponseReturnValue:
    """A quick question: what is asked, what one may choose, until when. The rest can wait."""
    form = QuickForm()
    named = finding.content(community, row_number(request.values.get("place")))
    place = finding.seen(named) if named is not None else None

    def begin() -> Activity:
        activity = create_activity(
            current_viewer(), community, "polls", QUICK, form.title.data, form,
            state=ActivityState(form.state.data), term=Term(form.opens_at.data, form.closes),
        )  # fmt: skip
        if place is not None:
            placing.put(current_viewer(), activity, place)
        return activity

    activity = attempt(form, begin)
    if activity is None:
        html = render_template(
            "polls/new.html", community=community, form=form, zone=zone_title(),
            place=place, by_date=form.ends.data == Ends.DATE,
        )  # fmt: skip
        return html, status_of(form)
    flash(_("The question is asked."), "success")
    if place is not None:
        return redirect(url_for("contents.show", content=place.id), 303)
    return redirect(url_for("polls.show", activity=activity), 303)


@pages.route("/new-questionnaire", methods=["GET", "POST"])
@requires(MANAGE)
def new_questionnaire(community: Community) -> ResponseReturnValue:
    """A questionnaire begins as a draft: its questions are written next."""
    form = QuestionnaireForm()

    def begin() -> Activity:
        return create_activity(
            current_viewer(), community, "polls", QUESTIONNAIRE, form.title.data, form,
            state=ActivityState.DRAFT, term=Term(form.opens_at.data, form.closes_at.data),
        )  # fmt: skip

    activity = attempt(form, begin)
    if activity is None:
        html = render_template("polls/new_questionnaire.html", community=community, form=form)
        return html, status_of(form)
    flash(
        _("The draft is kept. Write its questions now; publish it when they are ready."), "success"
    )
    return redirect(url_for("polls.editor", activity=activity), 303)
