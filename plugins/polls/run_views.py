"""Running a poll: its end, more time, reminders, the decision."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core.api import (
    Activity,
    attempt,
    current_viewer,
    current_zone,
    limit,
    public,
    requires,
    status_of,
    utcnow,
    zone_title,
)
from plugins.polls import deciding, queries, results, running, setting_up
from plugins.polls.capabilities import MANAGE
from plugins.polls.forms import CloseForm, DecisionForm, ExtendForm
from plugins.polls.locking import find
from plugins.polls.structure import structure_of
from plugins.polls.turns import turn_of
from plugins.polls.urn import has_closed
from plugins.polls.views import polls, shown_results
from plugins.polls.words import _, ngettext

NOTHING_SHOWN: dict[str, Any] = {"shown": [], "names": {}, "few": False}
RUNNING = "30/5 minutes"


@polls.get("/run")
@requires(MANAGE)
def run(activity: Activity) -> ResponseReturnValue:
    """What those who run a poll can do with it."""
    return _run_page(activity, CloseForm(formdata=None), ExtendForm(formdata=None), 200)


def _run_page(
    activity: Activity, close_form: CloseForm, extend_form: ExtendForm, status: int
) -> ResponseReturnValue:
    poll = find(activity.id)
    html = render_template(
        "polls/run.html", activity=activity, poll=poll, close_form=close_form,
        extend_form=extend_form, closed=has_closed(poll), zone=zone_title(),
        decided=deciding.decision_of(activity.id) is not None, silent=queries.silent_count(poll),
        structure=structure_of(activity.id),
    )  # fmt: skip
    return html, status


@polls.post("/run/close")
@requires(MANAGE)
def close(activity: Activity) -> ResponseReturnValue:
    """End a poll now, with a reason."""
    form = CloseForm()

    def end() -> bool:
        running.close_early(current_viewer(), activity, form.reason.data)
        return True

    if attempt(form, end) is None:
        return _run_page(activity, form, ExtendForm(formdata=None), status_of(form))
    flash(_("The poll is closed."), "success")
    return redirect(url_for("polls.show"), 303)


@polls.post("/run/extend")
@requires(MANAGE)
def extend(activity: Activity) -> ResponseReturnValue:
    """Give a poll more time."""
    form = ExtendForm()

    def prolong() -> bool:
        if form.until.data is not None:
            running.extend(current_viewer(), activity, form.until.data)
        return True

    if attempt(form, prolong) is None:
        return _run_page(activity, CloseForm(formdata=None), form, status_of(form))
    flash(_("There is more time, and those who are asked are told."), "success")
    return redirect(url_for("polls.run"), 303)


@polls.post("/run/link")
@requires(MANAGE)
def renew_link(activity: Activity) -> ResponseReturnValue:
    """Make another link; the former one leads nowhere from then on."""
    running.renew_link(current_viewer(), activity)
    flash(_("There is a new link. The former one leads nowhere any more."), "success")
    return redirect(url_for("polls.run"), 303)


@polls.post("/run/repeat")
@requires(MANAGE)
def repeat(activity: Activity) -> ResponseReturnValue:
    """Begin another round: a draft that asks the same, to be compared with this one."""
    title = f"{activity.title[:110]} ({utcnow().astimezone(current_zone()).year})"
    made = setting_up.repeat(current_viewer(), activity, title)
    flash(
        _("This draft asks the same. Give it a name and dates, and publish it."),
        "success",
    )
    return redirect(url_for("polls.editor", activity=made), 303)


@polls.post("/run/remind")
@requires(MANAGE)
def remind(activity: Activity) -> ResponseReturnValue:
    """Remind those who have not answered."""
    limit("polls.running", RUNNING, str(current_viewer().id))
    people = running.remind(current_viewer(), activity)
    flash(ngettext("%(n)s person is reminded.", "%(n)s people are reminded.", people), "success")
    return redirect(url_for("polls.run"), 303)


@polls.route("/decision", methods=["GET", "POST"])
@requires(MANAGE)
def decide(activity: Activity) -> ResponseReturnValue:
    """Write down what the poll decided, and publish it with the protocol."""
    poll, form = find(activity.id), DecisionForm()
    if not has_closed(poll):
        flash(_("The poll is still open: a decision follows its end."), "info")
        return redirect(url_for("polls.run"), 303)
    decision = attempt(form, lambda: deciding.decide(current_viewer(), activity, form.body.data))
    if decision is not None:
        flash(_("The decision is published."), "success")
        return redirect(url_for("polls.protocol"), 303)
    html = render_template("polls/decide.html", activity=activity, poll=poll, form=form)
    return html, status_of(form)


@polls.get("/protocol")
@public
def protocol(activity: Activity) -> ResponseReturnValue:
    """How a poll was held and what came of it, on a sheet to print and sign."""
    poll, structure = find(activity.id), structure_of(activity.id)
    decision = deciding.decision_of(activity.id)
    turn, staff = turn_of(current_viewer(), poll), results.manages(activity)
    if decision is None and not (staff and has_closed(poll)):
        return redirect(url_for("polls.show"), 303)
    # Whoever reads the decision reads what it rests on.
    visible = decision is not None or results.sees_results(poll, turn, staff=staff)
    return render_template(
        "polls/protocol.html", activity=activity, poll=poll, structure=structure,
        decision=decision, zone=zone_title(), people=queries.people_of(poll),
        when=datetime.fromisoformat,
        closed=True, **(shown_results(poll, structure) if visible else NOTHING_SHOWN),
    )  # fmt: skip
